"""Attention a few rows at a time: what a long text's layers and explorer are worked out with."""

import pickle

import pytest
import torch
from torch.testing import assert_close

from encoder_lab.layers import Stack
from encoder_lab.layers import looks as looks_room
from encoder_lab.records import LongAttention, long_attention
from tests.families import FAMILIES, LONGEST, REAL, batch, tiny_of
from tests.lifted import lifted
from tests.parity import steps

ENCODERS = [family for family in FAMILIES if "BART" not in family]
EXACT = {"rtol": 0, "atol": 1e-12}


@pytest.fixture
def stack_of():
    def made(family):
        model = tiny_of(family, "fill-mask")
        ids, mask = batch(model)
        x = torch.randn(*ids.shape, 18, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
        return Stack(model, "encoder", mask), x

    return made


@pytest.mark.parametrize("family", ENCODERS)
def test_a_long_text_s_layers_are_those_of_transformers(family, monkeypatch):
    """All steps, weights too, with two or three rows worked out at once."""
    monkeypatch.setattr(long_attention, "LONG", LONGEST - 1)
    monkeypatch.setattr(looks_room, "AT_ONCE", 2 * 3 * LONGEST * 2)
    with lifted():
        assert max(step.difference for step in steps(tiny_of(family, "fill-mask"), "fill-mask")) < 1e-10


@pytest.mark.parametrize("family", ENCODERS)
def test_some_rows_of_some_heads_of_one_text_are_those_of_the_whole(family, stack_of):
    stack, x = stack_of(family)
    for number in (0, 1):
        whole, looks = stack.layer(number, x).attention, stack.looks(number, x)
        rows = torch.tensor([0, 2, 3])
        assert_close(looks.weights(rows), whole.weights[:, :, rows], **EXACT)
        assert_close(looks.scores(slice(1, 4)), whole.scores[:, :, 1:4], **EXACT)
        size = REAL[1]
        part = looks.part(1, size, slice(1, 3))
        assert_close(part.weights(), whole.weights[1:, 1:3, :size, :size], **EXACT)
        assert_close(part.weights(torch.tensor([3])), whole.weights[1:, 1:3, 3:4, :size], **EXACT)


def test_a_long_text_s_layer_keeps_no_scores(stack_of, monkeypatch):
    stack, x = stack_of("ModernBERT")
    whole = stack.layer(1, x)
    asked = []
    weights = looks_room.Looks.weights
    monkeypatch.setattr(looks_room.Looks, "weights", lambda *given: asked.append(weights(*given)) or asked[-1])
    monkeypatch.setattr(long_attention, "LONG", LONGEST - 1)
    monkeypatch.setattr(looks_room, "AT_ONCE", 2 * 3 * LONGEST * 3)
    layer = stack.layer(1, x)
    assert isinstance(layer.attention, LongAttention)
    assert [each.shape[2] for each in asked] == [3, 3, 1]
    assert_close(layer.output, whole.output, **EXACT)
    copied = pickle.loads(pickle.dumps(layer))
    assert_close(copied.attention.weights, whole.attention.weights, **EXACT)
    assert_close(copied.attention.scores, whole.attention.scores, **EXACT)
    assert "rows of (2, 3, 7, 7), worked out when asked for" in repr(layer.attention)
