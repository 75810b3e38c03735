"""Answers highlighted in their context, and the windows of a long one."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from encoder_lab import plots
from encoder_lab.plots import canvas
from tests.plots.pictures import ODD, drawn_labels, overlaps, png, words

TEXT = "The bridge opened on 14 June 1889. Its engineer, Clara Holm, had died the year before."
DATE = (TEXT.index("14"), TEXT.index("."))
YEAR = (TEXT.index("1889"), TEXT.index("."))
NAME = (TEXT.index("Clara"), TEXT.index(", had"))


def texts(ax, kind: str) -> list:
    return [text for text in ax.texts if text.get_gid() == kind]


def written(ax) -> str:
    return "".join(text.get_text() for text in texts(ax, "text"))


def key(ax) -> list[str]:
    return [text.get_text() for text in texts(ax, "key")]


def shade(ax) -> list[Rectangle]:
    return [patch for patch in ax.patches if patch.get_facecolor() == to_rgba("#fbdcc4")]


def under(ax) -> list[tuple[float, float, float, float]]:
    """Each underline as (left, right, y, width of the stroke), from the strongest span's on."""
    lines = [(*line.get_data(), line.get_linewidth()) for line in ax.lines if line.get_gid() == "underline"]
    return [(min(xs), max(xs), max(ys), width) for xs, ys, width in lines]


def inside(artist, figure, slack: float = 1) -> bool:
    box = artist.get_window_extent()
    return box.x0 > -slack and box.y0 > -slack and box.x1 < figure.bbox.x1 + slack and box.y1 < figure.bbox.y1 + slack


def test_the_context_is_written_out_and_spans_are_underlined_at_their_letters():
    ax = plots.highlighted_context(TEXT, [(*YEAR, 0.02), (*DATE, 0.81), (*NAME, 0.01)], title="When?")
    assert written(ax) == TEXT and ax.get_title() == "When?"
    place = {text.get_text(): text.get_position()[0] for text in texts(ax, "text")}
    date, year, name = under(ax)
    assert date[0] == place["14 June "] and year[0] == place["1889"] and name[0] == place["Clara Holm"]
    assert date[1] == year[1] == place[". Its engineer, "]
    assert [text.get_text() for text in texts(ax, "rank")] == ["1", "2", "3"]
    assert key(ax) == [
        "rank", "score (0 to 1)", "answer", " 1", "0.8100", "14 June 1889", " 2", "0.0200", "1889", " 3", "0.0100",
        "Clara Holm",
    ]  # fmt: skip


def test_ranks_are_told_apart_without_colour():
    ax = plots.highlighted_context(TEXT, [(*DATE, 0.81), (*YEAR, 0.02), (*NAME, 0.01)])
    date, year, name = under(ax)
    assert len(shade(ax)) == 1 and (shade(ax)[0].get_x(), shade(ax)[0].get_width()) == (date[0], date[1] - date[0])
    assert date[3] > year[3] == name[3]
    assert year[2] > date[2] == name[2]  # the year's line, which overlaps the date's, is below it
    png(ax.figure)
    numbers = texts(ax, "rank")
    assert overlaps(numbers) == []
    for number, (left, *_) in zip(numbers, (date, year, name), strict=True):
        assert number.get_position()[0] == left - 2 and number.get_ha() == "right"


def test_a_span_over_two_lines_opens_on_the_first_and_closes_on_the_second():
    long = " ".join(["word"] * 40)
    ax = plots.highlighted_context(long, [(50, 180, 0.5)])
    first, second = (line for line in ax.lines if line.get_gid() == "underline")
    assert first.get_ydata()[0] < first.get_ydata()[1] == first.get_ydata()[-1]
    assert second.get_ydata()[0] == second.get_ydata()[1] > second.get_ydata()[-1]
    assert len(shade(ax)) == len(texts(ax, "rank")) == 2


def test_labels_name_the_spans_in_the_key():
    ax = plots.highlighted_context(TEXT, [(*YEAR, 0.2), (*DATE, 0.3)], labels=["right", "$predicted$"])
    assert key(ax)[2::3] == ["name: answer", r"\$predicted\$: 14 June 1889", "right: 1889"]


def test_equal_scores_keep_the_order_given_and_scores_are_never_written_as_0():
    ax = plots.highlighted_context(TEXT, [(*YEAR, 1e-9), (*DATE, 1e-9)])
    assert key(ax)[3:] == [" 1", "1.0 × 10⁻⁹", "1889", " 2", "1.0 × 10⁻⁹", "14 June 1889"]


@pytest.mark.parametrize("times", [20, 400, 20_000])
def test_a_long_text_is_shortened_around_the_spans_and_says_so(times):
    text = (TEXT + " ") * times
    middle = len(TEXT + " ") * (times // 2)
    spans = [(middle + DATE[0], middle + DATE[1], 0.8), (NAME[0], NAME[1], 0.1), (100, len(text) - 100, 0.05)]
    ax = plots.highlighted_context(text, spans)
    assert "14 June 1889" in written(ax) and "Clara Holm" in written(ax) and "…" in written(ax)
    assert len(written(ax)) < 2000
    note = key(ax)[-1]
    assert f"of {len(text):,} characters are shown" in note
    shown = int(note.split(": ")[1].split(" of ")[0].replace(",", ""))
    assert abs(shown - len(written(ax))) < 20  # ellipses, and spaces at the ends of lines
    assert len(png(ax.figure)) < 100_000


def test_a_text_that_fits_is_not_shortened():
    ax = plots.highlighted_context(TEXT * 8, [(*DATE, 0.8)])
    assert "…" not in written(ax) and len(key(ax)) == 6


@pytest.mark.parametrize("count", [1, 9, 12])
def test_more_than_9_spans_are_counted_not_crammed(count):
    spans = [(4 + place, 20 + place, 0.9 - place / 20) for place in range(count)]
    ax = plots.highlighted_context(TEXT, spans)
    assert len(under(ax)) == min(count, 9)
    assert (key(ax)[-1] == "3 more spans, none above 0.4500, not marked") == (count == 12)
    assert len({y for *_, y, _ in under(ax)}) == min(count, 9)  # all overlap: a line each


@pytest.mark.parametrize("title", ["", "Why?", "a long question " * 12])
@pytest.mark.parametrize("text", [TEXT, TEXT * 5, TEXT * 100])
def test_nothing_is_cut_off_and_nothing_overprints(text, title):
    spans = [(*DATE, 0.8), (*YEAR, 0.1), (DATE[0], NAME[1], 0.05), (0, 3, 0.01)]
    ax = plots.highlighted_context(text, spans, title=title)
    png(ax.figure)
    drawn = [*ax.texts, *ax.lines, *([ax.title] if title else [])]
    assert all(inside(artist, ax.figure) for artist in drawn)
    assert overlaps([*texts(ax, "key"), *texts(ax, "text")]) == [] and overlaps(texts(ax, "rank")) == []
    if title:
        assert ax.title.get_window_extent().y0 >= max(text.get_window_extent().y1 for text in ax.texts) - 1


@pytest.mark.parametrize("token", [*ODD, "$5 and $7", "\r\n", "<b>bold</b>", "京" * 600, "x" * 600])
def test_any_text_is_written_as_text(token):
    text = f"start {token} end"
    spans = [(6, 6 + max(1, len(token)), 0.5), (0, 5, 0.2)]
    ax = plots.highlighted_context(text, spans, title=token, labels=[token] * 2)
    png(ax.figure)
    assert written(ax).startswith("start") and written(ax).endswith("end")
    assert all(not text.get_parse_math() for text in texts(ax, "text"))


def test_a_context_fits_into_given_axes():
    _, (left, right) = plt.subplots(1, 2, figsize=(8.8, 3), layout="constrained")
    spans = [(*DATE, 0.8), (*NAME, 0.1)]
    assert plots.highlighted_context(TEXT, spans, ax=left, title="left") is left
    assert plots.highlighted_context(TEXT, spans, ax=right, labels=["a", "b"]) is right
    left.figure.canvas.draw()
    assert left.get_window_extent().width > 400  # the text does not push the Axes aside
    for ax in (left, right):
        edge = ax.get_window_extent().x1 + 1
        assert all(text.get_window_extent().x1 <= edge for text in (*texts(ax, "text"), *texts(ax, "key")))
    assert plt.get_fignums() == [1]


def test_a_text_too_tall_for_given_axes_does_not_push_them_aside():
    ax = plt.figure(figsize=(5, 1.2), layout="constrained").add_subplot()
    plots.highlighted_context(TEXT, [(*DATE, 0.8), (*NAME, 0.1)], ax=ax)
    ax.figure.canvas.draw()
    assert ax.get_position().height > 0.9 and ax.get_position().width > 0.9


BOUNDS = [(0, 100), (60, 150), (110, 180)]


def bars(ax) -> list[tuple[float, float, float]]:
    """Every bar as (row, start, end)."""
    found = [patch for patch in ax.patches if patch.get_fill()]
    return [(round(b.get_y() + 0.4), b.get_x(), b.get_x() + b.get_width()) for b in found]


def test_windows_lie_where_they_show_the_text_with_what_they_share():
    ax = plots.window_strip(BOUNDS, [0.1, 0.8, 0.00002], length=200, best=1, title="Where?")
    assert ax.get_xlim() == (0, 200) and ax.yaxis_inverted() and "character" in ax.get_xlabel()
    assert bars(ax)[:3] == [(0, 0, 100), (1, 60, 150), (2, 110, 180)]
    assert sorted(bars(ax)[3:]) == [(0, 60, 100), (1, 60, 100), (1, 110, 150), (2, 110, 150)]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "▶ won", "in this window only", "shared with a neighbour"
    ]  # fmt: skip


def test_each_window_has_its_score_on_0_to_1_and_the_best_is_marked():
    ax = plots.window_strip(BOUNDS, [0.1, 0.8, 0.00002], best=1)
    (scores,) = ax.child_axes
    assert scores.get_xlim() == (0, 1) and "0 to 1" in scores.get_xlabel()
    assert [bar.get_width() for bar in scores.patches] == [0.1, 0.8, 0.00002]
    blue, orange = to_rgba(canvas.BLUE), to_rgba(canvas.ORANGE)
    assert [bar.get_facecolor() for bar in scores.patches] == [blue, orange, blue]
    assert scores.get_ylim() == ax.get_ylim()
    numbers = {text.get_position()[1]: text.get_text() for text in scores.texts}
    assert numbers == {0: "0.1000", 1: "0.8000", 2: "2.0 × 10⁻⁵"}
    ax.figure.canvas.draw()
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["0", "▶ 1", "2"]
    (frame,) = [patch for patch in ax.patches if not patch.get_fill()]
    assert (frame.get_x(), frame.get_width(), frame.get_edgecolor()) == (60, 90, to_rgba(canvas.ORANGE))
    assert [text.get_weight() for text in sorted(scores.texts, key=lambda t: t.get_position()[1])] == [
        "normal", "bold", "normal"
    ]  # fmt: skip


def test_without_a_best_window_none_is_marked_and_the_text_ends_with_the_last():
    ax = plots.window_strip(BOUNDS, [0.1, 0.8, 0.2])
    ax.figure.canvas.draw()
    assert ax.get_xlim() == (0, 180) and [label.get_text() for label in drawn_labels(ax.yaxis)] == ["0", "1", "2"]
    assert all(patch.get_fill() for patch in ax.patches)


def test_windows_that_share_nothing_have_no_legend_for_it():
    ax = plots.window_strip([(0, 10), (10, 20)], [0.1, 0.2])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["in this window only"]
    assert len(bars(ax)) == 2


@pytest.mark.parametrize("count", [1, 2, 19, 60, 200])
def test_windows_can_be_read_however_many(count):
    starts = 150 * np.arange(count)
    scores = np.random.default_rng(0).beta(0.2, 3, count)
    best = int(scores.argmax())
    ax = plots.window_strip(np.column_stack([starts, starts + 400]), scores, best=best, title="Where?")
    data = png(ax.figure)
    (beside,) = ax.child_axes
    assert len(data) < 100_000 and ax.figure.get_figheight() < 7
    characters = [label for label in drawn_labels(ax.xaxis) if label.get_position()[0] <= ax.get_xlim()[1]]
    for some in (characters + drawn_labels(beside.xaxis), drawn_labels(ax.yaxis), beside.texts):
        assert overlaps(some) == []
    assert f"▶ {best}" in [label.get_text() for label in drawn_labels(ax.yaxis)]
    assert len(beside.patches) == count and len(beside.texts) == (count if count <= 19 else 10)
    numbers = {round(text.get_position()[1]): text.get_text() for text in beside.texts}
    assert numbers[best] == plots.labels.probability_text(scores[best])
    assert beside.get_window_extent().x0 > ax.get_window_extent().x1


def test_windows_are_drawn_on_given_axes():
    ax = plt.figure(layout="constrained").add_subplot()
    assert plots.window_strip(BOUNDS, [0.1, 0.8, 0.2], ax=ax) is ax and plt.get_fignums() == [1]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.highlighted_context("", [(0, 1, 0.5)]), "text is ''; give a string with at least one word"),
        (lambda: plots.highlighted_context(" \n", [(0, 1, 0.5)]), "give a string with at least one word"),
        (lambda: plots.highlighted_context(5, [(0, 1, 0.5)]), "text is 5"),
        (lambda: plots.highlighted_context(TEXT, []), "spans are empty; give at least one"),
        (lambda: plots.highlighted_context(TEXT, [(5, 3, 0.5)]), r"spans\[0\] is \(5, 3\), which ends before it"),
        (lambda: plots.highlighted_context(TEXT, [(5, 5, 0.5)]), r"spans\[0\] runs from 5 to 5 and is empty"),
        (lambda: plots.highlighted_context(TEXT, [(0, 4, 0.5), (80, 99, 0.5)]), r"spans\[1\] .* is outside the text"),
        (lambda: plots.highlighted_context(TEXT, [(-1, 4, 0.5)]), "outside the text"),
        (lambda: plots.highlighted_context(TEXT, [(0, 4)]), r"spans\[0\] is \(0, 4\); give \(start, end, score\)"),
        (lambda: plots.highlighted_context(TEXT, [7]), r"spans\[0\] is 7; give \(start, end, score\)"),
        (lambda: plots.highlighted_context(TEXT, [(0.5, 4, 0.5)]), r"spans\[0\] is \(0.5, 4\); .* whole characters"),
        (lambda: plots.highlighted_context(TEXT, [(0, 4, 1.5)]), r"scores\[0\] is 1.5; .* between 0 and 1"),
        (lambda: plots.highlighted_context(TEXT, [(0, 4, 0.5)], labels=["a", "b"]), "labels are 2; 1 spans need 1"),
        (lambda: plots.highlighted_context(TEXT, [(0, 4, 0.5)], labels="a"), "labels are the one string 'a'"),
        (lambda: plots.window_strip([], []), r"bounds are \(0,\); W windows with their start and end need \(any, 2\)"),
        (lambda: plots.window_strip([(0, 1, 2)], [0.1]), r"bounds are \(1, 3\)"),
        (lambda: plots.window_strip(BOUNDS, [0.1]), r"scores are \(1,\); 3 windows need \(3,\)"),
        (lambda: plots.window_strip(BOUNDS, [0.1, 0.2, 1.2]), r"scores\[2\] is 1.2; they must lie between 0 and 1"),
        (lambda: plots.window_strip([(0, 9), (9, 4)], [0, 1]), r"bounds\[1\] are \(9, 4\); a window's end must lie"),
        (lambda: plots.window_strip([(4, 4)], [0]), r"bounds\[0\] are \(4, 4\)"),
        (lambda: plots.window_strip([(-4, 4)], [0]), r"bounds\[0, 0\] is -4"),
        (lambda: plots.window_strip(BOUNDS, [0, 0, 0], length=150), "length is 150, but window 2 reaches .* 180"),
        (lambda: plots.window_strip(BOUNDS, [0, 0, 0], best=3), "best is 3; the 3 windows are 0 to 2"),
        (lambda: plots.window_strip(BOUNDS, [0, 0, 0], best=-1), "best is -1; the 3 windows are 0 to 2"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message) as caught:
        draw()
    assert "\n" not in str(caught.value) and plt.get_fignums() == []


@pytest.mark.parametrize("count", [1, 300])
def test_a_context_of_any_length_with_one_span_a_word(count):
    text = " ".join(words(count))
    ax = plots.highlighted_context(text, [(0, len(text), 1.0)])
    assert key(ax)[4] == "1" and len(png(ax.figure)) < 100_000
