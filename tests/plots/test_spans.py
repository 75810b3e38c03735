"""Starts and ends along the tokens, and the grid of spans."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

from encoder_lab import plots
from tests.plots.pictures import EYE, ODD, TWO, drawn_labels, overlaps, png, span_probabilities, words

NAMES = ["<s>", "Who", "</s>", "The", "old", "man", "</s>"]
START = np.array([0.5, -7.0, -6.5, 1.5, 3.25, -2.0, 9.0])
END = np.array([0.75, -7.5, -6.0, -3.0, -1.0, 4.5, 8.0])
ALLOWED = np.array([True, False, False, True, True, True, False])


def legend_texts(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def stems(ax) -> list[np.ndarray]:
    """The far end of each series' stems: start, then end."""
    found = [lines for lines in ax.collections if hasattr(lines, "get_segments")]
    return [np.array([segment[1, 1] for segment in lines.get_segments()]) for lines in found]


def tips(ax) -> list:
    return [points for points in ax.collections if not hasattr(points, "get_segments")]


def rings(ax) -> list[tuple[float, float]]:
    return [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"]


def test_logits_are_drawn_around_0_with_the_largest_allowed_ones_named():
    ax = plots.start_end_logits(NAMES, START, END, ALLOWED, title="Who?")
    low, high = ax.get_ylim()
    assert low == -high and high > 9 and "no unit" in ax.get_ylabel()
    np.testing.assert_array_equal(stems(ax), [START, END])
    for points, values in zip(tips(ax), (START, END), strict=True):
        np.testing.assert_array_equal(points.get_offsets()[:, 1], values)
    assert legend_texts(ax) == [
        "start (largest 3.25: token 4, old)", "end (largest 4.50: token 5, man)", "may not take part"
    ]  # fmt: skip
    (start, high), (end, higher) = rings(ax)
    assert (round(start), high, round(end), higher) == (4, 3.25, 5, 4.5)


def test_tokens_that_may_not_take_part_are_grey_and_only_they():
    ax = plots.start_end_logits(NAMES, START, END, ALLOWED)
    for points in tips(ax):
        grey = [len({*colour[:3]}) == 1 for colour in points.get_edgecolors()]
        assert grey == (~ALLOWED).tolist()
    bands = [round(patch.get_x() + 0.5) for patch in ax.patches if patch.get_width() == 1]
    assert bands == np.flatnonzero(~ALLOWED).tolist()
    assert len(legend_texts(plots.start_end_logits(NAMES, START, END))) == 2
    assert "9.00: token 6" in legend_texts(plots.start_end_logits(NAMES, START, END))[0]


def test_start_and_end_differ_in_shape_and_filling_not_only_in_colour():
    ax = plots.start_end_logits(NAMES, START, END)
    start, end = tips(ax)
    assert start.get_paths()[0].vertices.tolist() != end.get_paths()[0].vertices.tolist()
    assert start.get_facecolors()[0].tolist() == start.get_edgecolors()[0].tolist()
    assert end.get_facecolors()[0].tolist() == [1, 1, 1, 1]
    assert (start.get_offsets()[:, 0] < end.get_offsets()[:, 0]).all()


def test_probabilities_are_drawn_on_0_to_1():
    start, end = np.array([0.0, 0.004, 0.896, 0.1]), np.array([0.25, 0.25, 0.0, 0.5])
    ax = plots.start_end_probabilities(["<s>", "a", "b", "c"], start, end)
    assert ax.get_ylim() == (-0.03, 1.03) and "0 to 1" in ax.get_ylabel()
    np.testing.assert_array_equal(stems(ax), [start, end])
    assert [points.get_offsets()[:, 1].tolist() for points in tips(ax)] == [[0.896, 0.1], [0.25, 0.25, 0.5]]
    assert legend_texts(ax) == ["start (largest 0.8960: token 2, b)", "end (largest 0.5000: token 3, c)"]


@pytest.mark.parametrize("size", [1, 45, 60, 128])
def test_token_labels_fit_and_up_to_60_tokens_have_one_each(size):
    start, end, _ = span_probabilities(size)
    tokens = words(size)
    for ax in (plots.start_end_logits(tokens, 9 * start, -end), plots.start_end_probabilities(tokens, start, end)):
        png(ax.figure)
        labels = drawn_labels(ax.xaxis)
        assert overlaps(labels) == []
        assert len(labels) == size if size <= 60 else len(labels) > 20
        legend, box = ax.get_legend().get_window_extent(), ax.get_window_extent()
        assert legend.y0 >= box.y1 and legend.x1 <= ax.figure.bbox.x1


def test_span_grid_has_a_row_for_each_start_and_a_column_for_each_end():
    start, end = np.array([0, 0.6, 0.4]), np.array([0, 0.3, 0.7])
    grid = np.triu(np.outer(start, end))
    ax = plots.span_grid(["<s>", "old", "man"], grid, spans=[(1, 2)], title="Who?")
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("the span's first token", "the span's last token")
    np.testing.assert_array_equal(ax.images[0].get_array(), grid)
    assert ax.images[0].get_clim() == (0, 1)
    written = {(row, column): text for text, row, column in cell_texts(ax)}
    assert written == {(0, 0): "0", (0, 1): "0", (0, 2): "0", (1, 1): "0.18", (1, 2): "0.42", (2, 2): "0.28"}


def cell_texts(ax) -> list[tuple[str, float, float]]:
    return [(text.get_text(), *text.get_position()[::-1]) for text in ax.texts if type(text) is Text]


def badges(ax) -> list:
    return [text for text in ax.texts if type(text) is not Text]


def hatched(ax, size: int) -> list[set[tuple[int, int]]]:
    """The cells whose middle each hatched area covers."""
    cells = [(row, column) for row in range(size) for column in range(size)]
    areas = [patch for patch in ax.patches if patch.get_hatch()]
    return [{(row, column) for row, column in cells if area.get_path().contains_point((column, row))} for area in areas]


@pytest.mark.parametrize(("size", "longest"), [(2, 1), (7, 1), (7, 3), (7, 6), (7, 7), (7, None), (60, 15)])
def test_exactly_what_no_answer_can_be_is_hatched_and_named(size, longest):
    ax = plots.span_grid(words(size), np.zeros((size, size)), max_answer_len=longest)
    before = {(row, column) for row in range(size) for column in range(row)}
    found = hatched(ax, size)
    assert found[0] == before
    names = ["not possible: end before start"]
    if longest is not None and longest < size:
        assert found[1] == {(row, column) for row in range(size) for column in range(row + longest, size)}
        names.append(f"not possible: over {longest} tokens")
    assert len(found) == len(names) and legend_texts(ax) == names
    assert len({patch.get_hatch() for patch in ax.patches if patch.get_hatch()}) == len(names)


def test_what_a_hatched_cell_holds_is_not_hidden():
    ax = plots.span_grid(TWO, [[0.1, 0.2], [0.9, 0.1]])
    area = next(patch for patch in ax.patches if patch.get_hatch())
    assert 0 < area.get_facecolor()[3] < 0.5 and ax.images[0].get_array()[1, 0] == 0.9


@pytest.mark.parametrize("size", [3, 20, 39, 60, 300])
def test_ranks_stand_at_their_cells_and_clear_of_each_other(size):
    best = [(first, last) for first in range(size // 2, size // 2 + 3) for last in range(first, size // 2 + 3)]
    best = [(first, last) for first, last in best if last < size]
    ax = plots.span_grid(words(size), span_probabilities(size)[2], spans=best, max_answer_len=15)
    png(ax.figure)
    marks = badges(ax)
    assert [mark.get_text() for mark in marks] == [str(rank) for rank in range(1, len(best) + 1)]
    assert [mark.xy for mark in marks] == [(last, first) for first, last in best]
    frames = [(frame.get_y() + 0.5, frame.get_x() + 0.5) for frame in ax.patches if frame.get_zorder() == 3]
    assert frames == best
    middles = np.array([(box.x0 + box.x1, box.y0 + box.y1) for box in map(Text.get_window_extent, marks)]) / 2
    apart = np.hypot(*(middles[:, None] - middles).T) + 1000 * np.eye(len(marks))
    assert apart.min() > 15  # pixels; a badge is 14 wide
    for rank, middle in enumerate(middles):
        cell = ax.transData.transform(best[rank][::-1])
        assert np.hypot(*(middle - cell)) < 120


def test_a_span_grid_can_be_read_at_60_tokens():
    ax = plots.span_grid(words(60), span_probabilities(60)[2], max_answer_len=15)
    png(ax.figure)
    for axis in (ax.xaxis, ax.yaxis):
        assert overlaps(drawn_labels(axis)) == [] and len(drawn_labels(axis)) >= 12
    assert overlaps(ax.get_legend().get_texts()) == [] and ax.images[0].get_array().shape == (60, 60)


@pytest.mark.parametrize("size", [1, len(ODD)])
def test_any_token_can_be_drawn_and_named(size):
    tokens = ODD[:size] if size > 1 else ["$<b>"]
    start, end, grid = span_probabilities(size)
    for ax in (
        plots.start_end_logits(tokens, 9 * start, 9 * end), plots.start_end_probabilities(tokens, start, end),
        plots.span_grid(tokens, grid, spans=[(0, 0)]),
    ):  # fmt: skip
        png(ax.figure)


def test_given_axes_are_drawn_on_and_nothing_else_is_opened():
    _, (left, right) = plt.subplots(1, 2, figsize=(8.8, 3.6), layout="constrained")
    assert plots.start_end_logits(NAMES, START, END, ALLOWED, ax=left, title="a") is left
    assert plots.span_grid(TWO, np.eye(2), spans=[(0, 1)], max_answer_len=2, ax=right) is right
    left.figure.canvas.draw()
    assert overlaps(left.get_legend().get_texts()) == []
    plots.start_end_probabilities(TWO, [0, 1], [1, 0], ax=left)
    assert plt.get_fignums() == [1]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.start_end_logits(TWO, [1, 2, 3], [1, 2]), r"start are \(3,\); 2 tokens need \(2,\)"),
        (lambda: plots.start_end_logits(TWO, [1, 2], [[1, 2]]), r"end are \(1, 2\); 2 tokens need \(2,\)"),
        (lambda: plots.start_end_logits(TWO, [1, np.nan], [1, 2]), r"start\[1\] is nan; every value must be finite"),
        (lambda: plots.start_end_logits(TWO, [1, 2], [1, 2], [1, 0]), r"allowed is int64 \(2,\); 2 tokens need bool"),
        (lambda: plots.start_end_logits(TWO, [1, 2], [1, 2], [True]), r"allowed is bool \(1,\); 2 tokens need bool"),
        (lambda: plots.start_end_logits(TWO, [1, 2], [1, 2], [False] * 2), "allowed is nowhere True"),
        (lambda: plots.start_end_logits([], [], []), "tokens are empty"),
        (lambda: plots.start_end_probabilities(TWO, [0.5, 0.5], [0.5, 1.5]), r"end\[1\] is 1.5; .* between 0 and 1"),
        (lambda: plots.start_end_probabilities(TWO, [-1, 2], [0.5, 0.5]), r"start\[0\] is -1"),
        (lambda: plots.span_grid(TWO, np.eye(3)), r"grid are \(3, 3\); 2 tokens need \(2, 2\)"),
        (lambda: plots.span_grid(TWO, 2 * EYE), r"grid\[0, 0\] is 2; they must lie between 0 and 1"),
        (lambda: plots.span_grid(TWO, EYE, spans=[(1, 0)]), r"spans\[0\] is \(1, 0\), which ends before it starts"),
        (lambda: plots.span_grid(TWO, EYE, spans=[(0, 0), (1, 2)]), r"spans\[1\] is \(1, 2\); the 2 tokens are 0 to 1"),
        (lambda: plots.span_grid(TWO, EYE, spans=[(0, 1)], max_answer_len=1), r"\(0, 1\), 2 tokens; max_answer_len"),
        (lambda: plots.span_grid(TWO, EYE, spans=[(0, 1), (0, 1)]), r"spans\[1\] is \(0, 1\), as is spans\[0\]"),
        (lambda: plots.span_grid(TWO, EYE, spans=[(0, 0.5)]), r"spans\[0\] is \(0, 0.5\); give \(first token, last"),
        (lambda: plots.span_grid(TWO, EYE, spans=[3]), r"spans\[0\] is 3; give \(first token, last token\)"),
        (lambda: plots.span_grid(TWO, EYE, spans=[(0, 1, 0.5)]), r"spans\[0\] is \(0, 1, 0.5\); give"),
        (lambda: plots.span_grid(TWO, EYE, max_answer_len=0), "max_answer_len is 0; it must be 1 or more"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message) as caught:
        draw()
    assert "\n" not in str(caught.value) and plt.get_fignums() == []
