"""Question answering gives the answers of `transformers` 4.57.6 with every family and every kind of tokenizer."""

import json

import pytest

from encoder_lab import Checkpoint, answer
from tests.oracles.families import FAMILIES, FIXTURE, KINDS, ROUNDS, model_of, questions, tokenizer_of

ORACLE = json.loads(FIXTURE.read_text(encoding="utf-8"))
PRECISE, SINGLE = 1e-9, 1e-4  # relative errors of a score in float64, and where the model rounds to 32 bits
USUAL = {"Roberta": "byte_bpe", "Bart": "byte_bpe", "ModernBert": "byte_bpe", "MPNet": "wordpiece", "Bert": "wordpiece",
         "DistilBert": "wordpiece", "Electra": "wordpiece", "MBart": "sentencepiece_bpe"}  # fmt: skip
EVERY = [
    pytest.param(family, kind, marks=() if USUAL.get(family, "unigram") == kind else pytest.mark.more)
    for family in FAMILIES
    for kind in KINDS
]


def test_the_oracle_is_of_the_version_that_has_the_pipeline():
    assert ORACLE["versions"]["transformers"] == "4.57.6"
    assert set(ORACLE["answers"]) == {f"{family} {kind}" for family in FAMILIES for kind in KINDS}


@pytest.mark.parametrize(("family", "kind"), EVERY)
def test_every_answer_is_the_pipelines(family, kind):
    tokenizer = tokenizer_of(kind, family)
    checkpoint = Checkpoint.of("question-answering", model_of(family, tokenizer), tokenizer)
    close = SINGLE if family in ROUNDS else PRECISE
    for (question, context, options), theirs in zip(questions(), ORACLE["answers"][f"{family} {kind}"], strict=True):
        ours = answer(checkpoint, question, context, **options).as_pipeline()
        assert [(each["start"], each["end"]) for each in ours] == [(start, end) for start, end, _ in theirs]
        assert [each["score"] for each in ours] == pytest.approx([score for *_, score in theirs], rel=close)
