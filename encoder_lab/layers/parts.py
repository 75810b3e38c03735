"""One layer's learned pieces, under the same names for every family."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import linear

from encoder_lab.families import AttentionNames, Share, find, side_of

Dense = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False, slots=True)
class Parts:
    """One attention block's learned pieces, under the same names for every family."""

    query: Dense  # D -> D
    key: Dense  # D -> D
    value: Dense  # D -> D
    output: nn.Linear  # D -> D
    heads: int  # H


@dataclass(frozen=True, eq=False, slots=True)
class LayerParts:
    """One layer's learned pieces, under the same names for every family."""

    attention: Parts
    attention_norm: nn.Module
    cross: Parts | None  # only in a decoder
    cross_norm: nn.Module | None  # only in a decoder
    widen: Dense  # D -> F
    activation: Dense
    narrow: nn.Linear  # F -> D
    output_norm: nn.Module
    gate: Dense | None = None  # D -> F, in a gated feed-forward block
    norm_first: bool = False  # whether each block reads a normalised copy; otherwise its sum is normalised


def layer_parts(model: nn.Module, number: int, side: str = "encoder") -> LayerParts:
    """Name the pieces of one layer.

    Args:
        model: of a family that is known, with a head or without.
        number: the layer, from 0.
        side: "encoder" or "decoder".

    Raises:
        ValueError: the family is not known, or has no such side.

    >>> from encoder_lab import layer_parts, load
    >>> parts = layer_parts(load("fill-mask").model, 0)
    >>> parts.attention.heads, parts.widen
    (12, Linear(in_features=384, out_features=1536, bias=True))
    """
    here = side_of(model.config, side)
    layer, names = find(model.base_model, here.layers[number]), here.names

    def block(names: AttentionNames) -> Parts:
        dense = (_dense(layer, name) for name in (names.query, names.key, names.value))
        return Parts(*dense, find(layer, names.output), here.heads)

    return LayerParts(
        attention=block(names.attention),
        attention_norm=find(layer, names.attention.norm),
        cross=names.cross and block(names.cross),
        cross_norm=names.cross and find(layer, names.cross.norm),
        widen=_dense(layer, names.widen),
        activation=find(layer, names.activation),
        narrow=find(layer, names.narrow),
        output_norm=find(layer, names.norm),
        gate=names.gate and _dense(layer, names.gate),
        norm_first=here.norm_first,
    )


def _dense(layer: nn.Module, name: str | Share) -> Dense:
    """Find a dense layer, or the share of one that several have in common."""
    if isinstance(name, str):
        return find(layer, name)
    whole = find(layer, name.name)
    weight = whole.weight.chunk(name.count)[name.index]
    bias = None if whole.bias is None else whole.bias.chunk(name.count)[name.index]
    return lambda x: linear(x, weight, bias)
