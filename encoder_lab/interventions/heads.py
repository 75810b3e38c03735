"""Heads switched off in a copy of the checkpoint, several together or one at a time to see what each does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

import torch
from torch import Tensor, nn

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.families import side_of
from encoder_lab.forward.batches import SHOW_BAR
from encoder_lab.forward.trace import trace_tokens
from encoder_lab.forward.twin import twin
from encoder_lab.interventions.stepwise import blocks, check_pair, run
from encoder_lab.interventions.target import read
from encoder_lab.layers import split_heads
from encoder_lab.progress import progress_bar
from encoder_lab.records import Attention, EncoderDecoderTrace, HeadEffects, States, Target, Trace
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import check_texts, tokenize


@undisturbed()
def heads_off(
    checkpoint: Checkpoint, heads: Iterable[tuple[int, int]], means: Tensor | None = None, attention: str = "encoder"
) -> Checkpoint:
    """Copy a checkpoint with some of its heads switched off; every journey, trace and explorer takes the copy.

    What a head has mixed reaches the model through its own columns of the output projection alone, so a head is off
    when these are 0. Only the projections of the layers named are copied; all other weights are shared. Where layers
    share their weights, as in ALBERT, a head that is off in one of them is off in all.

    Args:
        checkpoint: from `load`; it stays as it is.
        heads: (layer, head) of each head to switch off, both counted from 0.
        means: (L, H, K) what to put in a head's place, from `head_means`; None for 0.
        attention: which of BART's attentions: "encoder", "decoder" (self-attention) or "cross".

    Returns:
        The changed copy; with no heads its answers are the same bit for bit.

    Raises:
        TypeError: a head is not a pair of whole numbers.
        ValueError: there is no such layer, head or attention; the means have another shape.

    Source: Michel et al. 2019, section 2.3 (arXiv:1905.10650), there with a mask on the heads.
    """
    chosen = _check_heads(checkpoint, heads, attention)
    means = _check_means(checkpoint, means, attention)
    model = twin(checkpoint.model)
    for layer, numbers in chosen.items():
        parts = blocks(model, attention)[layer]
        weight, bias = parts.output.weight.clone(), parts.output.bias  # (D, D), (D,)
        bias = weight.new_zeros(len(weight)) if bias is None else bias.clone()
        for head, columns in enumerate(split_heads(weight[None], parts.heads)[0]):  # a view: (D, K) a head
            if head in numbers:
                if means is not None:
                    bias += columns @ means[layer, head]
                columns.zero_()
        parts.output.weight = nn.Parameter(weight, requires_grad=False)
        if means is not None or parts.output.bias is not None:
            parts.output.bias = nn.Parameter(bias, requires_grad=False)
    return replace(checkpoint, model=model)


def _sharing(checkpoint: Checkpoint, layer: int, attention: str = "encoder") -> list[int]:
    """List the layers that have one layer's weights, itself among them: several in ALBERT, one elsewhere."""
    layers = side_of(checkpoint.model.config, "encoder" if attention == "encoder" else "decoder").layers
    return [number for number, name in enumerate(layers) if name == layers[layer]]


@undisturbed()
def head_means(
    checkpoint: Checkpoint, texts: Sequence[str], pairs: Sequence[str] | None = None, attention: str = "encoder"
) -> Tensor:
    """Average what each head mixes over all tokens of some texts.

    Args:
        checkpoint: from `load`.
        texts: the texts of reference; the more they are like those asked about, the better.
        pairs: a second text for each, or None.
        attention: see `heads_off`.

    Returns:
        (L, H, K).

    Raises:
        TypeError, ValueError: see `tokenize`; the model has no such attention.
    """
    every = blocks(checkpoint.model, attention)
    texts = check_texts(texts)
    if pairs is not None and len(check_texts(pairs)) != len(texts):
        raise ValueError(f"there are {len(texts)} texts and {len(pairs)} second texts; each text needs one")
    read_by_one = [tokenize(checkpoint.tokenizer, text, pairs and pairs[row]) for row, text in enumerate(texts)]
    sums, count = 0, sum(tokens.ids.shape[1] for tokens in read_by_one)
    shown = count * checkpoint.model.num_parameters() > SHOW_BAR
    with progress_bar(len(texts), "reading", "texts", shown) as bar:
        for tokens in read_by_one:
            found = _attentions(trace_tokens(checkpoint, tokens), attention)
            sums = sums + torch.stack([block.mixed[0].sum(dim=0) for block in found])  # (L, D)
            bar.update()
    return (sums / count).unflatten(-1, (every[0].heads, -1))


@undisturbed()
def head_effects(
    checkpoint: Checkpoint, target: Target, means: Tensor | None = None, attention: str = "encoder"
) -> HeadEffects:
    """Switch off one head at a time and see what becomes of a watched number.

    What lies before the head's layer is not worked out again. Where layers share their weights, as in ALBERT, a head is
    switched off in all that share it, and all of them have the same effect.

    Args:
        checkpoint: from `load`.
        target: the text and the number, from `watch`.
        means: see `heads_off`.
        attention: see `heads_off`.

    Returns:
        The number and its change for every head, (L, H).

    Raises:
        ValueError: the model has no such attention; the means have another shape.

    Source: Michel et al. 2019, section 3.2 (arXiv:1905.10650).
    """
    every = blocks(checkpoint.model, attention)
    known = run(checkpoint, target.tokens)
    values = torch.empty(len(every), every[0].heads, dtype=known.last.dtype)
    work = values.numel() * target.tokens.ids.shape[1] * checkpoint.model.num_parameters()
    with progress_bar(values.numel(), "switching off", "heads", work > SHOW_BAR) as bar:
        for layer, head in product(range(len(every)), range(every[0].heads)):
            first = _sharing(checkpoint, layer, attention)[0]
            if attention == "encoder":
                before = States(known.encoder[: first + 1], ())
            else:
                before = States(known.encoder, known.decoder[: first + 1])
            without = heads_off(checkpoint, [(layer, head)], means, attention)
            states = run(without, target.tokens, known=before)
            values[layer, head] = read(without, target, states.last)[0]
            bar.update()
    notes = ()
    if len(_sharing(checkpoint, 0, attention)) > 1:
        notes = ("layers share their weights here: a head that is off in one of them is off in all that share it",)
    return HeadEffects(target, attention, values, values - target.value, notes)


def _attentions(way: Trace | EncoderDecoderTrace, attention: str) -> Iterator[Attention]:
    """Give one attention of each layer of a trace."""
    if not isinstance(way, EncoderDecoderTrace):
        return (layer.attention for layer in way.layers)
    if attention == "encoder":
        return (layer.attention for layer in way.encoder.layers)
    return (layer.cross_attention if attention == "cross" else layer.self_attention for layer in way.decoder.layers)


def _check_heads(checkpoint: Checkpoint, heads: Iterable, attention: str) -> dict[int, set[int]]:
    """Sort the heads by layer, or say which of them there is not."""
    every = blocks(checkpoint.model, attention)
    chosen = defaultdict(set)
    for each in heads:
        counts = len(every), every[0].heads
        layer, head = check_pair(each, "a head is named by", ("layer", "head"), counts, f"{attention} attention has")
        chosen[layer].add(head)
    return chosen


def _check_means(checkpoint: Checkpoint, means: Tensor | None, attention: str) -> Tensor | None:
    """Put the means where the model is, or say that they are not this model's."""
    if means is None:
        return None
    every = blocks(checkpoint.model, attention)
    weight = every[0].output.weight
    shape = (len(every), every[0].heads, weight.shape[1] // every[0].heads)
    if not isinstance(means, Tensor) or means.shape != shape:
        got = tuple(means.shape) if isinstance(means, Tensor) else f"{means!r:.40}"
        raise ValueError(f"means are {got}; {attention} attention needs {shape}, as `head_means` gives them")
    return means.to(weight)
