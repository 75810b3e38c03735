"""Masks for masked-language modelling."""

import pytest
import torch

from encoder_lab.grow import masked_lm


@pytest.fixture(scope="module")
def hidden():
    """A million tokens hidden as in training; ids 0 to 4 are special."""
    draw = torch.Generator().manual_seed(1)
    ids = torch.randint(0, 1000, (100, 10_000), generator=draw)
    inputs, labels = masked_lm.hide(ids, ids < 5, 4, 1000, draw)
    return ids, inputs, labels


def test_fifteen_in_a_hundred_are_guessed_and_never_a_special_one(hidden):
    ids, _, labels = hidden
    guessed = labels != masked_lm.IGNORED
    assert abs(guessed[ids >= 5].double().mean().item() - 0.15) < 0.002
    assert not guessed[ids < 5].any()
    assert torch.equal(labels[guessed], ids[guessed])


def test_of_the_guessed_80_are_masked_10_are_random_10_stay(hidden):
    ids, inputs, labels = hidden
    guessed = labels != masked_lm.IGNORED
    masked = (inputs == 4) & guessed
    stayed = (inputs == ids) & guessed
    swapped = guessed & ~masked & ~stayed
    for part, share in ((masked, 0.8), (stayed, 0.1), (swapped, 0.1)):
        assert abs(part.sum().item() / guessed.sum().item() - share) < 0.005
    assert int(inputs[swapped].min()) >= 5  # no special piece is drawn


def test_tokens_that_are_not_guessed_are_left_alone(hidden):
    ids, inputs, labels = hidden
    rest = labels == masked_lm.IGNORED
    assert torch.equal(inputs[rest], ids[rest])
