"""Each value of a trace has the name of the module that works it out."""

import pytest
import torch

from encoder_lab.embeddings import embed
from encoder_lab.layers import Stack, merge_heads, module_names
from tests.families import FAMILIES, batch, tiny_of


@pytest.mark.parametrize("family", FAMILIES)
def test_every_name_is_in_the_module_tree(family):
    model = tiny_of(family, "text-classification")
    modules = dict(model.named_modules())
    found = module_names(model)
    assert {name.split(" (")[0] for name in found.values()} <= modules.keys()
    base = module_names(model.base_model)
    assert found.keys() == base.keys() and len(found) > 18


@pytest.mark.parametrize("family", FAMILIES)
def test_the_module_named_works_the_value_out(family):
    model = tiny_of(family, "text-classification")
    ids, mask = batch(model)
    x = embed(model, ids, torch.zeros_like(ids), mask=mask).output
    layer = Stack(model, "encoder", mask).layer(0, x)
    side = "encoder." if model.config.is_encoder_decoder else ""
    name = module_names(model)[f"{side}layers[0].attention.output"]
    assert torch.equal(dict(model.named_modules())[name](layer.attention.mixed), layer.attention.output)
    name = module_names(model)[f"{side}layers[0].feed_forward.narrowed"]
    assert torch.equal(dict(model.named_modules())[name](layer.feed_forward.activated), layer.feed_forward.narrowed)


def test_a_share_of_a_module_is_named_as_one():
    model = tiny_of("ModernBERT", "fill-mask")
    name = module_names(model)["layers[1].attention.value"]
    assert name == "model.layers.1.attn.Wqkv (3 of 3)"
    ids, mask = batch(model)
    x = torch.randn(2, ids.shape[1], 18, dtype=torch.float64)
    whole = model.model.layers[0].attn.Wqkv(model.model.layers[0].attn_norm(x))
    value = Stack(model, "encoder", mask).layer(0, x).attention.value
    assert torch.allclose(merge_heads(value), whole[..., 36:])


def test_names_of_both_sides():
    found = module_names(tiny_of("mBART", "fill-mask"))
    assert found["encoder.layers[2].attention.key"] == "model.encoder.layers.2.self_attn.k_proj"
    assert found["decoder.layers[1].self_attention.key"] == "model.decoder.layers.1.self_attn.k_proj"
    assert found["decoder.layers[1].cross_attention.key"] == "model.decoder.layers.1.encoder_attn.k_proj"
