"""The attention formula by hand, and what holds in every family."""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from encoder_lab.embeddings import embed
from encoder_lab.layers import Parts, Stack, attend, merge_heads, split_heads
from tests.families import FAMILIES, FORWARD, HEADS, LONGEST, REAL, TEXTS, batch, tiny_of

EXACT = {"rtol": 0, "atol": 1e-10}
ONE_SIDED = [family for family in FAMILIES if "BART" not in family]


def first_layer(family, texts=slice(None), size=LONGEST):
    """The first layer's values, of a batch or of a part of it."""
    model = tiny_of(family, "text-classification")
    ids, mask = (each[texts, :size] for each in batch(model))
    x = embed(model, ids, torch.zeros_like(ids), mask=mask).output
    return Stack(model, "encoder", mask).layer(0, x)


@pytest.mark.parametrize("family", FAMILIES)
def test_shapes_are_the_ones_the_records_promise(family):
    layer = first_layer(family)
    wide, square = (TEXTS, LONGEST, 18), (TEXTS, HEADS, LONGEST, LONGEST)
    attention = layer.attention
    for name in ("query", "key", "value"):
        assert getattr(attention, name).shape == (TEXTS, HEADS, LONGEST, 18 // HEADS)
    assert attention.scores.shape == attention.weights.shape == square
    assert attention.mixed.shape == attention.output.shape == layer.attended.shape == wide
    assert layer.plain.shape == layer.output.shape == layer.input.shape == wide
    assert layer.feed_forward.widened.shape == layer.feed_forward.activated.shape == (TEXTS, LONGEST, FORWARD)


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_of_weights_sum_to_one_and_padding_gets_nothing(family):
    weights = first_layer(family).attention.weights
    assert_close(weights.sum(-1), torch.ones(TEXTS, HEADS, LONGEST, dtype=weights.dtype), **EXACT)
    assert weights[1, :, : REAL[1], REAL[1] :].max() == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_padding_never_changes_an_answer(family):
    padded = first_layer(family).output[1:, : REAL[1]]
    assert_close(padded, first_layer(family, slice(1, 2), REAL[1]).output, **EXACT)


def test_one_head_worked_out_by_hand():
    """Two tokens, one head two wide; identity projections, so that q = k = v = x."""
    identity = nn.Linear(2, 2, bias=False)
    identity.weight = nn.Parameter(torch.eye(2), requires_grad=False)
    x = torch.tensor([[[1.0, 0.0], [1.0, 2.0]]])
    seen = attend(x, x, Parts(identity, identity, identity, identity, heads=1), torch.zeros(1))
    root = math.sqrt(2)
    assert_close(seen.scores[0, 0], torch.tensor([[1 / root, 1 / root], [1 / root, 5 / root]]))
    far = 1 / (1 + math.exp(-4 / root))  # softmax of two numbers that lie 4 / sqrt(2) apart
    assert_close(seen.weights[0, 0], torch.tensor([[0.5, 0.5], [1 - far, far]]))
    assert_close(seen.output[0], torch.tensor([[1.0, 1.0], [1.0, 2 * far]]))


def test_heads_are_split_and_merged_without_mixing_tokens():
    x = torch.arange(2 * 7 * 15.0).reshape(2, 7, 15)
    heads = split_heads(x, 3)
    assert heads.shape == (2, 3, 7, 5)
    assert heads[1, 2, 4].tolist() == x[1, 4, 10:15].tolist()
    assert torch.equal(merge_heads(heads), x)
