"""Pairs of sentences put together from rows of ids, and the hypotheses nearest to a premise.

Source: Thakur et al. 2021, section 3.1, semantic search sampling (arXiv:2010.08240).
"""

import torch
from torch import Tensor

from recipes.rows import Rows


def join(sentences: Rows, pairs: Tensor, first: int, between: int, separators: int, longest: int) -> Rows:
    """Put two sentences into one row: `first`, the premise, separators, the hypothesis, a separator.

    Args:
        sentences: ids without special tokens.
        pairs: (P, 2) numbers of premise and hypothesis.
        first: the id that begins a row.
        between: the separator's id; it ends the row too.
        separators: how many of them stand between the two.
        longest: ids in a row; a longer premise is cut.

    Returns:
        P rows.
    """
    extra = separators + 2
    second = sentences.lengths[pairs[:, 1]].clamp(max=longest // 2)
    one = torch.minimum(sentences.lengths[pairs[:, 0]], longest - extra - second)
    lengths = one + second + extra
    owner = torch.repeat_interleave(torch.arange(len(pairs), device=pairs.device), lengths)  # (ids in all,)
    place = torch.arange(len(owner), device=pairs.device) - (lengths.cumsum(0) - lengths)[owner]
    begins = sentences.starts[pairs]  # (P, 2)
    after = one[owner] + 1 + separators
    premise = sentences.flat[(begins[owner, 0] + place - 1).clamp(0, len(sentences.flat) - 1)]
    hypothesis = sentences.flat[(begins[owner, 1] + place - after).clamp(0, len(sentences.flat) - 1)]
    flat = torch.full_like(premise, between)
    flat = torch.where((place >= 1) & (place <= one[owner]), premise, flat)
    flat = torch.where((place >= after) & (place < after + second[owner]), hypothesis, flat)
    return Rows(torch.where(place == 0, first, flat), lengths)


def wrap(sentences: Rows, first: int, last: int) -> Rows:
    """Put `first` before each sentence and `last` behind it."""
    lengths = sentences.lengths + 2
    owner = torch.repeat_interleave(torch.arange(len(lengths), device=lengths.device), lengths)
    place = torch.arange(len(owner), device=lengths.device) - (lengths.cumsum(0) - lengths)[owner]
    inside = sentences.flat[(sentences.starts[owner] + place - 1).clamp(0, len(sentences.flat) - 1)]
    flat = torch.where(place == lengths[owner] - 1, last, inside)
    return Rows(torch.where(place == 0, first, flat), lengths)


def nearest(vectors: Tensor, premises: Tensor, hypotheses: Tensor, count: int, shut: set[tuple[int, int]]) -> Tensor:
    """Pair each premise with the hypotheses most like it.

    Args:
        vectors: (S, D) of all sentences, each of length 1.
        premises: (N,) numbers of sentences.
        hypotheses: (M,) numbers of sentences.
        count: how many each premise gets.
        shut: pairs that are not wanted; a sentence with itself never is.

    Returns:
        (P, 2), at most N · count pairs, premise by premise, the most alike first.
    """
    made = []
    for some in premises.split(4_096):
        alike = vectors[some] @ vectors[hypotheses].T  # (n, M)
        best = hypotheses[alike.topk(min(count + 8, len(hypotheses))).indices]  # (n, count + 8)
        for premise, others in zip(some.tolist(), best.tolist(), strict=True):
            kept = [x for x in others if x != premise and (premise, x) not in shut][:count]
            made += [(premise, x) for x in kept]
    return torch.tensor(made, device=vectors.device)
