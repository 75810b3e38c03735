"""Two texts that differ in little: which tokens stand for each other, and how far apart they are at each layer."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import torch

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.trace import trace_tokens
from encoder_lab.interventions.stepwise import check_side
from encoder_lab.records import Counterfactual, EncoderDecoderTrace, Tokens
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import tokenize

Alignment = Sequence[tuple[int, int]]


def align(
    checkpoint: Checkpoint, text: str, other: str, pair: str | None = None, other_pair: str | None = None
) -> tuple[tuple[int, int], ...]:
    """Pair the tokens of two texts that stand for each other.

    Equal stretches are paired, and between them stretches of the same length that were exchanged for one another;
    what is left has no counterpart: a word put in, left out, or exchanged for one of more pieces.

    Args:
        checkpoint: its tokenizer reads both.
        text: one text.
        other: the other.
        pair: the second text that goes with `text`, or None.
        other_pair: the one that goes with `other`; None if it has the same as `text`.

    Returns:
        (position in the text, position in the other) of each pair, in order.

    Raises:
        TypeError, ValueError: see `tokenize`.

    Source: `difflib.SequenceMatcher`.
    """
    second = pair if other_pair is None else other_pair
    return _align(tokenize(checkpoint.tokenizer, text, pair), tokenize(checkpoint.tokenizer, other, second))


@undisturbed()
def counterfactual(
    checkpoint: Checkpoint,
    text: str,
    other: str,
    pair: str | None = None,
    other_pair: str | None = None,
    side: str = "encoder",
) -> Counterfactual:
    """Set two texts side by side and measure how far apart their hidden states are.

    Args:
        checkpoint: from `load`, of any task.
        text: one text.
        other: the same text with something changed.
        pair: see `align`.
        other_pair: see `align`.
        side: "encoder" or, for BART, "decoder", whose tokens are those of the encoder moved right by one.

    Returns:
        The cosine distance of every aligned pair of positions in each hidden state, (L + 1, N).

    Raises:
        TypeError, ValueError: see `align`; the model has no such side.
    """
    check_side(checkpoint.model, side)
    second = pair if other_pair is None else other_pair
    ways = [trace_tokens(checkpoint, tokenize(checkpoint.tokenizer, *both)) for both in ((text, pair), (other, second))]
    mine, its = (getattr(way, side) if isinstance(way, EncoderDecoderTrace) else way for way in ways)
    pairs = _align(mine.tokens, its.tokens)
    here, there = (list(positions) for positions in zip(*pairs, strict=True))
    cosines = [
        torch.cosine_similarity(a[0, here], b[0, there], dim=-1)  # (N,)
        for a, b in zip(mine.hidden_states, its.hidden_states, strict=True)
    ]
    return Counterfactual(mine.tokens, its.tokens, side, pairs, (1 - torch.stack(cosines)).clamp(0, 2).cpu())


def _align(tokens: Tokens, others: Tokens) -> tuple[tuple[int, int], ...]:
    """Pair equal stretches, and stretches of one length that were exchanged."""
    matcher = SequenceMatcher(None, tokens.ids[0].tolist(), others.ids[0].tolist(), autojunk=False)
    return tuple(
        pair
        for kind, start, end, other, other_end in matcher.get_opcodes()
        if kind == "equal" or (kind == "replace" and end - start == other_end - other)
        for pair in zip(range(start, end), range(other, other_end), strict=True)
    )
