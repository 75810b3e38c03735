"""The windows of a long context."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from encoder_lab import plots
from encoder_lab.plots import canvas
from tests.plots.pictures import drawn_labels, overlaps, png

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
    assert numbers[best] == plots.axis_labels.probability_text(scores[best])
    assert beside.get_window_extent().x0 > ax.get_window_extent().x1


def test_windows_are_drawn_on_given_axes():
    ax = plt.figure(layout="constrained").add_subplot()
    assert plots.window_strip(BOUNDS, [0.1, 0.8, 0.2], ax=ax) is ax and plt.get_fignums() == [1]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
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
