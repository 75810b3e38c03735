"""Relative positions: what is added to the scores by how far two positions lie apart."""

import math

import torch
from torch import Tensor

from encoder_lab.layers.masks import EVERY

BUCKETS, FARTHEST = 32, 128  # T5's and MPNet's


def relative_bias(size: int, table: Tensor, rows: Tensor | slice = EVERY) -> Tensor:
    """Look up what each head adds to the score of each pair: (1, H, T, T), or R of its rows.

    Args:
        size: T positions.
        table: (buckets, H) learned.
        rows: the R positions that look.

    Source: Raffel et al. 2020, section 2.1 (arXiv:1910.10683), which MPNet takes over; `MPNetEncoder`.
    """
    places = torch.arange(size, device=table.device)
    buckets = _distance_buckets(places - places[rows, None])  # (T, T) how far to the right the other one lies
    return table[buckets].permute(2, 0, 1)[None]


def _distance_buckets(distances: Tensor) -> Tensor:
    """Number distances: near ones each by itself, far ones together, the farther the more of them.

    Args:
        distances: whole numbers, of any shape; positive to the right.

    Returns:
        Numbers from 0 to 31, in the same shape: 0 to 15 to the left, 16 to 31 to the right.

    Source: Raffel et al. 2020, section 2.1 (arXiv:1910.10683); `MPNetEncoder.relative_position_bucket`.
    """
    half, exact = BUCKETS // 2, BUCKETS // 4
    far = distances.abs()
    grown = far.clamp(min=exact).float() / exact  # 1 where the shared buckets begin
    shared = exact + (grown.log() / math.log(FARTHEST / exact) * (half - exact)).long()
    return torch.where(far < exact, far, shared.clamp(max=half - 1)) + half * (distances > 0)
