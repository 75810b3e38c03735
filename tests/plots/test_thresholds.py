"""Null margins beside their threshold; precision and recall as one moves."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from encoder_lab import plots
from encoder_lab.plots import canvas
from tests.plots.pictures import ODD, TWO, drawn_labels, overlaps, png

MARGINS = [-9.5, 3.1, -0.4]
NAN = np.nan


def legend_texts(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def stems(ax) -> list[list[list[float]]]:
    """The stems of each group, as (from, to, row)."""
    return [[[a, b, row] for (a, row), (b, _) in lines.get_segments()] for lines in ax.collections]


def test_margins_are_drawn_from_the_threshold_with_both_sides_named():
    ax = plots.null_margins(MARGINS, -1.3, labels=["Who?", "When?", "Why?"], title="three")
    assert stems(ax) == [[[-1.3, -9.5, 0], [-1.3, 3.1, 1], [-1.3, -0.4, 2]]]
    low, high = ax.get_xlim()
    assert low == -high and high > 9.5 and "no unit" in ax.get_xlabel()
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["Who?", "When?", "Why?"]
    assert legend_texts(ax) == ["threshold −1.30"]
    assert [text.get_text() for text in ax.texts] == ["← answers", "says no answer →", "−9.50", "3.10", "−0.40"]
    answers, silent = ax.texts[:2]
    assert answers.get_ha() == "left" and silent.get_ha() == "right"
    (side,) = ax.patches  # the shaded side, where nothing is answered, is the one above the threshold
    assert side.get_x() == -1.3 and side.get_x() + side.get_width() == pytest.approx(high)


def test_the_truth_differs_in_shape_and_colour():
    ax = plots.null_margins(MARGINS, labels=["a", "b", "c"], answerable=[True, False, True])
    assert stems(ax) == [[[0, -9.5, 0], [0, -0.4, 2]], [[0, 3.1, 1]]]
    marks = [line for line in ax.lines if line.get_marker() in "oX"]
    assert [line.get_marker() for line in marks] == ["o", "X"]
    assert [line.get_color() for line in marks] == [canvas.BLUE, canvas.ORANGE]
    assert [line.get_xydata().tolist() for line in marks] == [[[-9.5, 0], [-0.4, 2]], [[3.1, 1]]]
    assert legend_texts(ax) == ["threshold 0.00", "has an answer", "has none"]


@pytest.mark.parametrize("count", [1, 5, 25, 60])
@pytest.mark.parametrize("threshold", [0, 4.5, -30])
def test_margins_can_be_read_however_many(count, threshold):
    margins = np.random.default_rng(0).normal(-1, 5, count)
    ax = plots.null_margins(margins, threshold, answerable=margins < 0, title="Which?")
    data = png(ax.figure)
    box = ax.get_window_extent()
    assert len(data) < 100_000 and ax.figure.bbox.y1 <= 900
    assert overlaps(drawn_labels(ax.yaxis)) == [] and overlaps(ax.texts) == []
    assert all(box.x0 <= text.get_window_extent().x0 and text.get_window_extent().x1 <= box.x1 for text in ax.texts)
    rows = [int(label.get_text()) for label in drawn_labels(ax.yaxis)]
    assert rows == list(range(0, count, 5 if count == 60 else 1))
    first = ax.transData.transform((0, 0))[1]
    assert all(text.get_window_extent().y0 > first + 4 for text in ax.texts[:2])  # pixels over the first mark's middle


def test_a_margin_at_the_threshold_is_answered():
    ax = plots.null_margins([2.0], 2.0)
    assert ax.texts[2].get_ha() == "right"  # its number stands on the left, where answers are


def test_any_label_can_be_drawn():
    png(plots.null_margins(np.arange(len(ODD)), labels=ODD, title=ODD[0]).figure)


def curves(ax) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {line.get_label().split(":")[0]: line.get_data() for line in ax.lines if len(line.get_xdata()) > 2}


def test_curves_are_drawn_on_0_to_1_over_the_threshold():
    three = [0.2, 0.6, 1], [1, 0.7, 0.1], [0.33, 0.65, 0.18]
    ax = plots.precision_recall([0.1, 0.5, 0.9], *three[:2], f1=three[2], xlabel="a $ limit")
    assert ax.get_ylim() == (-0.02, 1.02) and ax.get_ylabel() == "precision, recall, F1 (0 to 1)"
    assert ax.get_xlabel() == r"a \$ limit" and legend_texts(ax) == ["precision", "recall", "F1"]
    found = curves(ax)
    for name, values in zip(("precision", "recall", "F1"), three, strict=True):
        assert found[name][0].tolist() == [0.1, 0.5, 0.9] and found[name][1].tolist() == values
    assert len({(line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 3
    assert "F1" not in plots.precision_recall([0.1, 0.5, 0.9], [0, 0, 0], [1, 1, 1]).get_ylabel()


def test_the_chosen_threshold_is_marked_with_its_numbers():
    ax = plots.precision_recall([0.1, 0.5, 0.9], [0.2, 0.614, 1], [1, 0.7, 0.1], f1=[0, 0.654, 0], chosen=0.5)
    assert legend_texts(ax) == ["precision: 0.61", "recall: 0.70", "F1: 0.65", "chosen: 0.5"]
    points = [line.get_xydata().tolist() for line in ax.lines if len(line.get_xdata()) == 1]
    assert points == [[[0.5, 0.614]], [[0.5, 0.7]], [[0.5, 0.654]]]
    assert [line.get_xdata() for line in ax.lines if line.get_label().startswith("chosen")] == [[0.5, 0.5]]


def test_numbers_of_a_neighbouring_threshold_are_said_to_be_so():
    ax = plots.precision_recall([0.1, 0.5, 0.9], [0.2, 0.6, 1], [1, 0.7, 0.1], chosen=0.56)
    assert legend_texts(ax)[0] == "precision: 0.60"
    assert legend_texts(ax)[-1].replace("\n", " ") == "chosen: 0.56 (numbers at 0.5, the nearest tried)"


@pytest.mark.parametrize("count", [7, 90])
def test_where_nothing_is_predicted_there_is_a_gap_and_lone_points_are_still_seen(count):
    precision = np.linspace(0.2, 0.9, count)
    precision[[2, 4, 5]] = NAN
    ax = plots.precision_recall(np.arange(count), precision, np.linspace(1, 0, count), chosen=2)
    np.testing.assert_array_equal(curves(ax)["precision"][1], precision)
    marked = ax.lines[0].get_markevery()
    assert 3 in marked and not {2, 4, 5} & set(marked) and (len(marked) == 1) == (count > 40)
    assert legend_texts(ax)[0] == "precision: none there"
    png(ax.figure)


def test_curves_without_any_value_and_with_one_threshold_are_drawn():
    png(plots.precision_recall([0.2, 0.4], [NAN, NAN], [0, 0], f1=[NAN, NAN], chosen=0.2).figure)
    ax = plots.precision_recall([0.5], [0.2], [1])
    png(ax.figure)
    assert ax.get_xlim()[0] < 0.5 < ax.get_xlim()[1] and list(ax.lines[0].get_markevery()) == [0]


def test_thresholds_may_come_in_any_order():
    ax = plots.precision_recall([0.9, 0.1, 0.5], [1, 0.2, 0.6], [0.1, 1, 0.7])
    assert curves(ax)["precision"][0].tolist() == [0.1, 0.5, 0.9] and curves(ax)["recall"][1].tolist() == [1, 0.7, 0.1]


def test_a_large_sweep_makes_a_small_picture_whose_labels_do_not_overlap():
    sweep = np.sort(np.random.default_rng(0).normal(0, 6, 5000))
    rising = np.linspace(0, 1, 5000)
    ax = plots.precision_recall(sweep, 1 - rising / 2, rising, f1=rising, chosen=sweep[900], title="long " * 50)
    assert len(png(ax.figure)) < 100_000
    for some in (drawn_labels(ax.xaxis), drawn_labels(ax.yaxis), ax.get_legend().get_texts()):
        assert overlaps(some) == []
    assert ax.get_legend().get_window_extent().x0 > ax.get_window_extent().x1


def test_given_axes_are_drawn_on_and_nothing_else_is_opened():
    _, (left, right) = plt.subplots(1, 2, figsize=(8.8, 3), layout="constrained")
    assert plots.null_margins(MARGINS, answerable=[True, False, True], ax=left) is left
    assert plots.precision_recall([0, 1], [0.5, 1], [1, 0], chosen=0, ax=right) is right
    left.figure.canvas.draw()
    assert plt.get_fignums() == [1] and left.get_facecolor() == to_rgba("white")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.null_margins([]), r"margins are \(0,\); N windows or questions need \(any,\)"),
        (lambda: plots.null_margins([[1, 2]]), r"margins are \(1, 2\)"),
        (lambda: plots.null_margins([1, np.inf]), r"margins\[1\] is inf; every value must be finite"),
        (lambda: plots.null_margins([1, 2], NAN), r"threshold\[0\] is nan; every value must be finite"),
        (lambda: plots.null_margins([1, 2], labels=["a"]), "labels are 1; 2 margins need 2"),
        (lambda: plots.null_margins([1, 2], labels="ab"), "labels are the one string 'ab'"),
        (lambda: plots.null_margins([1, 2], answerable=[True]), r"answerable is bool \(1,\); 2 margins need bool"),
        (lambda: plots.null_margins([1, 2], answerable=[1, 0]), r"answerable is int64 \(2,\)"),
        (lambda: plots.precision_recall([], [], []), r"thresholds are \(0,\); N thresholds need \(any,\)"),
        (lambda: plots.precision_recall(TWO, [0, 1], [1, 0]), "thresholds are not an array of real numbers"),
        (lambda: plots.precision_recall([0, 1], [0, 1, 1], [1, 0]), r"precision are \(3,\); 2 thresholds need \(2,\)"),
        (lambda: plots.precision_recall([0, 1], [0, 1], [1]), r"recall are \(1,\); 2 thresholds need \(2,\)"),
        (lambda: plots.precision_recall([0, 1], [0, 1], [1, 0], f1=[1]), r"f1 are \(1,\)"),
        (lambda: plots.precision_recall([0, 1], [0, 1.2], [1, 0]), r"precision\[1\] is 1.2; .* between 0 and 1"),
        (lambda: plots.precision_recall([0, 1], [0, np.inf], [1, 0]), r"precision\[1\] is inf"),
        (lambda: plots.precision_recall([0, NAN], [0, 1], [1, 0]), r"thresholds\[1\] is nan"),
        (lambda: plots.precision_recall([0, 2, 0], [0, 1, 1], [1, 0, 0]), "thresholds have 0 twice; give each once"),
        (lambda: plots.precision_recall([0, 1], [0, 1], [1, 0], chosen=1.5), "chosen is 1.5; the thresholds run"),
        (lambda: plots.precision_recall([0, 1], [0, 1], [1, 0], chosen=NAN), r"chosen\[0\] is nan"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message) as caught:
        draw()
    assert "\n" not in str(caught.value) and plt.get_fignums() == []
