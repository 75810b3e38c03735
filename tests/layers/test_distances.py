"""Rotary, relative and disentangled positions by hand."""

import math

import torch
from torch.testing import assert_close

from encoder_lab.layers import relative_bias, rotate
from encoder_lab.layers.disentangled import disentangled_scores, distance_rows
from encoder_lab.layers.relative import _distance_buckets

EXACT = {"rtol": 0, "atol": 1e-12}


def test_a_quarter_turn_by_hand():
    """Two numbers make one pair, of frequency 1: position t is turned by t radians."""
    x = torch.tensor([1.0, 0.0], dtype=torch.float64).expand(1, 1, 3, 2)
    wanted = [[math.cos(t), math.sin(t)] for t in range(3)]
    assert_close(rotate(x, 10_000.0)[0, 0], torch.tensor(wanted, dtype=torch.float64), **EXACT)


def test_turned_products_know_places_by_their_distance_alone():
    q, k = torch.randn(2, 1, 1, 1, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).expand(
        2, 1, 1, 9, 6
    )
    scores = (rotate(q, 100.0) @ rotate(k, 100.0).mT)[0, 0]  # the same query and key at every place
    for distance in range(-8, 9):
        same = scores.diagonal(distance)
        assert_close(same, same[:1].expand_as(same), **EXACT)
    assert not torch.allclose(scores, scores.mT)


def test_turning_keeps_lengths():
    x = torch.randn(2, 3, 7, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert_close(rotate(x, 50.0).norm(dim=-1), x.norm(dim=-1), **EXACT)


def test_near_distances_have_a_bucket_each_and_far_ones_share():
    distances = torch.tensor([0, 1, 7, 8, 11, 12, 127, 128, 5_000, -1, -7, -8, -128])
    assert _distance_buckets(distances).tolist() == [0, 17, 23, 24, 24, 25, 31, 31, 31, 1, 7, 8, 15]


def test_each_head_adds_its_own_number_for_a_distance():
    table = torch.arange(64.0).reshape(32, 2)
    bias = relative_bias(3, table)
    assert bias.shape == (1, 2, 3, 3)
    assert bias[0, 0].tolist() == [[0, 34, 36], [2, 0, 34], [4, 2, 0]]
    assert torch.equal(bias[0, 1], bias[0, 0] + 1)


def test_distances_have_rows_with_and_without_buckets():
    assert distance_rows(3, 2, 0, 2).tolist() == [[2, 1, 0], [3, 2, 1], [3, 3, 2]]
    rows = distance_rows(9, 4, 4, 8)  # 1 and 2 have a row each, 3 to 7 share one, 8 has the last
    assert rows[8].tolist() == [7, 7, 7, 7, 7, 7, 6, 5, 4]
    assert rows[0].tolist() == [4, 3, 2, 1, 1, 1, 1, 1, 0]


def test_the_three_terms_by_hand():
    """One number a vector: each term is a product of two numbers."""
    q, k = torch.tensor([[[[1.0], [2.0]]]]), torch.tensor([[[[3.0], [5.0]]]])
    rows = distance_rows(2, 1, 0, 1)
    assert rows.tolist() == [[1, 0], [1, 1]]
    query, key = torch.tensor([[[[10.0], [20.0]]]]), torch.tensor([[[[100.0], [200.0]]]])
    content = torch.tensor([[3.0, 5.0], [6.0, 10.0]])
    to_distance = torch.tensor([[1 * 200.0, 1 * 100.0], [2 * 200.0, 2 * 200.0]])
    from_distance = torch.tensor([[3 * 20.0, 5 * 10.0], [3 * 20.0, 5 * 20.0]])
    both = disentangled_scores(q, k, rows, query, key)[0, 0]
    assert_close(both, (content + to_distance + from_distance) / math.sqrt(3))
    assert_close(disentangled_scores(q, k, rows, None, key)[0, 0], (content + to_distance) / math.sqrt(2))
    assert_close(disentangled_scores(q, k, rows, None, None)[0, 0], content)
