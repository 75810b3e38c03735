"""Pairs of sentences put together, and hypotheses near to a premise: all worked out by hand."""

import pytest
import torch

from recipes.pairs import join, nearest, wrap
from recipes.rows import Rows

SENTENCES = Rows.of([[11], [21, 22, 23], [31, 32]])
VECTORS = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [0.6, 0.8]])


def listed(rows: Rows) -> list[list[int]]:
    return [rows.batch([i], 0)[0].tolist()[0] for i in range(len(rows))]


@pytest.mark.parametrize(
    "separators, longest, made",
    [
        (2, 9, [[0, 21, 22, 23, 2, 2, 11, 2], [0, 11, 2, 2, 31, 32, 2], [0, 31, 32, 2, 2, 21, 22, 23, 2]]),
        (1, 9, [[0, 21, 22, 23, 2, 11, 2], [0, 11, 2, 31, 32, 2], [0, 31, 32, 2, 21, 22, 23, 2]]),
        (2, 8, [[0, 21, 22, 23, 2, 2, 11, 2], [0, 11, 2, 2, 31, 32, 2], [0, 31, 2, 2, 21, 22, 23, 2]]),  # premise cut
        (1, 5, [[0, 21, 2, 11, 2], [0, 2, 31, 32, 2], [0, 2, 21, 22, 2]]),  # a hypothesis gets half a row at most
    ],
)
def test_premise_and_hypothesis_are_joined(separators, longest, made):
    pairs = torch.tensor([[1, 0], [0, 2], [2, 1]])
    assert listed(join(SENTENCES, pairs, 0, 2, separators, longest)) == made


def test_a_sentence_is_wrapped():
    assert listed(wrap(Rows.of([[11], [], [31, 32]]), 0, 2)) == [[0, 11, 2], [0, 2], [0, 31, 32, 2]]


@pytest.mark.parametrize(
    "count, shut, made",
    [
        (1, set(), [(0, 1), (2, 3)]),
        (2, set(), [(0, 1), (0, 3), (2, 3), (2, 1)]),
        (1, {(0, 1), (3, 2)}, [(0, 3), (2, 3)]),  # the other way round is another pair
        (9, set(), [(0, 1), (0, 3), (0, 2), (2, 3), (2, 1)]),  # 2 is not paired with itself
    ],
)
def test_the_hypotheses_most_alike_are_found(count, shut, made):
    found = nearest(VECTORS, torch.tensor([0, 2]), torch.tensor([1, 2, 3]), count, shut)
    assert [tuple(pair) for pair in found.tolist()] == made
