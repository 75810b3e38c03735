"""Rotary positions: queries and keys are turned by an angle that grows with the position."""

import torch
from torch import Tensor


def rotate(x: Tensor, theta: float) -> Tensor:
    """Turn each position's vector, pair by pair, by its place times the pair's frequency.

    The product of a turned query and a turned key knows their places only by the distance between them.

    Args:
        x: (B, H, T, K) queries or keys; K is even, and number i makes a pair with number i + K/2.
        theta: the base: pair i has the frequency theta^(-2i/K), in radians a position.

    Returns:
        (B, H, T, K).

    Source: Su et al. 2021, eq. 34 (arXiv:2104.09864), with the halves of a vector for neighbours as pairs.
    """
    size, width = x.shape[-2:]
    pairs = torch.arange(0, width, 2, dtype=x.dtype, device=x.device) / width  # (K/2,) 2i/K
    angles = torch.arange(size, dtype=x.dtype, device=x.device)[:, None] * (1 / theta**pairs)  # (T, K/2)
    left, right = x.chunk(2, dim=-1)  # (B, H, T, K/2) each
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([left * cos - right * sin, right * cos + left * sin], dim=-1)
