"""The question-answering explorer on the bundled checkpoint: what it shows is what the journey says."""

import base64
import json
import re
from dataclasses import asdict, replace
from importlib import import_module
from xml.etree import ElementTree

import pytest

from encoder_lab import answer, explore, load
from encoder_lab.checkpoints import BUNDLED, Thresholds
from encoder_lab.explore.answer import CONTEXT, LIKELY
from encoder_lab.interventions import heads_off
from encoder_lab.probabilities import span_grid

QUESTION = "When was the new bridge opened?"
LONG = " ".join([CONTEXT, "The lighthouse keeper wrote into his book every evening. " * 3, CONTEXT.replace("4", "9")])
SHORT_WINDOWS = {"max_seq_len": 80, "doc_stride": 16}


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("question-answering")


@pytest.fixture
def opened(checkpoint):
    return explore.answer(checkpoint, QUESTION, CONTEXT)


@pytest.fixture
def readings(monkeypatch):
    """Which questions the model has read."""
    module = import_module("encoder_lab.explore.answer")
    read, inside = [], module.span_logits

    def counted(checkpoint, cut):
        read.extend(windows.question for windows in cut)
        return inside(checkpoint, cut)

    monkeypatch.setattr(module, "span_logits", counted)
    return read


def ask(explorer, **inputs):
    explorer.set_state({**inputs, "asked": explorer.asked + 1})
    return explorer.answer


def test_the_answers_are_the_journey_s(checkpoint, opened):
    seen, theirs = opened.answer, answer(checkpoint, QUESTION, CONTEXT, top_k=5)
    assert list(seen["spans"]) == [asdict(span) for span in theirs.spans]
    assert seen["null_margin"] == theirs.null_margin and seen["null_score"] == theirs.null_score
    assert (seen["question"], seen["length"], seen["window"]) == (QUESTION, len(CONTEXT), 0)


def test_every_token_has_its_numbers(checkpoint, opened):
    shown, theirs = opened.answer["shown"], answer(checkpoint, QUESTION, CONTEXT)
    places = [i for i, allowed in enumerate(theirs.allowed[0].tolist()) if allowed]
    assert shown["positions"] == places and places[0] == 0
    assert shown["start"] == pytest.approx(theirs.start_probabilities[0, places].tolist(), abs=1e-6)
    assert shown["end"] == pytest.approx(theirs.end_probabilities[0, places].tolist(), abs=1e-6)
    assert shown["start_logits"] == pytest.approx(theirs.start_logits[0, places].tolist(), abs=1e-3)
    assert shown["end_logits"] == pytest.approx(theirs.end_logits[0, places].tolist(), abs=1e-3)
    assert shown["spans"] == theirs.windows[0].spans[places].tolist()


@pytest.mark.parametrize(
    "context",
    [CONTEXT, "  Two  spaces,\n\na line\tand a tab. ", "Klara 👩‍🚀 went to 日本, «naïvely».", "日本語 日本", "a"],
)
def test_tokens_and_gaps_make_up_the_text_again(checkpoint, context):
    shown = explore.answer(checkpoint, QUESTION, context).answer["shown"]
    text = "".join(gap + piece for gap, piece in zip(shown["gaps"][1:], shown["texts"][1:], strict=True))
    first, last = shown["spans"][1][0], shown["spans"][-1][1]
    assert text == context[first:last]
    assert text.strip() == context.strip()
    assert shown["texts"][0] == "<s>" and shown["gaps"][:2] == ["", ""]


def test_the_grid_holds_the_likeliest_starts_and_ends(checkpoint, opened):
    shown, theirs = opened.answer["shown"], answer(checkpoint, QUESTION, CONTEXT)
    grid = theirs.grid(0)
    rows, columns = ([shown["positions"][i] for i in shown[name]] for name in ("rows", "columns"))
    assert rows == sorted(rows) and columns == sorted(columns) and len(rows) == len(columns) == LIKELY
    for row, values in zip(rows, shown["grid"], strict=True):
        assert values == pytest.approx(grid[row, columns].tolist(), abs=1e-6)
    best = theirs.spans[0]
    assert best.first in rows and best.last in columns
    others = [i for i in range(len(grid)) if i not in rows]
    assert grid[others].amax(dim=1).max() <= grid[rows].amax(dim=1).min()
    others = [i for i in range(len(grid)) if i not in columns]
    assert grid[:, others].amax(dim=0).max() <= grid[:, columns].amax(dim=0).min()


def test_a_short_text_has_its_whole_grid(checkpoint):
    shown = explore.answer(checkpoint, "Who slept?", "The cat slept.").answer["shown"]
    count = len(shown["texts"]) - 1
    assert count <= LIKELY and shown["rows"] == shown["columns"] == list(range(1, count + 1))


def test_the_longest_answer_is_kept_to(opened, readings):
    before = opened.answer["spans"][0]["text"]
    seen = ask(opened, max_answer_len=2)
    assert before == "4 May 1896" and len(seen["spans"][0]["text"]) < len(before)
    shown = seen["shown"]
    for row, values in zip(shown["rows"], shown["grid"], strict=True):
        assert all(value == 0 or 0 <= column - row < 2 for column, value in zip(shown["columns"], values, strict=True))
    assert readings == []  # the logits were there


def test_only_another_text_is_read(checkpoint, readings):
    explorer = explore.answer(checkpoint, QUESTION, LONG, **SHORT_WINDOWS)
    ask(explorer, window=1)
    ask(explorer, max_answer_len=3)
    explorer.threshold = 4.0
    assert readings == [QUESTION]
    ask(explorer, question="Who designed it?")
    assert readings == [QUESTION, "Who designed it?"]


def test_windows(checkpoint):
    explorer = explore.answer(checkpoint, QUESTION, LONG, **SHORT_WINDOWS)
    theirs = answer(checkpoint, QUESTION, LONG, top_k=5, **SHORT_WINDOWS)
    seen = explorer.answer
    assert [each[:2] for each in seen["windows"]] == [(window.start, window.end) for window in theirs.windows]
    for at, (*_, text, score) in enumerate(seen["windows"]):
        assert score == max(span.score for span in theirs.candidates if span.window == at) and text in LONG
    assert len(seen["windows"]) == 4 and seen["window"] == theirs.spans[0].window
    other = 1 if seen["window"] != 1 else 2
    seen = ask(explorer, window=other)
    window = theirs.windows[other]
    assert seen["window"] == other and seen["shown"]["spans"][1][0] == window.start
    places = [0, *window.in_context.nonzero().flatten().tolist()]
    assert seen["shown"]["start"] == pytest.approx(theirs.start_probabilities[other, places].tolist(), abs=1e-6)
    grid = span_grid(theirs.start_probabilities[other], theirs.end_probabilities[other], 15)
    assert max(max(row) for row in seen["shown"]["grid"]) == pytest.approx(grid.max().item(), abs=1e-6)
    for nowhere in (-1, 4):
        assert ask(explorer, window=nowhere)["window"] == theirs.spans[0].window


def test_the_threshold_is_the_checkpoint_s_and_0_where_none_was_tuned(opened):
    assert opened.threshold == load("question-answering").thresholds["null_margin"]
    folder = BUNDLED / "question-answering"
    assert explore.answer(load("question-answering", folder)).threshold == opened.threshold
    assert explore.answer(replace(load("question-answering", folder), thresholds=Thresholds())).threshold == 0


def test_a_new_threshold_asks_nobody(opened):
    before = (opened.answer, opened.shown)
    opened.set_state({"threshold": 3.0})
    assert (opened.answer, opened.shown) == before


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"question": ""}, "the question is empty"),
        ({"question": " "}, "the question is blank"),
        ({"context": ""}, "the context is empty"),
        ({"context": "\n"}, "the context is blank"),
        ({"question": "why " * 400}, "leaves no room for the context"),
        ({"context": "word " * 10_001}, "the context has 50,005 characters; the explorer reads at most 50,000"),
        ({"max_answer_len": 0}, "max_answer_len is 0; it must be 1 or more"),
    ],
)
def test_bad_input_is_one_sentence_and_the_last_good_answer_stays(opened, state, sentence):
    good = opened.answer
    assert ask(opened, **state) == good
    assert sentence in opened.problem and "\n" not in opened.problem
    ask(opened, question=QUESTION, context=CONTEXT, max_answer_len=15)
    assert opened.problem == ""


def test_wrong_lengths_are_an_error_of_the_call(checkpoint):
    with pytest.raises(ValueError, match="max_seq_len is 9000"):
        explore.answer(checkpoint, max_seq_len=9000)


def test_the_state_is_what_json_holds(checkpoint):
    explorer = explore.answer(checkpoint, QUESTION, "word and 日本 " * 500)
    assert len(explorer.answer["windows"]) > 4
    assert len(json.dumps(explorer.answer, allow_nan=False)) < 50_000


def test_the_still_form_holds_the_numbers(opened, checkpoint):
    form = opened.still()
    for each in opened.answer["spans"]:
        assert f"{each['score']:.3f}" in form and f"{each['start']}–{each['end']}" in form
    assert f"null margin {opened.answer['null_margin']:.2f}, threshold -6.70" in form
    assert len(form) < 8000 and form == explore.answer(checkpoint, QUESTION, CONTEXT).still()


def test_the_still_form_is_escaped(opened):
    hostile = "</script><b><img src=x onerror=alert(1)>&\x00"
    seen = json.loads(json.dumps(opened.answer))
    seen["question"] = hostile
    for each in seen["spans"]:
        each["text"] = hostile
    seen["shown"]["texts"] = [hostile] * len(seen["shown"]["texts"])
    opened.answer = seen
    form = opened.still()
    assert re.findall(r"<(?:b|/script|img src=x)", form) == [] and form.count("&lt;b&gt;") >= 7
    picture = base64.b64decode(re.search(r"base64,([^\"]+)", form)[1]).decode()
    letters = "".join(ElementTree.fromstring(picture).itertext())  # well-formed, or no browser draws it
    assert hostile[:-1] + "U+0000" in letters


def test_the_still_form_answers_or_not(opened):
    assert "Answers “4 May 1896”: null margin" in opened.still()
    opened.threshold = opened.answer["null_margin"]
    assert "Answers “4 May 1896”: null margin" in opened.still()  # silence begins above the threshold
    opened.threshold = opened.answer["null_margin"] - 0.001
    assert "No answer: null margin" in opened.still()


def test_the_still_form_names_the_window(checkpoint):
    explorer = explore.answer(checkpoint, QUESTION, LONG, **SHORT_WINDOWS)
    assert "(window 3 of 0 to 3)" in explorer.still()
    ask(explorer, window=1)
    assert "(window 1 of 0 to 3)" in explorer.still()


def test_heads_can_be_switched_off_and_on_again(checkpoint, opened):
    whole = opened.answer
    opened.set_state({"off": [[5, 0], [5, 1], [5, 2]], "asked": 1})
    changed = answer(heads_off(checkpoint, [(5, 0), (5, 1), (5, 2)]), QUESTION, CONTEXT, top_k=5)
    assert [each["text"] for each in opened.answer["spans"]] == [span.text for span in changed.spans]
    assert opened.answer["null_margin"] == pytest.approx(changed.null_margin, abs=1e-4)
    assert opened.answer["null_margin"] != pytest.approx(whole["null_margin"], abs=1e-2)
    assert opened.answer["without"] == f"{whole['spans'][0]['text']} {whole['spans'][0]['score']:.3f}"
    assert "Heads off: layer 5 head 0," in opened.still()
    opened.set_state({"off": [], "asked": 2})
    assert opened.answer == whole


def test_an_answer_in_whole_words_names_what_the_model_pointed_at(opened):
    assert "the model pointed at" not in opened.still()
    seen = json.loads(json.dumps(opened.answer))
    seen["spans"][0]["pointed"] = "May"
    opened.answer = seen
    first = seen["spans"][0]
    assert f"<td>{first['start']}–{first['end']}, in whole words: the model pointed at “May”</td>" in opened.still()
