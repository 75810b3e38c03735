"""The four heads, every step, against `transformers` in float64."""

import pytest
import torch
from torch.testing import assert_close
from transformers import (
    BartForSequenceClassification,
    BertForMaskedLM,
    RobertaForQuestionAnswering,
    RobertaForSequenceClassification,
)

from encoder_lab.heads import masked_lm_head, sequence_head, span_head
from tests.families import LABELS, LONGEST, REAL, TEXTS, VOCABULARY, WIDTH, batch, tiny

EXACT = {"rtol": 0, "atol": 1e-10}


def test_masked_lm_head():
    model = tiny(BertForMaskedLM)
    ids, mask = batch(model)
    hidden = model.bert(ids, attention_mask=mask).last_hidden_state
    head = masked_lm_head(hidden, model)
    transform = model.cls.predictions.transform
    assert_close(head.dense, hidden @ transform.dense.weight.T + transform.dense.bias, **EXACT)
    by_hand = head.dense * 0.5 * (1 + torch.erf(head.dense / 2**0.5))  # GELU (Hendrycks and Gimpel 2016, section 2)
    assert_close(head.activated, by_hand, **EXACT)
    assert_close(head.transformed, transform(hidden), **EXACT)
    assert_close(head.logits, model(ids, attention_mask=mask).logits, **EXACT)
    assert head.logits.shape == (TEXTS, LONGEST, VOCABULARY)


def test_masked_lm_decoder_is_the_table_of_word_embeddings():
    model = tiny(BertForMaskedLM)
    ids, _ = batch(model)
    head = masked_lm_head(model.bert(ids).last_hidden_state, model)
    table, bias = model.bert.embeddings.word_embeddings.weight, model.cls.predictions.bias
    assert_close(head.logits, head.transformed @ table.T + bias, **EXACT)


def test_masked_lm_head_at_chosen_positions_is_the_head_at_all_positions_there():
    model = tiny(BertForMaskedLM)
    ids, _ = batch(model)
    hidden = model.bert(ids).last_hidden_state
    everywhere = masked_lm_head(hidden, model).logits
    assert_close(masked_lm_head(hidden[0, [2, 5]], model).logits, everywhere[0, [2, 5]], **EXACT)


def test_span_head():
    model = tiny(RobertaForQuestionAnswering)
    ids, mask = batch(model)
    head = span_head(model.roberta(ids, attention_mask=mask).last_hidden_state, model)
    theirs = model(ids, attention_mask=mask)
    assert_close(head.start, theirs.start_logits, **EXACT)
    assert_close(head.end, theirs.end_logits, **EXACT)
    assert head.start.shape == (TEXTS, LONGEST)


def test_sequence_head():
    model = tiny(RobertaForSequenceClassification)
    ids, mask = batch(model)
    hidden = model.roberta(ids, attention_mask=mask).last_hidden_state
    head = sequence_head(hidden, model)
    assert torch.equal(head.vector, hidden[:, 0])
    assert_close(head.dense, hidden[:, 0] @ model.classifier.dense.weight.T + model.classifier.dense.bias, **EXACT)
    assert_close(head.activated, torch.tanh(head.dense), **EXACT)
    assert_close(head.logits, model(ids, attention_mask=mask).logits, **EXACT)
    assert head.logits.shape == (TEXTS, LABELS)


def test_barts_head_reads_the_decoder_at_the_last_end_of_text():
    model = tiny(BartForSequenceClassification)
    ids, mask = batch(model)
    hidden = model.model(ids, attention_mask=mask, use_cache=False).last_hidden_state
    head = sequence_head(hidden, model, ids)
    assert torch.equal(head.vector, torch.stack([hidden[0, REAL[0] - 1], hidden[1, REAL[1] - 1]]))
    assert_close(head.logits, model(ids, attention_mask=mask, use_cache=False).logits, **EXACT)
    assert head.vector.shape == (TEXTS, WIDTH)


def test_barts_head_takes_the_last_of_several_ends():
    model = tiny(BartForSequenceClassification)
    ids, _ = batch(model)
    ids[:, 1] = model.config.eos_token_id
    hidden = model.model(ids, use_cache=False).last_hidden_state
    assert_close(sequence_head(hidden, model, ids).logits, model(ids, use_cache=False).logits, **EXACT)


def test_barts_head_says_when_there_is_no_end_of_text():
    model = tiny(BartForSequenceClassification)
    ids = torch.full((1, 4), 9)
    with pytest.raises(ValueError, match="no </s>"):
        sequence_head(torch.zeros(1, 4, WIDTH, dtype=torch.float64), model, ids)
