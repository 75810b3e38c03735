"""A side of a model, layer by layer: what is shared, what is edited, what a head may read of an earlier state."""

from dataclasses import replace

import pytest
import torch

from encoder_lab.families import family_of, find
from encoder_lab.layers import Stack, as_last, layer_parts
from tests.families import FAMILIES, batch, tiny_of


@pytest.mark.parametrize("family", FAMILIES)
def test_parts_have_the_same_names_in_every_family(family):
    model = tiny_of(family, "text-classification")
    parts, base = layer_parts(model, 1), layer_parts(model.base_model, 1)
    x = torch.randn(1, 2, 18, dtype=torch.float64)
    for dense in ("query", "key", "value", "output"):
        assert torch.equal(getattr(parts.attention, dense)(x), getattr(base.attention, dense)(x))
    assert parts.norm_first == (family in ("XLM-R XL", "mBART", "ModernBERT", "ModernBERT by its mean"))
    assert (parts.gate is not None) == family.startswith("ModernBERT")
    assert (parts.cross, parts.cross_norm) == (None, None)


def test_layers_are_shared_in_albert_alone():
    for name, shared in {"ALBERT": 1, "ALBERT in groups": 4, "BERT": 3}.items():
        model = tiny_of(name, "fill-mask")
        layers = [find(model.base_model, each) for each in family_of(model.config).encoder.layers]
        assert len(set(layers)) == shared
        assert len(layers) == (6 if "groups" in name else 3)


def test_an_edit_is_for_one_run():
    model = tiny_of("BERT", "fill-mask")
    ids, mask = batch(model)
    stack, x = Stack(model, "encoder", mask), torch.randn(2, ids.shape[1], 18, dtype=torch.float64)
    plain = stack.layer(1, x)
    other = stack.layer(1, x, lambda parts: replace(parts, activation=torch.relu))
    assert not torch.allclose(plain.output, other.output)
    assert torch.equal(plain.output, stack.layer(1, x).output)


@pytest.mark.parametrize(
    ("family", "norm"), [("ModernBERT", "final_norm"), ("BERT", None), ("mBART", "decoder.layer_norm")]
)
def test_an_earlier_state_is_read_as_the_last_would_be(family, norm):
    model = tiny_of(family, "fill-mask")
    states = [torch.randn(1, 3, 18, dtype=torch.float64) for _ in range(3)]
    read = as_last(model, states)
    assert read[-1] is states[-1]
    settled = (lambda x: x) if norm is None else find(model.base_model, norm)
    assert all(torch.equal(one, settled(state)) for one, state in zip(read[:-1], states[:-1], strict=True))


def test_a_family_that_is_not_known_is_refused_in_a_sentence():
    model = tiny_of("BERT", "fill-mask")
    model.config.model_type = "gpt2"
    with pytest.raises(ValueError, match="'gpt2' is no encoder family that is known here; these are: bert, roberta,"):
        layer_parts(model, 0)
    with pytest.raises(ValueError, match="BERT has no 'decoder'"):
        layer_parts(tiny_of("BERT", "fill-mask"), 0, "decoder")
