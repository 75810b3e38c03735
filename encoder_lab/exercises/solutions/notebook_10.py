"""Reference answers of notebook 10."""

import math

import torch
from torch import Tensor


def halved() -> str:
    """Hide a word that stands between a year and a town."""
    return "He was born in 1990 [MASK] London."


def turned_score(query: Tensor, key: Tensor, angles: Tensor) -> Tensor:
    """Turn each pair as a plane number, then score as ever."""

    def turned(x: Tensor, place: int) -> Tensor:
        left, right = x.chunk(2)
        pairs = torch.complex(left, right) * torch.polar(torch.ones(2), place * angles)
        return torch.cat([pairs.real, pairs.imag])

    return turned(query, 9) @ turned(key, 5) / math.sqrt(len(query))


def how_far(size: int, reach: int, changed: int) -> list[int]:
    """Count the places that are near enough, after each layer."""
    return [sum(abs(place - changed) <= reach * layer for place in range(size)) for layer in (1, 2, 3, 4)]
