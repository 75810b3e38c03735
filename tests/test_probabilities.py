"""Softmax, sigmoid and the ranking of a vocabulary."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from encoder_lab.probabilities import sigmoid, softmax, top_choices

logits = st.lists(st.floats(-30, 30), min_size=1, max_size=11)


def test_softmax_by_hand():
    assert_close(softmax(torch.tensor([0.0, math.log(3.0)])), torch.tensor([0.25, 0.75]))


def test_temperature_sharpens_below_one_and_flattens_above():
    assert_close(softmax(torch.tensor([0.0, math.log(3.0)]), 0.5), torch.tensor([0.1, 0.9]))
    assert_close(softmax(torch.tensor([0.0, math.log(9.0)]), 2.0), torch.tensor([0.25, 0.75]))


@given(logits, st.floats(0.1, 10))
def test_softmax_sums_to_one_and_keeps_the_order(values, temperature):
    x = torch.tensor(values, dtype=torch.float64)
    found = softmax(x, temperature)
    assert abs(found.sum().item() - 1) < 1e-12
    assert found.argmax() == x.argmax() or found.max() == found[x.argmax()]


@given(logits)
def test_a_constant_added_to_all_logits_changes_nothing(values):
    x = torch.tensor(values, dtype=torch.float64)
    assert_close(softmax(x + 5), softmax(x), rtol=0, atol=1e-12)


def test_sigmoid_by_hand():
    assert_close(sigmoid(torch.tensor([0.0, math.log(3.0)])), torch.tensor([0.5, 0.75]))


@pytest.mark.parametrize("temperature", [0, -1, float("nan")])
def test_bad_temperature(temperature):
    with pytest.raises(ValueError, match="it must be above 0"):
        softmax(torch.zeros(3), temperature)


def test_top_choices_are_ranked_and_keep_the_whole_vocabularys_probabilities():
    x = torch.tensor([[0.0, math.log(2.0), math.log(5.0)]])
    ids, found = top_choices(x, 2)
    assert ids.tolist() == [[2, 1]]
    assert_close(found, torch.tensor([[0.625, 0.25]]))
    ids, found = top_choices(x, 3, among=torch.tensor([0, 1]))
    assert ids.tolist() == [[1, 0]]
    assert_close(found, torch.tensor([[0.25, 0.125]]))


@pytest.mark.parametrize("top_k", [0, -3, 6])
def test_top_k_out_of_range(top_k):
    with pytest.raises(ValueError, match=f"top_k is {top_k}; it must be from 1 to 5, the size of the vocabulary"):
        top_choices(torch.zeros(1, 5), top_k)


@pytest.mark.parametrize("top_k", [2.0, "2", None, True])
def test_top_k_that_is_no_whole_number(top_k):
    with pytest.raises(TypeError, match="top_k must be a whole number"):
        top_choices(torch.zeros(1, 5), top_k)
