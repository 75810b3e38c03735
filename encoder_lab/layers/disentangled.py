"""Disentangled attention: what stands somewhere and how far apart it stands are scored apart, then summed."""

import math

import torch
from torch import Tensor

from encoder_lab.layers.masks import EVERY


def disentangled_scores(
    q: Tensor, k: Tensor, rows: Tensor, distance_q: Tensor | None, distance_k: Tensor | None
) -> Tensor:
    """Score content against content, content against distance and distance against content.

    Args:
        q: (B, H, T, K) queries of the content.
        k: (B, H, S, K) keys of the content.
        rows: (T, S) which row stands for the distance from each position to each other; see `distance_rows`.
        distance_q: (1, H, R, K) queries of the distances; None where that term is left out.
        distance_k: (1, H, R, K) keys of the distances; None where that term is left out.

    Returns:
        (B, H, T, S), the sum of the terms over the root of K times their number.

    Source: He et al. 2021, eq. 4 and algorithm 1 (arXiv:2006.03654); `DisentangledSelfAttention`.
    """
    terms = [q @ k.transpose(-2, -1)]  # (B, H, T, S)
    if distance_k is not None:
        terms.append(_pick(q @ distance_k.transpose(-2, -1), rows))
    if distance_q is not None:  # from the key's place the distance is the other way round
        terms.append(_pick(k @ distance_q.transpose(-2, -1), rows.T).transpose(-2, -1))
    return sum(terms) / math.sqrt(q.shape[-1] * len(terms))


def distance_rows(size: int, span: int, buckets: int, longest: int, rows: Tensor | slice = EVERY) -> Tensor:
    """Say which row of the table of distances stands for each pair of positions.

    Args:
        size: T positions.
        span: half the rows of the table.
        buckets: distances up to half as many have a row each, farther ones share; 0 if all have their own.
        longest: the distance with which the last shared row begins.
        rows: the R positions that look.

    Returns:
        (T, T) whole numbers from 0 to 2·span - 1, or R of their rows; distance 0 has row `span`.

    Source: He et al. 2021, eq. 3; He et al. 2023, section 3 (arXiv:2111.09543); `make_log_bucket_position`.
    """
    places = torch.arange(size)
    distances = places[rows, None] - places  # (T, T) how far to the left the other one lies
    if buckets:
        near = buckets // 2
        far = distances.abs().clamp(min=near) / near  # 1 where the shared rows begin
        shared = (far.log() / torch.tensor((longest - 1) / near).log() * (near - 1)).ceil().long() + near
        distances = torch.where(distances.abs() <= near, distances, shared * distances.sign())
    return (distances + span).clamp(0, 2 * span - 1)


def _pick(scores: Tensor, rows: Tensor) -> Tensor:
    """Give each pair the score of its distance: (B, H, T, R) and (T, S) -> (B, H, T, S)."""
    return scores.gather(-1, rows.expand(*scores.shape[:2], -1, -1))
