"""A text through the layers, one call at a time, with a change where it is asked for; nothing is hooked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.embeddings import decoder_ids, embed
from encoder_lab.families import side_of
from encoder_lab.layers import LayerParts, Parts, Stack, layer_parts, merge_heads, split_heads
from encoder_lab.records import Embeddings, States, Tokens
from encoder_lab.surroundings import undisturbed
from encoder_lab.whole import whole_number

ATTENTIONS = ("encoder", "decoder", "cross")  # BART has all three, the others the first
SIDES = ("encoder", "decoder")
BATCH = 2048  # tokens read at once, as rows of one text

Edit = Callable[[Tensor], Tensor]


@undisturbed(gradients=None)
def run(
    checkpoint: Checkpoint,
    tokens: Tokens,
    edits: Mapping[tuple[str, int], Edit] | None = None,
    known: States | None = None,
    word: Tensor | None = None,
) -> States:
    """Take a text through all layers and change on the way what is asked for.

    An edit may give back several rows where it was given one: from there on the run is a batch, one change a row.

    Args:
        checkpoint: from `load`, of any task.
        tokens: one text, (1, T).
        edits: (what, number) -> function of a tensor that gives back the changed one. What is "encoder" or "decoder"
            for hidden state 0 to L, (B, T, D), or "encoder heads", "decoder heads" or "cross heads" for what the heads
            of layer 0 to L - 1 have mixed, (B, H, T, K), before the output projection reads it.
        known: states of the same text without any edit, all or those of the first layers; what lies before the first
            edit, and is known, is taken from there.
        word: (B, T, D) word vectors to read instead of the text's own; BART's decoder reads them shifted right.

    Returns:
        Every hidden state; gradients flow unless the caller shuts them off.

    Raises:
        ValueError: there is no such place for an edit.
    """
    model, edits = checkpoint.model, dict(edits or {})
    _check_edits(model, edits)
    device = model.device
    ids, mask, segments = tokens.ids.to(device), tokens.mask.to(device), tokens.segments.to(device)
    begin = partial(embed, model, ids, segments, word, mask)
    states = _through(Stack(model, "encoder", mask), edits, known and known.encoder, begin)
    if not model.config.is_encoder_decoder:
        return States(tuple(states), ())
    shifted = decoder_ids(model, ids)
    if word is not None:  # the decoder reads the same words, behind a start token that is its own
        first = embed(model, shifted[:, :1], segments[:, :1], side="decoder").word.expand(len(word), -1, -1)
        word = torch.cat([first, word[:, :-1]], dim=1)
    encoder_changed = any(what.startswith("encoder") for what, _ in edits)
    clean = None if known is None else known.decoder[:1] if encoder_changed else known.decoder
    begin = partial(embed, model, shifted, segments, word, side="decoder")
    seen = _through(Stack(model, "decoder", mask, states[-1]), edits, clean, begin)
    return States(tuple(states), tuple(seen))


def blocks(model: nn.Module, attention: str) -> list[Parts]:
    """Name the pieces of each layer's attention block.

    Args:
        model: a checkpoint's model.
        attention: which attention, one of `ATTENTIONS`.

    Raises:
        ValueError: the model has no such attention.
    """
    _check_among("attention", attention, ATTENTIONS if model.config.is_encoder_decoder else ATTENTIONS[:1], model)
    side = "encoder" if attention == "encoder" else "decoder"
    parts = [layer_parts(model, number, side) for number in range(_depth(model, side))]
    return [each.cross if attention == "cross" else each.attention for each in parts]


def check_side(model: nn.Module, side: str) -> None:
    """Raise ValueError unless a model has that side: "encoder" or, for BART, "decoder"."""
    _check_among("side", side, _sides(model), model)


def check_pair(pair: object, kind: str, names: tuple[str, str], counts: tuple[int, int], owner: str) -> tuple[int, int]:
    """Return a pair of whole numbers as Python's own, or say that it is none or that there is no such number.

    Args:
        pair: what was given.
        kind: what a pair is, to begin the sentence with: "a place is".
        names: what its two numbers count: ("hidden state", "position").
        counts: how many of each there are.
        owner: who has them: "there are".
    """
    try:
        first, second = (whole_number("it", number) for number in pair)
    except (TypeError, ValueError):
        raise TypeError(f"{kind} a pair of whole numbers, ({', '.join(names)}); this is {pair!r:.60}") from None
    for name, number, count in zip(names, (first, second), counts, strict=True):
        if not 0 <= number < count:
            raise ValueError(f"there is no {name} {number}; {owner} {name}s 0 to {count - 1}")
    return first, second


def row_batches(count: int, size: int) -> Iterator[list[int]]:
    """Cut `count` rows of `size` tokens each into batches."""
    most = max(1, BATCH // size)
    for at in range(0, count, most):
        yield list(range(at, min(at + most, count)))


def _sides(model: nn.Module) -> tuple[str, ...]:
    """Name the sides a model has."""
    return SIDES if model.config.is_encoder_decoder else SIDES[:1]


def _check_among(name: str, value: str, allowed: Sequence[str], model: nn.Module) -> None:
    """Refuse a name that this model has no place for."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; a {type(model).__name__} has {', '.join(map(repr, allowed))}")


def _depth(model: nn.Module, side: str) -> int:
    """Count the layers of one side."""
    return len(side_of(model.config, side).layers)


def _through(
    stack: Stack,
    edits: Mapping[tuple[str, int], Edit],
    clean: Sequence[Tensor] | None,
    begin: Callable[[], Embeddings],
) -> list[Tensor]:
    """Run the layers of one side; what is known to be unchanged is not run again."""
    side, start = stack.side, 0
    if clean:
        names = (side, f"{side} heads", "cross heads" if side == "decoder" else side)
        touched = [number for what, number in edits if what in names]
        start = min([*touched, len(clean) - 1])
    states = list(clean[: start + 1]) if clean else [begin().output]
    states[-1] = _apply(edits.get((side, start)), states[-1])
    for number in range(start, len(stack)):

        def edit(parts: LayerParts, number=number) -> LayerParts:
            own, cross = edits.get((f"{side} heads", number)), edits.get(("cross heads", number))
            return replace(parts, attention=_edited(parts.attention, own), cross=_edited(parts.cross, cross))

        states.append(_apply(edits.get((side, number + 1)), stack.layer(number, states[-1], edit).output))
    return states


def _apply(edit: Edit | None, x: Tensor) -> Tensor:
    """Change a tensor, or leave it as it is."""
    return x if edit is None else edit(x)


def _edited(parts: Parts | None, edit: Edit | None) -> Parts | None:
    """Give the same attention block, whose output projection reads edited heads."""
    if parts is None or edit is None:
        return parts

    def output(mixed: Tensor) -> Tensor:
        return parts.output(merge_heads(edit(split_heads(mixed, parts.heads))))  # (B, T, D)

    return replace(parts, output=output)


def _check_edits(model: nn.Module, edits: Mapping[tuple[str, int], Edit]) -> None:
    """Refuse an edit of a place that the model does not have, instead of leaving it out unseen."""
    places = {side: _depth(model, side) + 1 for side in _sides(model)}
    names = ATTENTIONS if model.config.is_encoder_decoder else ATTENTIONS[:1]
    places |= {f"{name} heads": len(blocks(model, name)) for name in names}
    for what, number in edits:
        _check_among("an edit's place", what, tuple(places), model)
        if number not in range(places[what]):
            raise ValueError(f"there is no {what} {number!r} to edit; there are 0 to {places[what] - 1}")
