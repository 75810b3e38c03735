"""Answers highlighted in their context: marked text that stays text."""

import re
from html import unescape

import pytest

from encoder_lab import plots
from tests.plots.pictures import ODD

TEXT = "The bridge opened on 14 June 1889. Its engineer, Clara Holm, had died the year before."
DATE = (TEXT.index("14"), TEXT.index("."))
YEAR = (TEXT.index("1889"), TEXT.index("."))
NAME = (TEXT.index("Clara"), TEXT.index(", had"))


def page(text, spans) -> str:
    return plots.highlighted_context(text, spans)._repr_html_()


def written(html: str) -> str:
    """The text that stands in the box, without ranks."""
    box = html[html.index("<div style") : html.index("<table>")]
    return unescape(re.sub(r"<sup>.*?</sup>|<[^>]*>", "", box))


def marks(html: str) -> list[tuple[str, str]]:
    """Each marked piece: (ranks that begin there, text)."""
    found = re.findall(r"<mark [^>]*>(?:<sup>(.*?)</sup>)?(.*?)</mark>", html, re.DOTALL)
    return [(ranks, unescape(text)) for ranks, text in found]


def rows(html: str) -> list[list[str]]:
    cells = [
        re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    ]
    return [list(map(unescape, row)) for row in cells[1:]]  # the first is the heading


def test_each_answer_is_marked_where_it_stands_and_ranked_below():
    html = page(TEXT, [(*YEAR, 0.02), (*DATE, 0.81), (*NAME, 0.01)])
    assert written(html) == TEXT
    assert marks(html) == [("1", "14 June "), ("2", "1889"), ("3", "Clara Holm")]
    assert rows(html) == [["1", "0.8100", "14 June 1889"], ["2", "0.0200", "1889"], ["3", "0.0100", "Clara Holm"]]


def test_the_likeliest_is_told_apart_and_both_colours_are_set_for_either_theme():
    html = page(TEXT, [(*DATE, 0.81), (*NAME, 0.01)])
    best, other = re.findall(r'<mark style="([^"]*)"', html)
    assert best != other and "3px" in best and "1px" in other
    assert all("background: #" in style and "; color: #" in style for style in (best, other))


def test_answers_that_begin_together_share_a_mark_and_equal_scores_keep_their_order():
    html = page(TEXT, [(*YEAR, 0.5), (YEAR[0], NAME[1], 0.5)])
    assert marks(html) == [("1 2", "1889"), ("", ". Its engineer, Clara Holm")]
    assert [row[2] for row in rows(html)] == ["1889", "1889. Its engineer, Clara Holm"]


def test_as_text_it_is_the_ranking():
    shown = plots.highlighted_context(TEXT, [(*YEAR, 1e-9), (*DATE, 0.81)])
    assert repr(shown).splitlines()[0] == "1  0.8100  14 June 1889"
    assert "1889" in repr(shown).splitlines()[1]


@pytest.mark.parametrize("token", [*ODD, "$5 and $7", "\r\n", "</mark><script>", "京" * 600])
def test_any_text_is_written_as_text(token):
    text = f"start {token} end"
    html = page(text, [(6, 6 + max(1, len(token)), 0.5), (0, 5, 0.2)])
    assert "<script" not in html and "<b>" not in html
    assert written(html).startswith("start ") and written(html).endswith("end")
    assert "mathjax_ignore" in html


@pytest.mark.parametrize(
    ("text", "spans", "message"),
    [
        ("", [(0, 1, 0.5)], "text is ''; give a string with at least one word"),
        (" \n", [(0, 1, 0.5)], "give a string with at least one word"),
        (5, [(0, 1, 0.5)], "text is 5"),
        (TEXT, [], "spans are empty; give at least one"),
        (TEXT, [(5, 3, 0.5)], r"spans\[0\] is \(5, 3\), which ends before it"),
        (TEXT, [(5, 5, 0.5)], r"spans\[0\] runs from 5 to 5 and is empty"),
        (TEXT, [(0, 4, 0.5), (80, 99, 0.5)], r"spans\[1\] .* is outside the text"),
        (TEXT, [(-1, 4, 0.5)], "outside the text"),
        (TEXT, [(0, 4)], r"spans\[0\] is \(0, 4\); give \(start, end, score\)"),
        (TEXT, [7], r"spans\[0\] is 7; give \(start, end, score\)"),
        (TEXT, [(0.5, 4, 0.5)], r"spans\[0\] is \(0.5, 4\); .* whole characters"),
        (TEXT, [(0, 4, 1.5)], r"scores\[0\] is 1.5; .* between 0 and 1"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(text, spans, message):
    with pytest.raises(ValueError, match=message) as caught:
        plots.highlighted_context(text, spans)
    assert "\n" not in str(caught.value)
