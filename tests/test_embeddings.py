"""Every part of the embeddings against `transformers` in float64, for each family and both sides of BART."""

import pytest
import torch
from torch.testing import assert_close
from transformers import BartForSequenceClassification

from encoder_lab.embeddings import embed, position_ids, shift_right
from tests.families import ENCODERS, LONGEST, TEXTS, WIDTH, batch, encoder_modules, tiny

EXACT = {"rtol": 0, "atol": 1e-10}


def segments_for(model, ids):
    """Second half of each text is segment 1, where the family has two."""
    segments = torch.zeros_like(ids)
    if getattr(model.config, "type_vocab_size", 1) > 1:
        segments[:, LONGEST // 2 :] = 1
    return segments


@pytest.mark.parametrize("family", ENCODERS)
def test_output_is_hidden_state_0(family):
    model = tiny(ENCODERS[family])
    ids, mask = batch(model)
    encoder, _ = encoder_modules(model)
    segments = segments_for(model, ids)
    options = {} if family == "BART" else {"token_type_ids": segments}
    theirs = encoder(ids, attention_mask=mask, output_hidden_states=True, **options).hidden_states[0]
    assert_close(embed(encoder, ids, segments).output, theirs, **EXACT, msg=f"{family}, hidden state 0")


def test_output_is_hidden_state_0_of_barts_decoder():
    model = tiny(BartForSequenceClassification)
    ids, mask = batch(model)
    theirs = model.model(ids, attention_mask=mask, decoder_input_ids=ids, output_hidden_states=True, use_cache=False)
    ours = embed(model.model.decoder, ids, torch.zeros_like(ids)).output
    assert_close(ours, theirs.decoder_hidden_states[0], **EXACT)


@pytest.mark.parametrize("family", ENCODERS)
def test_parts_are_the_rows_of_the_tables_and_add_up(family):
    model = tiny(ENCODERS[family])
    ids, _ = batch(model)
    encoder, _ = encoder_modules(model)
    segments = segments_for(model, ids)
    found = embed(encoder, ids, segments)
    state = model.state_dict()
    if family == "BART":
        scale = WIDTH**0.5
        assert_close(found.word, state["model.shared.weight"][ids] * scale, **EXACT)
        assert_close(found.position[1], state["model.encoder.embed_positions.weight"][2 : LONGEST + 2], **EXACT)
        assert found.segment is None
        assert_close(found.total, found.word + found.position, **EXACT)
    else:
        prefix = f"{model.base_model_prefix}.embeddings."
        rows = {"BERT": torch.arange(LONGEST).expand(TEXTS, -1), "RoBERTa": torch.tensor(
            [[2, 3, 4, 5, 6, 7, 8], [2, 3, 4, 5, 1, 1, 1]])}[family]  # fmt: skip
        assert_close(found.word, state[prefix + "word_embeddings.weight"][ids], **EXACT)
        assert_close(found.position, state[prefix + "position_embeddings.weight"][rows], **EXACT)
        assert_close(found.segment, state[prefix + "token_type_embeddings.weight"][segments], **EXACT)
        assert_close(found.total, found.word + found.position + found.segment, **EXACT)
    for name in ("word", "position", "total", "output"):
        assert getattr(found, name).shape == (TEXTS, LONGEST, WIDTH), name


def test_a_model_with_a_head_does_as_well_as_its_base():
    model = tiny(ENCODERS["BERT"])
    ids, _ = batch(model)
    zeros = torch.zeros_like(ids)
    assert torch.equal(embed(model, ids, zeros).output, embed(model.bert, ids, zeros).output)


def test_roberta_numbers_positions_from_behind_its_padding_id():
    model = tiny(ENCODERS["RoBERTa"])
    ids = torch.tensor([[0, 9, 9, 2, 1, 1]])  # 1 is padding
    assert position_ids(model.roberta.embeddings, ids).tolist() == [[2, 3, 4, 5, 1, 1]]
    assert position_ids(tiny(ENCODERS["BERT"]).bert.embeddings, ids).tolist() == [[0, 1, 2, 3, 4, 5]]


def test_shift_right():
    assert shift_right(torch.tensor([[0, 7, 8, 2]]), 2).tolist() == [[2, 0, 7, 8]]
