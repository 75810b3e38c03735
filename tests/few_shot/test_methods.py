"""Drawing examples, nearest centroid and linear probe: by hand, and whatever the order and the names."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from encoder_lab.few_shot import centroids, draw_examples, linear_probe, nearest_centroid

LABELS = ["b"] * 7 + ["a"] * 5 + ["c"] * 6
# Directions alone count: the long vector of class "east" points a little to the north.
VECTORS = torch.tensor([[100.0, 40.0], [1.0, -0.4], [0.0, 2.0], [0.3, 0.4]], dtype=torch.float64)
NAMES = ["east", "east", "north", "north"]


@given(st.integers(1, 5), st.integers(0, 50))
def test_the_same_seed_draws_the_same_and_more_of_it_for_a_larger_k(k, seed):
    drawn = draw_examples(LABELS, k, seed)
    assert [LABELS[i] for i in drawn] == ["a"] * k + ["b"] * k + ["c"] * k
    assert len(set(drawn.tolist())) == 3 * k
    assert drawn.tolist() == draw_examples(np.array(LABELS), np.int64(k), seed).tolist()
    assert set(drawn.tolist()) <= set(draw_examples(LABELS, 5, seed).tolist())


def test_another_seed_draws_others_and_every_example_has_its_turn():
    drawn = [tuple(draw_examples(LABELS, 2, seed).tolist()) for seed in range(60)]
    assert len(set(drawn)) > 50
    assert {place for places in drawn for place in places} == set(range(len(LABELS)))


def test_centroids_by_hand():
    found = centroids(VECTORS, NAMES)
    assert found[0].tolist() == pytest.approx([1, 0], rel=0, abs=1e-12)  # mirrored directions, whatever their lengths
    middle = torch.tensor([0 + 0.6, 1 + 0.8], dtype=torch.float64)  # (0, 1) and (0.6, 0.8)
    assert_close(found[1], middle / math.hypot(0.6, 1.8), rtol=0, atol=1e-12)


def test_nearest_centroid_by_hand():
    # "north" lies at 71.57 degrees, "east" at 0: the border is at 35.78
    queries = torch.tensor([[math.cos(math.radians(d)), math.sin(math.radians(d))] for d in (35, 36.5, -50, 120)])
    found = nearest_centroid(VECTORS, NAMES, 9 * queries.double())
    assert found.tolist() == ["east", "north", "east", "north"]


def test_a_class_with_scattered_examples_is_not_at_a_disadvantage():
    """The mean of scattered directions is short; unless it is stretched to length 1, every query would avoid it."""
    scattered = torch.tensor([[1.0, 0.0, 3.0], [1.0, 0.0, -3.0], [0.0, 1.0, 0.1], [0.0, 1.0, -0.1]])
    found = nearest_centroid(scattered, [0, 0, 1, 1], torch.tensor([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0]]))
    assert found.tolist() == [0, 1]


@pytest.mark.parametrize("method", [nearest_centroid, linear_probe])
def test_methods_find_classes_that_lie_apart_under_any_name_and_in_any_order(method):
    draw = np.random.default_rng(3)
    middles = np.eye(7)[:3] * 4
    numbers = np.repeat([2, 0, 1], 6)
    vectors = torch.from_numpy(middles[numbers] + draw.normal(size=(18, 7)) * 0.3)
    queries = torch.from_numpy(middles + draw.normal(size=(3, 7)) * 0.3)
    assert method(vectors, numbers, queries).tolist() == [0, 1, 2]
    assert method(vectors, numbers * 10 - 5, queries).tolist() == [-5, 5, 15]
    names = np.array(["cooking", "a trip", "lost luggage"])
    assert method(vectors, names[numbers].tolist(), queries).tolist() == names.tolist()
    order = draw.permutation(18)
    assert method(vectors[order], names[numbers[order]], queries).tolist() == names.tolist()
    assert method(100 * vectors, numbers, queries / 50).tolist() == [0, 1, 2]  # length does not count


def test_the_probe_learns_a_border_that_no_centroids_have():
    """Two classes whose means point the same way; one direction tells them apart."""
    vectors = torch.tensor([[1.0, 0.2], [1.0, 0.4], [3.0, 2.4], [1.0, 0.0], [1.0, -0.2], [3.0, 0.3]])
    labels = ["up", "up", "up", "down", "down", "down"]
    assert linear_probe(vectors, labels, vectors).tolist() == labels


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: draw_examples(LABELS, 6, 0), ValueError, "class 'a' has 5 examples, fewer than k = 6; lower k or add"),
        (lambda: draw_examples([3, 3, 4], 2, 0), ValueError, "class 4 has 1 examples, fewer than k = 2"),
        (lambda: draw_examples(LABELS, 0, 0), ValueError, r"k is 0; it must be 1 or more .*\(k = 0 is zero-shot\)"),
        (lambda: draw_examples(LABELS, 2.0, 0), TypeError, "k must be a whole number; this is 2.0"),
        (lambda: draw_examples(["a", "a"], 1, 0), ValueError, r"there is only one class, \['a'\]; .* at least two"),
        (lambda: draw_examples([0.5, 1.0], 1, 0), TypeError, "labels are float64; give each example the name"),
        (lambda: draw_examples([True, False], 1, 0), TypeError, "labels are bool"),
        (lambda: draw_examples(["a", None], 1, 0), TypeError, "labels are object"),
        (lambda: centroids(VECTORS, NAMES[:3]), ValueError, r"labels are \(3,\); 4 examples need \(4,\), one"),
        (lambda: centroids(VECTORS, ["a"] * 4), ValueError, r"there is only one class, \['a'\]"),
        (lambda: centroids(VECTORS * math.nan, NAMES), ValueError, "a vector has a number that is not finite"),
        (lambda: centroids(VECTORS[:, 0], NAMES), ValueError, r"vectors are \(4,\); they must be \(N, D\)"),
        (lambda: nearest_centroid(VECTORS, NAMES, VECTORS[:, :1]), ValueError, r"are \(4, 1\); they must be \(M, 2\)"),
        (lambda: linear_probe(VECTORS, NAMES, VECTORS[0]), ValueError, r"vectors are \(2,\); they must be \(M, 2\)"),
        (lambda: linear_probe(VECTORS, [NAMES] * 4, VECTORS), ValueError, r"labels are \(4, 4\)"),
        (lambda: linear_probe(VECTORS, ["a"] * 4, VECTORS), ValueError, r"there is only one class, \['a'\]"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
