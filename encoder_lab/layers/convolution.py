"""DeBERTa-v2's convolution: beside the first layer, each position gathers from its neighbours."""

from collections.abc import Callable

from torch import Tensor, nn


def convolve(
    x: Tensor, y: Tensor, mask: Tensor, conv: nn.Module, activation: Callable[[Tensor], Tensor], norm: nn.Module
) -> Tensor:
    """Add a convolution of what entered a layer to what left it, and normalise the sum.

    Args:
        x: (B, T, D) what entered the layer.
        y: (B, T, D) what left it.
        mask: (B, T) 1 for a real token; padding becomes 0.
        conv: over the positions, (B, D, T) -> (B, D, T).
        activation: applied to what it gives.
        norm: applied to the sum.

    Returns:
        (B, T, D).

    Source: `ConvLayer` of DeBERTa-v2, which He et al. 2021 name in their repository alone.
    """
    real = mask[..., None].to(x.dtype)  # (B, T, 1)
    near = conv(x.transpose(1, 2)).transpose(1, 2) * real  # (B, T, D)
    return norm(y + activation(near)) * real
