"""Batches: every example once, of like length, none too large; padding on the right."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from encoder_lab.grow.batches import plan_batches

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=60)


@given(LENGTHS, st.integers(0, 5))
def test_each_example_is_in_one_batch_and_no_batch_is_too_large(lengths, seed):
    batches = plan_batches(lengths, 64, seed)
    assert sorted(i for b in batches for i in b) == list(range(len(lengths)))
    assert all(len(b) * max(lengths[i] for i in b) <= 64 for b in batches)
    assert batches == plan_batches(lengths, 64, seed)


@given(LENGTHS)
def test_a_batch_holds_neighbours_in_length_and_as_many_as_fit(lengths):
    rows = [sorted(lengths[i] for i in batch) for batch in plan_batches(lengths, 64, 0)]
    for row, following in pairwise(sorted(rows, key=lambda row: (row[0], row[-1], -len(row)))):
        assert row[-1] <= following[0]
        assert (len(row) + 1) * following[0] > 64


def test_an_example_that_is_too_long_stands_alone():
    assert sorted(plan_batches([3, 100, 4, 90], 64, 0)) == [[0, 2], [1], [3]]


def test_batches_come_in_random_order_and_equals_are_mixed():
    lengths = [length for length in range(1, 31) for _ in range(3)]
    plan, other = plan_batches(lengths, 64, 0), plan_batches(lengths, 64, 1)
    assert [lengths[b[0]] for b in plan] != sorted(lengths[b[0]] for b in plan)
    assert [lengths[b[0]] for b in plan] != [lengths[b[0]] for b in other]
    assert plan_batches([5] * 30, 1_000, 0) != plan_batches([5] * 30, 1_000, 1)
