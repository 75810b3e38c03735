"""The attention formula and the layers, value by value, against `transformers` in float64."""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close
from transformers import BartForSequenceClassification

from encoder_lab.layers import (
    Parts,
    attend,
    causal_bias,
    decoder_layer,
    encoder_layer,
    layer_parts,
    mask_bias,
    merge_heads,
    split_heads,
)
from tests.families import DEPTH, ENCODERS, FORWARD, HEADS, LONGEST, REAL, TEXTS, WIDTH, batch, encoder_modules, tiny

EXACT = {"rtol": 0, "atol": 1e-10}


class Recorder:
    """Keeps what a `transformers` module was given and gave back, in one forward pass."""

    def __init__(self, modules: dict[str, nn.Module]) -> None:
        self.given, self.gave = {}, {}
        self._hooks = [m.register_forward_hook(self._keep(name)) for name, m in modules.items()]

    def _keep(self, name):
        def hook(_, given, gave):
            self.given[name] = given[0] if given else None
            self.gave[name] = gave[0] if isinstance(gave, tuple) else gave

        return hook


@pytest.mark.parametrize("family", ENCODERS)
def test_every_value_of_every_encoder_layer_is_that_of_transformers(family):
    model = tiny(ENCODERS[family])
    ids, mask = batch(model)
    encoder, modules = encoder_modules(model)
    watched = {}
    for depth, module in enumerate(modules):
        parts = layer_parts(module)
        watched |= {
            f"{depth} query": parts.attention.query,
            f"{depth} key": parts.attention.key,
            f"{depth} value": parts.attention.value,
            f"{depth} output": parts.attention.output,
            f"{depth} attended": parts.attention_norm,
            f"{depth} widened": parts.widen,
            f"{depth} narrowed": parts.narrow,
        }
    seen = Recorder(watched)
    theirs = encoder(ids, attention_mask=mask, output_hidden_states=True, output_attentions=True)

    x = theirs.hidden_states[0]
    for depth, module in enumerate(modules):
        ours = encoder_layer(x, layer_parts(module), mask_bias(mask, x.dtype))
        where = f"{family}, layer {depth}, "
        steps = {
            "query": merge_heads(ours.attention.query),
            "key": merge_heads(ours.attention.key),
            "value": merge_heads(ours.attention.value),
            "output": ours.attention.output,
            "attended": ours.attended,
            "widened": ours.feed_forward.widened,
            "narrowed": ours.feed_forward.narrowed,
        }
        for step, value in steps.items():
            assert_close(value, seen.gave[f"{depth} {step}"], **EXACT, msg=where + step)
        assert_close(ours.attention.mixed, seen.given[f"{depth} output"], **EXACT, msg=where + "mixed")
        assert_close(ours.feed_forward.activated, seen.given[f"{depth} narrowed"], **EXACT, msg=where + "activated")
        assert_close(ours.attention.weights, theirs.attentions[depth], **EXACT, msg=where + "weights")
        scores = (ours.attention.scores + mask_bias(mask, x.dtype)).softmax(-1)
        assert_close(scores, theirs.attentions[depth], **EXACT, msg=where + "scores")
        assert_close(ours.output, theirs.hidden_states[depth + 1], **EXACT, msg=where + "hidden state")
        x = ours.output
    assert len(modules) == DEPTH


def test_every_value_of_every_decoder_layer_is_that_of_transformers():
    model = tiny(BartForSequenceClassification)
    ids, mask = batch(model)
    decoder_ids = ids.roll(1, dims=1)
    modules = model.model.decoder.layers
    watched = {}
    for depth, module in enumerate(modules):
        parts = layer_parts(module)
        watched |= {
            f"{depth} attended": parts.attention_norm,
            f"{depth} crossed": parts.cross_norm,
            f"{depth} cross query": parts.cross.query,
            f"{depth} cross key": parts.cross.key,
            f"{depth} cross value": parts.cross.value,
            f"{depth} cross output": parts.cross.output,
            f"{depth} own output": parts.attention.output,
            f"{depth} widened": parts.widen,
            f"{depth} narrowed": parts.narrow,
        }
    seen = Recorder(watched)
    theirs = model.model(
        ids, attention_mask=mask, decoder_input_ids=decoder_ids, output_hidden_states=True, output_attentions=True,
        use_cache=False,
    )  # fmt: skip
    source = theirs.encoder_last_hidden_state
    x = theirs.decoder_hidden_states[0]
    for depth, module in enumerate(modules):
        ours = decoder_layer(x, source, layer_parts(module), causal_bias(LONGEST, x.dtype), mask_bias(mask, x.dtype))
        where = f"BART decoder, layer {depth}, "
        steps = {
            "own output": ours.self_attention.output,
            "attended": ours.attended,
            "cross query": merge_heads(ours.cross_attention.query),
            "cross key": merge_heads(ours.cross_attention.key),
            "cross value": merge_heads(ours.cross_attention.value),
            "cross output": ours.cross_attention.output,
            "crossed": ours.crossed,
            "widened": ours.feed_forward.widened,
            "narrowed": ours.feed_forward.narrowed,
        }
        for step, value in steps.items():
            assert_close(value, seen.gave[f"{depth} {step}"], **EXACT, msg=where + step)
        own, cross = ours.self_attention, ours.cross_attention
        assert_close(own.mixed, seen.given[f"{depth} own output"], **EXACT, msg=where + "mixed")
        assert_close(cross.mixed, seen.given[f"{depth} cross output"], **EXACT, msg=where + "cross mixed")
        activated = ours.feed_forward.activated
        assert_close(activated, seen.given[f"{depth} narrowed"], **EXACT, msg=where + "activated")
        assert_close(own.weights, theirs.decoder_attentions[depth], **EXACT, msg=where + "self-attention")
        assert_close(cross.weights, theirs.cross_attentions[depth], **EXACT, msg=where + "cross-attention")
        assert_close(ours.output, theirs.decoder_hidden_states[depth + 1], **EXACT, msg=where + "hidden state")
        x = ours.output
    assert len(modules) == 2


@pytest.mark.parametrize("family", ENCODERS)
def test_shapes_are_the_ones_the_records_promise(family):
    model = tiny(ENCODERS[family])
    ids, mask = batch(model)
    encoder, modules = encoder_modules(model)
    x = encoder(ids, attention_mask=mask).last_hidden_state
    layer = encoder_layer(x, layer_parts(modules[0]), mask_bias(mask, x.dtype))
    wide, square = (TEXTS, LONGEST, WIDTH), (TEXTS, HEADS, LONGEST, LONGEST)
    attention = layer.attention
    for name in ("query", "key", "value"):
        assert getattr(attention, name).shape == (TEXTS, HEADS, LONGEST, WIDTH // HEADS)
    assert attention.scores.shape == attention.weights.shape == square
    assert attention.mixed.shape == attention.output.shape == layer.attended.shape == layer.output.shape == wide
    assert layer.feed_forward.widened.shape == layer.feed_forward.activated.shape == (TEXTS, LONGEST, FORWARD)


def test_rows_of_weights_sum_to_one_and_padding_gets_nothing():
    model = tiny(ENCODERS["BERT"])
    ids, mask = batch(model)
    encoder, modules = encoder_modules(model)
    x = encoder(ids, attention_mask=mask).last_hidden_state
    weights = encoder_layer(x, layer_parts(modules[0]), mask_bias(mask, x.dtype)).attention.weights
    assert_close(weights.sum(-1), torch.ones(TEXTS, HEADS, LONGEST, dtype=x.dtype), **EXACT)
    assert weights[1, :, :, REAL[1] :].max() == 0


@pytest.mark.parametrize("family", ENCODERS)
def test_padding_never_changes_an_answer(family):
    model = tiny(ENCODERS[family])
    ids, mask = batch(model)
    encoder, modules = encoder_modules(model)
    x = encoder(ids, attention_mask=mask).last_hidden_state
    padded = encoder_layer(x, layer_parts(modules[0]), mask_bias(mask, x.dtype)).output[1:, : REAL[1]]
    short = x[1:, : REAL[1]]
    alone = encoder_layer(short, layer_parts(modules[0]), mask_bias(mask[1:, : REAL[1]], x.dtype)).output
    assert_close(padded, alone, **EXACT)


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


def test_nobody_looks_ahead_under_the_causal_bias():
    shut = causal_bias(3, torch.float64)[0, 0] < 0
    assert shut.tolist() == [[False, True, True], [False, False, True], [False, False, False]]


def test_heads_are_split_and_merged_without_mixing_tokens():
    x = torch.arange(2 * 7 * 15.0).reshape(2, 7, 15)
    heads = split_heads(x, 3)
    assert heads.shape == (2, 3, 7, 5)
    assert heads[1, 2, 4].tolist() == x[1, 4, 10:15].tolist()
    assert torch.equal(merge_heads(heads), x)


def test_a_module_that_is_no_layer_is_named():
    with pytest.raises(TypeError, match="Linear is no layer of BERT, RoBERTa or BART"):
        layer_parts(nn.Linear(2, 2))
