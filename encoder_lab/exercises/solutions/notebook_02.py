"""Reference answers of notebook 02."""

import math

import torch
from torch import Tensor

from encoder_lab.layers import LayerParts
from encoder_lab.records import Layer, Trace


def one_head(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Scores, weights, weighted values."""
    scores = query @ key.T / math.sqrt(query.shape[-1])  # (T, S)
    weights = scores.softmax(dim=-1)  # (T, S)
    return weights @ value  # (T, K)


def masked_weights(scores: Tensor, mask: Tensor) -> Tensor:
    """Shut the padding out before the softmax."""
    return scores.masked_fill(mask == 0, -math.inf).softmax(dim=-1)


def merge_heads(per_head: Tensor) -> Tensor:
    """Bring heads and width together, then lay them side by side."""
    return per_head.transpose(1, 2).flatten(-2)


@torch.inference_mode()
def add_and_norm(layer: Layer, parts: LayerParts) -> Tensor:
    """Add what came in, then normalise."""
    return parts.attention_norm(layer.input + layer.attention.output)


def drift(river: Trace, money: Trace) -> list[float]:
    """The cosine of the angle between the two, level by level."""
    here, there = (way.tokens.strings[0].index("bank") for way in (river, money))
    similarity = []
    for a, b in zip(river.hidden_states, money.hidden_states, strict=True):
        a, b = a[0, here], b[0, there]
        similarity.append((a @ b / (a.norm() * b.norm())).item())
    return similarity
