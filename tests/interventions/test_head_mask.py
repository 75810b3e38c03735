"""Heads off against the `head_mask` of `transformers` 4.57.6, on the bundled checkpoints in float64."""

import json
from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from encoder_lab import load, tokenize
from encoder_lab.interventions import heads_off
from tests.oracles.bundled import FOLDERS, hashes
from tests.oracles.heads_off import FIXTURE, HEADS, TEXTS

THEIRS = json.loads(FIXTURE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("task", TEXTS)
def test_the_fixture_is_of_the_weights_that_are_bundled(task):
    assert THEIRS["sha256"][task] == hashes(FOLDERS / task), "run `make oracle`"
    assert THEIRS["versions"]["transformers"] == "4.57.6"


@pytest.mark.parametrize(
    ("task", "attention"), [(task, attention) for task, each in THEIRS["logits"].items() for attention in each]
)
def test_heads_off_answer_as_masked_heads_did(task, attention):
    checkpoint = load(task, "bundled")
    checkpoint = replace(checkpoint, model=checkpoint.model.double())
    off = heads_off(checkpoint, map(tuple, HEADS[attention]), attention=attention).model
    tokens = tokenize(checkpoint.tokenizer, *TEXTS[task])
    outputs = [model(tokens.ids, attention_mask=tokens.mask) for model in (off, checkpoint.model)]
    if task == "question-answering":
        ours, before = (torch.cat([each.start_logits, each.end_logits]) for each in outputs)
    else:
        ours, before = (each.logits[0, :, :60] if task == "fill-mask" else each.logits for each in outputs)
    expected = torch.tensor(THEIRS["logits"][task][attention], dtype=torch.float64)
    assert_close(ours, expected, rtol=0, atol=1e-10)
    assert (before - expected).abs().max() > (1e-3 if attention == "decoder" else 1e-2)
