"""The attention explorer on a trace: one kind of attention in an encoder, three where there is a decoder too."""

from collections.abc import Callable

import numpy as np
import torch

from encoder_lab.records import Attention, DecoderLayer, EncoderDecoderTrace, Layer, Trace
from encoder_lab.texts import say
from encoder_lab.widgets.attention import AttentionBlock, AttentionExplorer

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

    def weights(block: int, layer: int) -> np.ndarray:
        _, looks, _, pick = kinds[block]
        found = looks.layers[layer]
        if len(kinds) == 1 and isinstance(found, DecoderLayer):
            raise TypeError("this is the decoder's half of a trace; give explore.attention the whole of it")
        seen = pick(found).weights[text, :, :real, :real].cpu()  # (H, T, S)
        return seen.to(torch.promote_types(seen.dtype, torch.float32)).numpy()  # NumPy has no bfloat16

    def block(at: int) -> AttentionBlock:
        name, looks, looked_at, _ = kinds[at]
        return AttentionBlock(
            name=name,
            layers=len(looks.layers),
            heads=len(weights(at, min(max(layer, 0), len(looks.layers) - 1))),
            looks=list(looks.tokens.strings[text][:real]),
            looked_at=list(looked_at.tokens.strings[text][:real]),
            looks_sides=looks.tokens.sides[text, :real].tolist(),
            looked_at_sides=looked_at.tokens.sides[text, :real].tolist(),
            same=looks is looked_at,
        )

    blocks = [block(at) for at in range(len(kinds))]
    state = {"layer": layer, "head": head, "notes": list(trace.notes)}
    return AttentionExplorer(weights, blocks, names, **state, presenter=presenter)
