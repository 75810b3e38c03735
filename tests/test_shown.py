"""What is shown is what was typed: as HTML, as a picture, and printed where the terminal lacks signs."""

import io
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import encoder_lab
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.exercises.outcome import Outcome
from encoder_lab.records import RankedLabel, Record, Span
from encoder_lab.shown import PLAIN, Shown, frame, html, printable, visible
from encoder_lab.widgets.still import bar_chart, still_form

HOSTILE = "<b>$5</b> \x1b[31m \u202etxt.exe\u2069 \ud83d \x00"
ENCODINGS = ("cp949", "cp932", "ascii", "latin-1", "utf-8")


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_written_to_a_page_and_to_a_picture(text):
    ElementTree.fromstring(bar_chart(text, [text], [0.5], [text]))
    html(text).encode("utf-8")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn"))))
def test_what_can_be_seen_is_left_as_it_is(text):
    assert visible(text) == text


@pytest.mark.parametrize("text", ["한국어", "日本語\u3000です", "שלום", "می\u200cخواهم", "👩\u200d🚀", "a\tb\nc", "$5"])
def test_every_script_is_left_as_it_is(text):
    assert visible(text) == text


def test_what_cannot_be_seen_is_named():
    assert visible(HOSTILE) == "<b>$5</b> \\x1b[31m \\u202etxt.exe\\u2069 \\ud83d \\x00"
    assert html(HOSTILE) == "&lt;b&gt;$5&lt;/b&gt; \\x1b[31m \\u202etxt.exe\\u2069 \\ud83d \\x00"


def test_no_formula_is_set_in_a_frame_whichever_mathjax_reads_it():
    assert frame("$5").startswith('<div class="mathjax_ignore tex2jax_ignore">')


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_printed_anywhere(encoding, text):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        print(printable(text))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_course_s_own_signs_have_plainer_ones(encoding, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert "\\" not in printable("".join(PLAIN))
    assert printable("Anna sang") == "Anna sang"
    span = Span("Anna", 10, 14, 0.5, 0, 1, 2, "Anna")
    assert repr(span).replace("–", "-") == "Span('Anna', score 0.5000, characters 10-14, window 0)"


def test_a_terminal_s_own_letters_are_printed(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp949"))
    assert repr(RankedLabel("기쁨", 0, 0.5)) == "RankedLabel('기쁨', 0.5000)"
    assert repr(RankedLabel("喜び, é", 0, 0.5)) == "RankedLabel('喜び, \\xe9', 0.5000)"


def test_a_still_form_holds_whatever_was_typed():
    form = still_form(HOSTILE, bar_chart(HOSTILE, [HOSTILE], [0.5], ["0.5"]), HOSTILE)
    form.encode("utf-8")
    assert form.startswith('<div class="mathjax_ignore tex2jax_ignore">') and form.count("\\u202etxt") == 2


def test_html_is_written_in_one_way():
    """`shown` escapes and frames; pages on their own have no MathJax, and the self-check must do with nothing else."""
    package = Path(encoder_lab.__file__).parent
    for file in package.rglob("*.py"):
        if file.relative_to(package).as_posix() not in ("shown.py", "self_check.py", "export.py", "widgets/page.py"):
            assert not re.search(r"import escape|def _repr_(html|markdown|latex)_", file.read_text(encoding="utf-8"))


def subclasses(kind: type) -> set[type]:
    return {kind}.union(*map(subclasses, kind.__subclasses__()))


def test_all_of_them_print_themselves_in_one_way():
    assert {Record, Checkpoint, Outcome} < subclasses(Shown)
    assert {each for each in subclasses(Shown) if each.__repr__ is not Shown.__repr__} == set()
