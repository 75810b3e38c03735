"""The attention explorer on a trace: one kind of attention in an encoder, three where there is a decoder too."""

from collections.abc import Callable

import numpy as np
import torch

from encoder_lab.layers import Looks
from encoder_lab.records import Attention, DecoderLayer, EncoderDecoderTrace, Layer, Trace, long_attention
from encoder_lab.surroundings import undisturbed
from encoder_lab.texts import say
from encoder_lab.widgets.attention import AttentionBlock, AttentionExplorer
from encoder_lab.widgets.block_maxima import STEP
from encoder_lab.widgets.long_attention import LongAttentionExplorer

Pick = Callable[[Layer | DecoderLayer], Attention]


def attention(
    trace: Trace | EncoderDecoderTrace,
    text: int = 0,
    layer: int = 0,
    head: int = 0,
    names: tuple[str, str] | None = None,
    presenter: bool = False,
) -> AttentionExplorer:
    """Open the attention explorer.

    Args:
        trace: from `trace`.
        text: which of its B texts, 0 to B - 1.
        layer: the one that is shown first, 0 to L - 1.
        head: the one that is shown first, 0 to H - 1.
        names: what the two texts of a pair are called, such as ("question", "context"); None for first and second text.
        presenter: large type and few controls, for a projector.

    Raises:
        TypeError: this is no trace, or only the decoder's half of one.
        ValueError: there is no such text, layer or head.
    """
    if not isinstance(trace, Trace | EncoderDecoderTrace):
        raise TypeError(f"explore.attention needs a trace, and this is {type(trace).__name__}; call trace(...) first")
    if isinstance(trace, EncoderDecoderTrace):
        encoder, decoder = trace.encoder, trace.decoder
        kinds = [
            (say("explorers.attention.encoder_self_attention"), encoder, encoder, lambda found: found.attention),
            (say("explorers.attention.decoder_self_attention"), decoder, decoder, lambda found: found.self_attention),
            (say("explorers.attention.decoder_cross_attention"), decoder, encoder, lambda found: found.cross_attention),
        ]
    else:
        encoder = trace
        kinds = [(say("explorers.attention.self_attention"), trace, trace, lambda found: found.attention)]
    count = len(encoder.tokens.ids)
    if not 0 <= text < count:
        raise ValueError(f"there is no text {text}; this trace has {count}, numbered 0 to {count - 1}")
    real = int(encoder.tokens.mask[text].sum())  # padding is on the right, in the decoder too
    by_rows = _ByRows(encoder, text, real) if real > long_attention.LONG and len(kinds) == 1 else None

    def weights(block: int, layer: int) -> np.ndarray:
        _, looks, _, pick = kinds[block]
        found = looks.layers[layer]
        if len(kinds) == 1 and isinstance(found, DecoderLayer):
            raise TypeError("this is the decoder's half of a trace; give explore.attention the whole of it")
        return _array(pick(found).weights[text, :, :real, :real])  # (H, T, S)

    def block(at: int) -> AttentionBlock:
        name, looks, looked_at, _ = kinds[at]
        return AttentionBlock(
            name=name,
            layers=len(looks.layers),
            heads=by_rows.heads if by_rows else len(weights(at, min(max(layer, 0), len(looks.layers) - 1))),
            looks=list(looks.tokens.strings[text][:real]),
            looked_at=list(looked_at.tokens.strings[text][:real]),
            looks_sides=looks.tokens.sides[text, :real].tolist(),
            looked_at_sides=looked_at.tokens.sides[text, :real].tolist(),
            same=looks is looked_at,
            windows=[reach if reach and reach < real - 1 else None for reach in looks.layers.reaches],
            long=by_rows is not None,
        )

    blocks = [block(at) for at in range(len(kinds))]
    state = {"layer": layer, "head": head, "notes": list(trace.notes)}
    if by_rows:
        return LongAttentionExplorer(by_rows, blocks[0], names, **state, presenter=presenter)
    return AttentionExplorer(weights, blocks, names, **state, presenter=presenter)


class _ByRows:
    """The attention of one long text, some rows at a time; the layer that was asked for last is kept ready."""

    def __init__(self, trace: Trace, text: int, size: int) -> None:
        self._layers, self._text, self._size = trace.layers, text, size
        self._ready: tuple[int, Looks] = (0, self._looks(0))
        self.heads = self._ready[1].key.shape[1]

    @undisturbed()
    def maxima(self, layer: int, side: int, rows: slice, step: int) -> np.ndarray:
        """Give each head's strongest weight of each square, (H, rows / side, S / side)."""
        return _array(self._kept(layer, keep=step <= STEP).maxima(side, rows, step)[0])

    @undisturbed()
    def weights(self, layer: int, head: int, rows: slice) -> np.ndarray:
        """Give one head's exact weights (R, S) of some rows."""
        one = self._kept(layer).part(0, self._size, slice(head, head + 1))
        return _array(one.weights(rows)[0, 0])

    def _kept(self, layer: int, keep: bool = True) -> Looks:
        number, ready = self._ready
        if number == layer:
            return ready
        found = self._looks(layer)
        if keep:
            self._ready = layer, found
        return found

    def _looks(self, layer: int) -> Looks:
        return self._layers.looks(layer).part(self._text, self._size)


def _array(values: torch.Tensor) -> np.ndarray:
    """Give an array of at least 32 bits a number: NumPy has no bfloat16."""
    return values.cpu().to(torch.promote_types(values.dtype, torch.float32)).numpy()
