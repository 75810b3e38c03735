"""Text through the encoder (for BART the decoder too), with every hidden state kept and every layer on demand."""

from collections.abc import Sequence

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.reader import Reader
from encoder_lab.records import EncoderDecoderTrace, Tokens, Trace
from encoder_lab.tokens import tokenize


def trace(
    checkpoint: Checkpoint, text: str | Sequence[str], pair: str | Sequence[str] | None = None
) -> Trace | EncoderDecoderTrace:
    """Read text with a checkpoint's encoder (for BART its decoder too) and keep each hidden state.

    Args:
        checkpoint: from `load`.
        text: one text, or B of them.
        pair: a second text for each, or None.

    Returns:
        A `Trace`; for BART an `EncoderDecoderTrace`. The model stays as it was: nothing is hooked on it.

    Raises:
        TypeError, ValueError: see `tokenize`.
    """
    return trace_tokens(checkpoint, tokenize(checkpoint.tokenizer, text, pair))


def trace_tokens(checkpoint: Checkpoint, tokens: Tokens) -> Trace | EncoderDecoderTrace:
    """Do as `trace` does, for tokens that are there already."""
    return Reader(checkpoint).trace(tokens)
