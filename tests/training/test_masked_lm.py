"""Examples, batches and masks for masked-language modelling."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from encoder_lab.training import masked_lm


def test_running_text_is_packed_and_single_lines_stay_apart():
    lines = [[1, 2], [3], [4, 5, 6], [7, 8, 9, 10, 11]]
    assert masked_lm.pack(lines, 4, running=False) == [[1, 2], [3], [4, 5, 6], [7, 8, 9, 10], [11]]
    assert masked_lm.pack(lines, 4, running=True) == [[1, 2, 3], [4, 5, 6], [7, 8, 9, 10], [11]]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(0, 5))
def test_each_example_is_in_one_batch_and_no_batch_is_too_large(lengths, seed):
    batches = masked_lm.plan_batches(lengths, 64, seed)
    assert sorted(i for b in batches for i in b) == list(range(len(lengths)))
    assert all(len(b) * max(lengths[i] for i in b) <= 64 for b in batches)
    assert batches == masked_lm.plan_batches(lengths, 64, seed)


def test_padding_goes_on_the_right():
    ids, mask = masked_lm.pad([[5, 6, 7], [8]], 0)
    assert ids.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


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
