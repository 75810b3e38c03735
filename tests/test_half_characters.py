"""Half a character (a lone surrogate) is refused wherever a text goes in: one sentence that names it and its place."""

import pytest

from encoder_lab import answer, classify, explore, fill_mask, tokenize, trace, zero_shot
from encoder_lab import interventions as inside
from encoder_lab.few_shot import fine_tune, sentence_vectors
from encoder_lab.grow import new_head, new_span_head, span_examples, text_examples
from tests.families import HEADED

HALF = "good \ud83d day"
FM, QA, TC, ZS = HEADED
CALLS = {
    "tokenize": lambda c: tokenize(c[FM].tokenizer, HALF),
    "tokenize, pair": lambda c: tokenize(c[FM].tokenizer, "the cat", HALF),
    "trace": lambda c: trace(c[ZS], HALF),
    "fill_mask": lambda c: fill_mask(c[FM], f"{HALF} [MASK]"),
    "fill_mask, targets": lambda c: fill_mask(c[FM], "the [MASK]", targets=["cat", HALF]),
    "answer, question": lambda c: answer(c[QA], HALF, "the cat"),
    "answer, context": lambda c: answer(c[QA], "the cat", HALF),
    "classify": lambda c: classify(c[TC], HALF),
    "zero_shot": lambda c: zero_shot(c[ZS], HALF, ["cat"]),
    "zero_shot, labels": lambda c: zero_shot(c[ZS], "the cat", [HALF]),
    "zero_shot, template": lambda c: zero_shot(c[ZS], "the cat", ["cat"], HALF + "{}"),
    "watch": lambda c: inside.watch(c[TC], HALF),
    "watch, output": lambda c: inside.watch(c[FM], "the [MASK]", output=HALF),
    "logit_lens": lambda c: inside.logit_lens(c[FM], HALF),
    "span_lens": lambda c: inside.span_lens(c[QA], HALF, "the cat"),
    "counterfactual": lambda c: inside.counterfactual(c[TC], "the cat", HALF),
    "align": lambda c: inside.align(c[TC], HALF, "the cat"),
    "head_means": lambda c: inside.head_means(c[TC], [HALF]),
    "patch_map": lambda c: inside.patch_map(c[TC], inside.watch(c[TC], "the cat"), HALF),
    "sentence_vectors": lambda c: sentence_vectors(c[FM], [HALF]),
    "fine_tune": lambda c: fine_tune(c[FM], ["the cat", HALF], ["a", "b"]),
    "new_head": lambda c: new_head(c[TC], ["cat", HALF]),
    "text_examples": lambda c: text_examples(new_head(c[TC], ["a", "b"]), [HALF], ["a"]),
    "span_examples": lambda c: span_examples(new_span_head(c[QA]), [HALF], ["the cat"], ["cat"]),
    "explore.fill_mask": lambda c: explore.fill_mask(c[FM], HALF),
    "explore.answer": lambda c: explore.answer(c[QA], HALF, "the cat"),
    "explore.classify": lambda c: explore.classify(c[TC], HALF),
    "explore.zero_shot": lambda c: explore.zero_shot(c[ZS], HALF),
}


@pytest.fixture(scope="module")
def checkpoints(new_tiny):
    return {task: new_tiny(task) for task in HEADED}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_half_a_character_is_named(checkpoints, call):
    with pytest.raises(ValueError, match=r"has '\\ud83d' at character 5, which is half a character .*; leave it out"):
        call(checkpoints)
