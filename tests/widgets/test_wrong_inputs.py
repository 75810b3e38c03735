"""Whatever is typed or set, an explorer says one sentence, keeps its last answer, and its still form and page agree."""

import json
import math
import re

import pytest
from traitlets import TraitError

from encoder_lab import explore, load, trace
from tests.families import HEADED, save_tiny
from tests.forward.inference import with_names

FM, QA, TC, ZS = HEADED
HALF = "half \ud83d"
MAKE = {
    "fill_mask": lambda c: explore.fill_mask(c[FM], "the [MASK] sat"),
    "answer": lambda c: explore.answer(c[QA], "the cat?", "the dog sat"),
    "classify": lambda c: explore.classify(c[TC], "the cat sat"),
    "zero_shot": lambda c: explore.zero_shot(c[ZS], "the cat sat", ["a cat", "a dog"]),
    "attention": lambda c: explore.attention(trace(c[FM], "the cat sat")),
}
WRONG = [
    *(("fill_mask", "text", text) for text in ("", " ", HALF, "the " * 99)),
    *(("fill_mask", "temperature", value) for value in (0, -1, math.nan, 1e-300)),
    *(("fill_mask", "top_k", value) for value in (0, -1, 10**9)),
    *((name, "off", [[99, 0]]) for name in ("fill_mask", "answer", "zero_shot")),
    *(("answer", name, text) for name in ("question", "context") for text in ("", " ", HALF)),
    *(("answer", "max_answer_len", value) for value in (0, -1)),
    *(("classify", name, text) for name in ("text", "before") for text in (" ", HALF, "</s>", "the " * 99)),
    *(("zero_shot", "text", text) for text in ("", HALF, "<s>")),
    *(("zero_shot", "labels", labels) for labels in ([], [" "], ["a", "a"], [HALF], ["</s>"])),
    *(("zero_shot", name, text) for name in ("template", "second_template") for text in ("", "{", "{}{}", HALF + "{}")),
    *(("attention", name, value) for name in ("block", "layer", "head") for value in (-1, 99)),
]


@pytest.fixture(scope="module")
def explorers(tmp_path_factory):
    found = {task: load(task, save_tiny(tmp_path_factory.mktemp("tiny") / task, task)) for task in HEADED}
    checkpoints = found | {ZS: with_names(found[ZS], ("contradiction", "neutral", "entailment"))}
    return {name: make(checkpoints) for name, make in MAKE.items()}


@pytest.mark.parametrize(("name", "trait", "value"), WRONG)
def test_the_answer_stays_and_a_sentence_says_what_is_wrong(explorers, name, trait, value, tmp_path):
    explorer = explorers[name]
    good, answer, still = getattr(explorer, trait), explorer.answer, explorer.still()
    setattr(explorer, trait, value)
    assert explorer.problem and "\n" not in explorer.problem and "could not be worked out" not in explorer.problem
    assert explorer.answer == answer and explorer.still() == still
    written = explorer.save(tmp_path / "page.html").read_text(encoding="utf-8")
    state = json.loads(re.search(r'<script type="application/json">(.*?)</script>', written, re.DOTALL)[1])
    assert state["problem"] == explorer.problem
    setattr(explorer, trait, good)
    assert explorer.problem == "" and explorer.answer == answer


@pytest.mark.parametrize("name", ["fill_mask", "answer", "zero_shot"])
def test_the_still_form_names_the_heads_its_numbers_were_worked_out_without(explorers, name):
    explorer = explorers[name]
    trait = "context" if name == "answer" else "text"
    good, still = getattr(explorer, trait), explorer.still()
    setattr(explorer, trait, "")
    explorer.off = [[0, 0]]
    assert explorer.problem and explorer.still() == still and "Heads off" not in still
    setattr(explorer, trait, good)
    assert "Heads off: layer 0 head 0." in explorer.still()
    explorer.off = []


@pytest.mark.parametrize("off", [[3], [[0]], [["a", "b"]], [[0, 0, 0]]])
def test_what_names_no_head_is_not_taken(explorers, off):
    with pytest.raises(TraitError):
        explorers["answer"].off = off


def test_a_mark_that_turns_text_round_reaches_no_page(explorers):
    explorer = explorers["answer"]
    good = explorer.context
    explorer.context = "the cat \u202e sat \x1b by"
    assert not explorer.problem
    shown = json.dumps(explorer.answer["shown"], ensure_ascii=False)
    assert "\u202e" not in shown and "\\\\u202e" in shown
    explorer.context = good
