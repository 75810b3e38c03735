"""Where a vocabulary hardly knows a script, every journey's record and every explorer says so; elsewhere none does."""

import pytest

from encoder_lab import answer, classify, explore, fill_mask, load, trace, zero_shot
from tests.families import HEADED, save_tiny

FM, QA, TC, ZS = HEADED
JOURNEYS = {
    "trace": lambda c, text: trace(c[TC], text),
    "trace of BART": lambda c, text: trace(c[ZS], text),
    "tokens": lambda c, text: trace(c[TC], text).tokens,
    "fill_mask": lambda c, text: fill_mask(c[FM], f"{text} [MASK]"),
    "answer, question": lambda c, text: answer(c[QA], text, "the dog", align_to_words=False),
    "answer, context": lambda c, text: answer(c[QA], "hello", text, align_to_words=False),
    "a window's trace": lambda c, text: answer(c[QA], "hello", text).trace(),
    "classify": lambda c, text: classify(c[TC], text),
    "zero_shot": lambda c, text: zero_shot(c[ZS], text, ["the dog"], "{}"),
    "zero_shot, label": lambda c, text: zero_shot(c[ZS], "hello", [text], "{}"),
}
EXPLORERS = {
    "fill_mask": lambda c, text: explore.fill_mask(c[FM], f"{text} [MASK]"),
    "answer": lambda c, text: explore.answer(c[QA], "hello", text),
    "classify": lambda c, text: explore.classify(c[TC], text),
    "zero_shot": lambda c, text: explore.zero_shot(c[ZS], text, ["the dog"], "{}"),
    "attention": lambda c, text: explore.attention(trace(c[TC], text)),
}


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    found = {task: load(task, save_tiny(tmp_path_factory.mktemp("tiny") / task, task)) for task in HEADED}
    found[ZS].model.config.id2label[2] = "entailment"
    return found


def said(shown: str) -> int:
    return shown.count("this vocabulary hardly knows this script: of the ")


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_a_record_says_so_in_both_forms(checkpoints, journey):
    found = journey(checkpoints, "한국 말")
    assert said(repr(found)) == 1 and said(found._repr_html_() or repr(found)) == 1
    assert "“한국 말" in repr(found).replace('"', "“")
    english = journey(checkpoints, "hello")
    assert english.notes == () and "note" not in repr(english)


@pytest.mark.parametrize("opened", EXPLORERS.values(), ids=EXPLORERS)
def test_an_explorer_says_so_live_and_in_its_still_form(checkpoints, opened):
    explorer = opened(checkpoints, "한국 말")
    assert said(" ".join(explorer.notes)) == 1 and said(explorer.still()) == 1
    assert opened(checkpoints, "hello").notes == []


def test_a_note_goes_when_the_text_does(checkpoints):
    explorer = EXPLORERS["classify"](checkpoints, "한국 말")
    explorer.text = "hello"
    assert explorer.notes == [] and said(explorer.still()) == 0
