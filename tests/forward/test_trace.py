"""Traces: the model's own hidden states, and layers that recompute what is left out."""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from encoder_lab import load
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.trace import trace, trace_tokens
from encoder_lab.records import Tokens, long_attention
from tests.families import HEADED, batch, save_tiny, tiny_of
from tests.lifted import lifted

EXACT = {"rtol": 0, "atol": 1e-10}


@pytest.fixture(scope="module", params=HEADED)
def tiny_checkpoint(request, tmp_path_factory):
    """A tiny checkpoint of each task, through `load`, in float64."""
    folder = save_tiny(tmp_path_factory.mktemp("tiny") / request.param, request.param)
    checkpoint = load(request.param, folder)
    return replace(checkpoint, model=checkpoint.model.double())


def test_a_trace_holds_the_models_own_hidden_states_and_recomputes_its_layers(tiny_checkpoint):
    found = trace(tiny_checkpoint, ["the cat sat by the river", "hello"], ["the dog", "hello dog"])
    model = tiny_checkpoint.model
    tokens = (found.encoder if model.config.is_encoder_decoder else found).tokens
    options = {} if model.config.is_encoder_decoder else {"token_type_ids": tokens.segments}
    theirs = model(tokens.ids, attention_mask=tokens.mask, output_hidden_states=True, **options)
    if model.config.is_encoder_decoder:
        check_trace(found.encoder, theirs.encoder_hidden_states)
        check_trace(found.decoder, theirs.decoder_hidden_states)
        assert found.decoder.tokens.ids[:, 1:].tolist() == tokens.ids[:, :-1].tolist()
        assert found.decoder.tokens.strings[0][1:] == found.encoder.tokens.strings[0][:-1]
        assert found.decoder.tokens.strings[0][0] == "</s>"
    else:
        check_trace(found, theirs.hidden_states)


def check_trace(found, states) -> None:
    """Hold a trace's hidden states to the model's, and layer i of state i to state i + 1."""
    assert len(found.hidden_states) == len(found.layers) + 1 == len(states)
    for ours, theirs in zip(found.hidden_states, states, strict=True):
        assert_close(ours, theirs, **EXACT)
    assert_close(found.embeddings.output, found.hidden_states[0], **EXACT)
    for depth, layer in enumerate(found.layers):
        assert_close(layer.input, found.hidden_states[depth], **EXACT)
        assert_close(layer.output, found.hidden_states[depth + 1], **EXACT, msg=f"layer {depth}")


def test_a_trace_of_the_bundled_checkpoint_recomputes_its_layers_in_float32(fill_mask_checkpoint):
    found = trace(fill_mask_checkpoint, "The old bank stood by the river.")
    for depth, layer in enumerate(found.layers):
        assert_close(layer.output, found.hidden_states[depth + 1], rtol=0, atol=1e-5)


@pytest.mark.parametrize("family", ["BERT", "ALBERT in groups", "DeBERTa-v2", "ModernBERT"])
def test_a_long_text_s_hidden_states_are_those_of_a_short_one(family, monkeypatch):
    """They lie side by side in one piece of memory, those of a layer that is used twice too."""
    with lifted():
        model = tiny_of(family, "fill-mask")
        ids, mask = batch(model)
        zeros = torch.zeros_like(ids)
        tokens = Tokens((("", None),) * 2, ids, mask, zeros, zeros, torch.zeros(*ids.shape, 2), ((), ()))
        checkpoint = Checkpoint("fill-mask", "random", None, model, None)
        short = trace_tokens(checkpoint, tokens)
        whole = short.layers[1].attention.weights
        monkeypatch.setattr(long_attention, "LONG", ids.shape[1] - 1)
        long = trace_tokens(checkpoint, tokens)
    check_trace(long, short.hidden_states)
    storages = {state.untyped_storage().data_ptr() for state in long.hidden_states[1:-1]}
    assert len(storages) == 1 + (family == "DeBERTa-v2")  # what its convolution makes of the first is apart
    looks = long.layers.looks(1)
    assert_close(looks.weights(slice(2, 4)), whole[:, :, 2:4], rtol=0, atol=1e-12)
