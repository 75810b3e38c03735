"""Text on lines: what is shown, where letters stand, where spans are underlined."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encoder_lab.plots.labels import FONT, draw_character
from encoder_lab.plots.running_text import (
    INDENT,
    NUMBER,
    SIZE,
    advance,
    fit_lines,
    line_height,
    parts_near,
    pieces,
    set_lines,
    stretches,
)

TEXTS = st.text(st.sampled_from("ab $\n\t😀京é-"), min_size=1, max_size=120)


def spans_of(text: str):
    places = st.integers(0, len(text) - 1).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, len(text))))
    return st.lists(places, min_size=1, max_size=6)


@pytest.mark.parametrize("dpi", [72, 100, 200])
@pytest.mark.parametrize("text", ["AVATo Tea, fi ffl and office network", "x^2 costs 5 and so on, in a line of it"])
def test_letters_are_drawn_where_they_are_said_to_stand(text, dpi):
    figure = plt.figure(figsize=(6, 0.5), dpi=dpi)
    features = ["-kern", "-liga"]
    figure.text(0, 0.5, text + "|", fontsize=SIZE, family=FONT, fontfeatures=features, parse_math=False)
    figure.canvas.draw()
    ink = np.flatnonzero((np.asarray(figure.canvas.buffer_rgba())[..., 0] < 128).any(axis=0))
    left = sum(advance(character, dpi) for character in text) * dpi / 72
    right = left + advance("|", dpi) * dpi / 72
    assert left - 2 <= ink.max() <= right + 1


def test_words_go_on_below_where_the_line_is_full():
    lines = set_lines("one  two\nthree", [(0, 14)], 60, 100)
    assert ["".join(letter.shown for letter in line) for line in lines] == ["one two", "three"]
    assert [letter.index for letter in lines[0]] == [0, 1, 2, 4, 5, 6, 7]  # two spaces are one: the second
    assert [letter.index for letter in lines[1]] == [9, 10, 11, 12, 13] and lines[1][0].left == 0


def test_an_ellipsis_stands_before_between_and_after_what_is_shown():
    text = "a b c d e f g"
    lines = set_lines(text, [(2, 3), (8, 9)], 500, 100)
    assert "".join(letter.shown for letter in lines[0]) == "… b … e …"
    assert [letter.index for letter in lines[0] if letter.shown == "…"] == [-1, -1, -1]
    assert "…" not in {letter.shown for letter in set_lines(text, [(0, 13)], 500, 100)[0]}


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.integers(30, 200))
def test_every_character_is_shown_once_in_order_and_within_the_line(text, width):
    lines = set_lines(text, [(0, len(text))], width, 100)
    letters = [letter for line in lines for letter in line if letter.shown != " "]
    assert [letter.index for letter in letters] == [at for at, one in enumerate(text) if not one.isspace()]
    assert [letter.shown for letter in letters] == [draw_character(one) for one in text if not one.isspace()]
    for line in lines:
        assert all(one.right == other.left for one, other in zip(line, line[1:], strict=False))
        assert not line or (line[0].left == 0 and line[-1].right <= width)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_spans_are_underlined_over_exactly_their_letters_and_never_over_each_other(data):
    text = data.draw(TEXTS)
    spans = data.draw(spans_of(text))
    lines = set_lines(text, [(0, len(text))], 90, 100)
    marks = stretches(lines, spans)
    for number, (start, end) in enumerate(spans):
        mine = [(line, s) for line, row in enumerate(marks) for s in row if s.span == number]
        inside = {letter.index for line, s in mine for letter in lines[line] if s.left <= letter.left < s.right}
        assert {at for at in range(start, end) if not text[at].isspace()} <= inside
        assert all(start <= at < end for at in inside)
        if mine:
            assert [s.opens for _, s in mine] == [True, *[False] * (len(mine) - 1)]
            assert [s.closes for _, s in mine] == [*[False] * (len(mine) - 1), True]
    for row in marks:
        for place, one in enumerate(row):
            for other in row[place + 1 :]:
                clear = one.right + NUMBER <= other.left or other.right + NUMBER <= one.left
                assert one.lane != other.lane or clear


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_pieces_are_the_line_cut_at_the_spans_edges(data):
    text = data.draw(TEXTS)
    spans = data.draw(spans_of(text))
    for line in set_lines(text, [(0, len(text))], 90, 100):
        cut = list(pieces(line, spans))
        assert "".join(piece for _, piece in cut) == "".join(letter.shown for letter in line)
        lefts = {left for left, _ in cut}
        assert all(letter.left in lefts for letter in line if letter.index in {edge for span in spans for edge in span})


@pytest.mark.parametrize(
    ("edges", "reach", "parts"),
    [
        ([20, 24], 3, [(15, 29)]),          # whole words
        ([0, 5], 4, [(0, 9)]),              # the text's start
        ([2, 40], 2, [(0, 4), (35, 44)]),   # two places apart
        ([2, 17], 2, [(0, 19)]),            # so near that nothing is left out
        ([40, 2], 2, [(0, 4), (35, 44)]),   # in any order
        ([5], 99, [(0, 49)]),
    ],
)  # fmt: skip
def test_parts_near(edges, reach, parts):
    assert parts_near("four " * 9 + "four", edges, reach) == parts


def test_parts_of_a_text_without_spaces_stay_short():
    assert parts_near("京" * 10_000, [5000], 10) == [(4970, 5030)]


def test_a_text_is_shortened_only_as_far_as_needed():
    text = "word " * 600
    spans = [(1000, 1004), (2000, 2004)]
    shown = []
    for height in (2000, 200, 100, 50, 0):
        parts, lines, marks = fit_lines(text, spans, 600 + INDENT, height, 100)
        assert sum(map(line_height, marks)) <= max(height, 60)
        assert all(any(start <= a and b <= end for start, end in parts) for a, b in spans)
        shown.append(sum(end - start for start, end in parts))
    assert shown[0] == len(text) and shown == sorted(shown, reverse=True) and shown[-1] < 200
