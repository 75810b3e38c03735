"""The feed-forward block, plain or gated."""

from torch import Tensor

from encoder_lab.layers.parts import LayerParts
from encoder_lab.records import FeedForward


def feed_forward(x: Tensor, parts: LayerParts) -> FeedForward:
    """Put every position of `x` (B, T, D) through the two dense layers alone.

    Where there is a gate, each activated number is multiplied by one that the position makes beside it.

    Source: Vaswani et al. 2017, eq. 2, with GELU for ReLU as in Devlin et al. 2019, section 3; the gate: Shazeer 2020,
    eq. 6 (arXiv:2002.05202).

    >>> import torch
    >>> from encoder_lab import feed_forward, layer_parts, load
    >>> parts, x = layer_parts(load("fill-mask").model, 0), torch.zeros(1, 2, 384)
    >>> made = feed_forward(x, parts)
    >>> made.widened.shape, made.narrowed.shape
    (torch.Size([1, 2, 1536]), torch.Size([1, 2, 384]))
    """
    widened = parts.widen(x)  # (B, T, F)
    gate = parts.gate and parts.gate(x)  # (B, T, F)
    activated = parts.activation(widened)  # (B, T, F)
    activated = activated if gate is None else activated * gate
    return FeedForward(widened, activated, parts.narrow(activated), gate)
