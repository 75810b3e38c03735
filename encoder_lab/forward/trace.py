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

    >>> from encoder_lab import load, trace
    >>> way = trace(load("fill-mask"), "The cat sat.")
    >>> len(way.hidden_states), way.hidden_states[0].shape  # what goes into the first layer, and six layers' ends
    (7, torch.Size([1, 6, 384]))
    >>> way.layers[5].attention.weights.shape  # (B, H, T, S)
    torch.Size([1, 12, 6, 6])
    """
    return trace_tokens(checkpoint, tokenize(checkpoint.tokenizer, text, pair))


def trace_tokens(checkpoint: Checkpoint, tokens: Tokens) -> Trace | EncoderDecoderTrace:
    """Do as `trace` does, for tokens that are there already.

    >>> from encoder_lab import load, tokenize
    >>> from encoder_lab.forward import trace_tokens
    >>> checkpoint = load("fill-mask")
    >>> trace_tokens(checkpoint, tokenize(checkpoint.tokenizer, ["one", "one and two"])).hidden_states[6].shape
    torch.Size([2, 5, 384])
    """
    return Reader(checkpoint).trace(tokens)
