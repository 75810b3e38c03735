"""The attention formula, once, for all families."""

import math
from collections.abc import Callable

from torch import Tensor

from encoder_lab.layers.parts import Parts
from encoder_lab.records import Attention

Score = Callable[[Tensor, Tensor], Tensor]  # queries and keys -> how well each pair goes together


def dot_product(q: Tensor, k: Tensor) -> Tensor:
    """Score every pair of positions: (B, H, T, K) and (B, H, S, K) -> (B, H, T, S).

    Source: Vaswani et al. 2017, eq. 1 (arXiv:1706.03762).

    >>> import torch
    >>> from encoder_lab import dot_product
    >>> q, k = torch.tensor([[[[2.0, 0, 0, 0]]]]), torch.eye(4)[None, None, :2]
    >>> dot_product(q, k)  # 2 and 0, divided by the root of K = 4
    tensor([[[[1., 0.]]]])
    """
    return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])


def attend(x: Tensor, source: Tensor, parts: Parts, bias: Tensor, score: Score = dot_product) -> Attention:
    """Let every position of `x` gather from every position of `source`.

    Args:
        x: (B, T, D) the positions that look.
        source: (B, S, D) the positions looked at; `x` itself in self-attention.
        parts: the block's learned pieces.
        bias: added to the scores (no unit); broadcasts to (B, H, T, S).
            0 lets a pair through, the dtype's lowest float shuts it.
        score: (B, H, T, K) queries and (B, H, S, K) keys -> (B, H, T, S) scores.

    Returns:
        Every intermediate value; see `Attention`.

    Source: Vaswani et al. 2017, eq. 1 and section 3.2.2 (arXiv:1706.03762).

    >>> import torch
    >>> from encoder_lab import attend, layer_parts, load
    >>> parts, x = layer_parts(load("fill-mask").model, 0).attention, torch.zeros(1, 2, 384)
    >>> attend(x, x, parts, bias=torch.zeros(1)).weights[0, 0]  # all alike: each looks at each as much
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000]])
    """
    q = split_heads(parts.query(x), parts.heads)  # (B, H, T, K)
    k = split_heads(parts.key(source), parts.heads)  # (B, H, S, K)
    v = split_heads(parts.value(source), parts.heads)  # (B, H, S, K)

    scores = score(q, k)  # (B, H, T, S)
    weights = (scores + bias).softmax(dim=-1)  # (B, H, T, S)
    mixed = merge_heads(weights @ v)  # (B, T, D)
    return Attention(q, k, v, scores, weights, mixed, parts.output(mixed))


def split_heads(x: Tensor, heads: int) -> Tensor:
    """Cut the width into heads: (B, T, D) -> (B, H, T, K).

    >>> import torch
    >>> from encoder_lab import split_heads
    >>> split_heads(torch.tensor([[[1, 2, 3, 4]]]), heads=2).tolist()
    [[[[1, 2]], [[3, 4]]]]
    """
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """Put the heads side by side again: (B, H, T, K) -> (B, T, D).

    >>> import torch
    >>> from encoder_lab import merge_heads, split_heads
    >>> merge_heads(split_heads(torch.tensor([[[1, 2, 3, 4]]]), heads=2)).tolist()
    [[[1, 2, 3, 4]]]
    """
    return x.transpose(1, 2).flatten(-2)
