"""Who may look at whom."""

import torch

from encoder_lab.layers.masks import causal_bias, mask_bias, pair_bias, window_bias

LOWEST = torch.finfo(torch.float64).min


def open_to(bias):
    assert set(bias.unique().tolist()) <= {0.0, LOWEST}
    return (bias == 0).int().tolist()


def test_padding_is_shut_for_all():
    assert open_to(mask_bias(torch.tensor([[1, 1, 0]]), torch.float64)) == [[[[1, 1, 0]]]]


def test_padding_may_be_shut_on_both_sides():
    assert open_to(pair_bias(torch.tensor([[1, 1, 0]]), torch.float64)) == [[[[1, 1, 0], [1, 1, 0], [0, 0, 0]]]]


def test_nobody_looks_ahead_under_the_causal_bias():
    assert open_to(causal_bias(3, torch.float64)) == [[[[1, 0, 0], [1, 1, 0], [1, 1, 1]]]]


def test_a_window_reaches_as_far_to_both_sides():
    assert open_to(window_bias(4, 1, torch.float64)) == [[[[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]]]]
    assert open_to(window_bias(4, 9, torch.float64)) == [[[[1] * 4] * 4]]
