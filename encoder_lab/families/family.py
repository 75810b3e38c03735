"""What a family's file says: which module is what, and what the family chose; no formula and no weight.

A name is dotted, as `named_modules` writes it: "attention.self.query". Names of a side start at the base model, names
of a layer at the layer, names of a head at the whole model.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

Activation = str | Callable[[Tensor], Tensor]  # the name of a module, or a function where the family has no module


@dataclass(frozen=True, slots=True)
class Share:
    """One of several equal shares of what a dense layer gives, where a family keeps several layers in one module."""

    name: str
    index: int  # which share, from 0
    count: int  # of how many


@dataclass(frozen=True, slots=True)
class EmbeddingNames:
    """What is looked up and summed before the first layer."""

    word: str
    norm: str | None  # None where the sum enters the first layer as it is
    position: str | None = None  # None where positions come in later, as in rotary attention
    segment: str | None = None  # None where the family does not tell the texts of a pair apart
    first: int = 0  # the row of the first position
    padding: int | None = None  # the id at which positions stand still, where only real tokens are counted
    projection: str | None = None  # from the embeddings' width to the hidden width
    projected_first: bool = False  # the projection stands before the norm, not behind it
    padding_is_zero: bool = False  # padding enters the first layer as a vector of zeros


@dataclass(frozen=True, slots=True)
class AttentionNames:
    """One attention block."""

    query: str | Share
    key: str | Share
    value: str | Share
    output: str
    norm: str  # before or behind the block; see `Side.norm_first`


@dataclass(frozen=True, slots=True)
class LayerNames:
    """One layer."""

    attention: AttentionNames
    widen: str | Share
    activation: Activation
    narrow: str
    norm: str  # of the feed-forward block
    gate: Share | None = None  # what the activated values are multiplied by, in a gated feed-forward block
    cross: AttentionNames | None = None  # only in a decoder


@dataclass(frozen=True, slots=True)
class Disentangled:
    """DeBERTa's scores: content against content, content against distance, distance against content."""

    table: str  # vectors of the distances
    norm: str | None  # their norm
    kinds: tuple[str, ...]  # "c2p" and "p2c", those that are added
    query: str  # makes a distance's query, in the layer
    key: str  # makes a distance's key, in the layer
    span: int  # distances have rows 0 to 2·span - 1
    buckets: int  # up to half of these distances have a row each, farther ones share; 0: all have their own
    longest: int  # the distance at which the last row begins


@dataclass(frozen=True, slots=True)
class Convolution:
    """DeBERTa-v2's convolution, beside the first layer."""

    conv: str
    norm: str
    activation: Activation


@dataclass(frozen=True, slots=True)
class Side:
    """An encoder or a decoder."""

    embeddings: EmbeddingNames
    layers: tuple[str, ...]  # (L); a name that stands there twice is a layer that is used twice
    names: LayerNames
    heads: int  # H
    norm_first: bool = False  # pre-norm: each block reads a normalised copy, and what it gives is added to the original
    last_norm: str | None = None  # behind the last layer of a pre-norm side
    windows: tuple[int | None, ...] = ()  # (L) how far each layer looks to either side, None for all; empty: all
    thetas: tuple[float, ...] = ()  # (L) the base of the rotary angles; empty: queries and keys are not turned
    padding_looks: bool = True  # whether padding looks at real tokens; nobody reads what it sees
    relative: str | None = None  # a table of what is added to the scores by distance, one number a head
    disentangled: Disentangled | None = None
    convolution: Convolution | None = None


@dataclass(frozen=True, slots=True)
class Transform:
    """What a head does before its last dense layer."""

    dense: str
    activation: Activation
    norm: str | None = None


@dataclass(frozen=True, slots=True)
class MaskedLMNames:
    """Hidden state -> one logit a word."""

    transform: Transform | None
    weight: str  # (V, D), as a rule that of the word embeddings
    bias: str  # (V,)


@dataclass(frozen=True, slots=True)
class SpanNames:
    """Hidden state -> a start and an end logit."""

    out: str
    transform: Transform | None = None


@dataclass(frozen=True, slots=True)
class SequenceNames:
    """Hidden states -> one logit a label."""

    transform: Transform
    out: str
    reads: str = "first"  # the vector for the text: the "first" token's, the "mean", or the one at the "last </s>"


@dataclass(frozen=True, slots=True)
class Family:
    """One encoder family, as one configuration has it."""

    name: str
    encoder: Side
    masked_lm: MaskedLMNames | None
    spans: SpanNames | None
    sequence: SequenceNames | None
    decoder: Side | None = None
    wraps: bool = False  # the decoder's first token is the text's last one, not a start token of its own
    longest: int = 512  # tokens that the model reads
