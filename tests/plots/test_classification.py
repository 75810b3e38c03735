"""Labels: probabilities with thresholds, logits beside probabilities, precision and recall, which for which."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from encoder_lab import plots
from tests.plots.pictures import EYE, TWO, drawn_labels

LABELS = ["joy", "anger", "love"]


def lightness(colour) -> float:
    return sum(to_rgba(colour)[:3])


def test_label_probabilities_keep_their_order_and_show_each_threshold():
    ax = plots.label_probabilities(LABELS, [0.1, 0.75, 0.4], thresholds=[0.3, 0.5, 0.4], highlight=["love"], title="so")
    assert ax.get_xlim() == (0, 1) and "0 to 1" in ax.get_xlabel() and ax.get_title() == "so"
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["joy", "anger", "▶ love"]
    assert ax.yaxis_inverted()  # the first is on top
    assert [bar.get_width() for bar in ax.patches] == [0.1, 0.75, 0.4]
    assert [round(bar.get_y() + bar.get_height() / 2, 9) for bar in ax.patches] == [0, 1, 2]
    ticks = ax.collections[-1].get_segments()
    assert [(tick[0, 0], tick[:, 1].mean()) for tick in ticks] == [(0.3, 0), (0.5, 1), (0.4, 2)]
    assert [text.get_text() for text in ax.texts] == ["0.1000", "✓ 0.7500", "✓ 0.4000"]  # at the threshold is enough


def test_labels_that_reach_their_threshold_are_told_apart_in_grey():
    ax = plots.label_probabilities(LABELS, [0.4, 0.5, 0.6], thresholds=0.5)
    below, at, above = (lightness(bar.get_facecolor()) for bar in ax.patches)
    assert at == above < below - 1
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["threshold", "✓ at or above it", "below it"]


def test_without_thresholds_no_label_is_marked():
    ax = plots.label_probabilities(LABELS, [0.1, 0.75, 0.00001])
    assert [text.get_text() for text in ax.texts] == ["0.1000", "0.7500", "1.0 × 10⁻⁵"]
    assert len({bar.get_facecolor() for bar in ax.patches}) == 1
    assert list(ax.collections) == [] and ax.get_legend().get_texts() == []


def test_before_and_after_is_three_panels_with_the_same_rows():
    axes = plots.before_and_after(LABELS, [2, -1, 0.5], [0.88, 0.27, 0.62], [0.786, 0.039, 0.175], title="a text")
    assert [ax.get_title() for ax in axes] == ["logits", "sigmoid", "softmax"]
    widths = [[bar.get_width() for bar in ax.patches] for ax in axes]
    assert widths == [[2, -1, 0.5], [0.88, 0.27, 0.62], [0.786, 0.039, 0.175]]
    low, high = axes[0].get_xlim()
    assert low == -high and high > 2  # logits are drawn around 0
    assert [ax.get_xlim() for ax in axes[1:]] == [(0, 1), (0, 1)]
    assert len({ax.get_ylim() for ax in axes}) == 1
    assert [label.get_text() for label in drawn_labels(axes[0].yaxis)] == LABELS
    assert [text.get_text() for text in axes[0].texts] == ["2.00", "−1.00", "0.50"]
    assert "sum 1.77" in axes[1].get_xlabel() and "sum 1.00" in axes[2].get_xlabel()
    assert axes[0].figure.get_suptitle() == "a text"


def test_before_and_after_draws_in_a_given_figure():
    figure = plt.figure(7)
    axes = plots.before_and_after(TWO, [0, 0], [0.5, 0.5], [0.5, 0.5], figure=figure)
    assert [ax.figure for ax in axes] == [figure] * 3 and plt.get_fignums() == [7]


def test_label_scores_put_each_number_on_its_row():
    scores = {"precision": [0.5, 0.9, 0.2], "recall": [0.25, 1, 0.6], "F1": [1 / 3, 0.95, 0.3]}
    ax = plots.label_scores(LABELS, scores["precision"], scores["recall"], f1=scores["F1"], support=[7, 120, 3])
    assert {line.get_label(): line.get_xdata().tolist() for line in ax.lines} == scores
    assert all(line.get_ydata().tolist() == [0, 1, 2] for line in ax.lines)
    assert len({line.get_marker() for line in ax.lines}) == 3  # told apart in grey
    joined = [sorted(segment[:, 0].tolist()) for segment in ax.collections[0].get_segments()]
    assert joined == [[0.25, 0.5], [0.9, 1], [0.2, 0.6]]
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == LABELS and ax.yaxis_inverted()
    assert [label.get_text() for label in drawn_labels(ax.child_axes[0].yaxis)] == ["7", "120", "3"]
    assert ax.child_axes[0].yaxis.get_view_interval().tolist() == ax.yaxis.get_view_interval().tolist()
    low, high = ax.get_xlim()
    assert low <= 0 and high >= 1 and high - low < 1.1


def test_a_label_never_predicted_or_in_no_text_is_named_as_such():
    ax = plots.label_scores(LABELS, [np.nan, 0, np.nan], [0, np.nan, np.nan])
    assert [text.get_text() for text in ax.texts] == ["never predicted", "in no text", "never predicted and in no text"]
    assert [text.xy[1] for text in ax.texts] == [0, 1, 2]
    assert "at the right" not in ax.get_xlabel() and list(ax.child_axes) == []


def test_co_occurrence_has_true_labels_down_and_predicted_ones_across():
    shares = np.array([[0.8, 0.3, 0], [0.1, 0.5, 0.004], [0, 1, 0.2]])
    ax = plots.co_occurrence(LABELS, shares, title="which for which")
    assert (ax.get_ylabel(), ax.get_xlabel(), ax.get_title()) == ("true label", "predicted label", "which for which")
    np.testing.assert_array_equal(ax.images[0].get_array(), shares)
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == LABELS
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == LABELS
    written = {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in ax.texts}
    assert written[0, 1] == "0.30" and written[0, 2] == "0" and written[1, 2] == "<0.01" and written[2, 1] == "1.00"
    assert list(ax.patches) == []


def test_a_label_without_texts_has_a_hatched_row():
    shares = np.eye(3)
    shares[1] = np.nan
    ax = plots.co_occurrence(LABELS, shares)
    (row,) = ax.patches
    assert (row.get_y(), row.get_height(), row.get_width()) == (0.5, 1, 3) and row.get_hatch()
    assert [text.get_text() for text in ax.texts][3:6] == [""] * 3


def test_given_axes_are_drawn_on_and_nothing_else_is_opened():
    _, (left, right) = plt.subplots(1, 2)
    assert plots.label_probabilities(TWO, [0.1, 0.2], thresholds=0.5, ax=left) is left
    assert plots.label_scores(TWO, [0.1, 0.2], [0.3, 0.4], support=[1, 2], ax=right) is right
    assert plots.co_occurrence(TWO, EYE, ax=left) is left
    assert plt.get_fignums() == [1] and len(left.figure.axes) == 2


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.label_probabilities(TWO, [0.1]), r"probabilities are \(1,\); 2 labels need \(2,\)"),
        (lambda: plots.label_probabilities(TWO, [2.5, -1]), r"probabilities\[0\] is 2.5; they must lie between"),
        (lambda: plots.label_probabilities(TWO, [0, np.nan]), r"probabilities\[1\] is nan; every value must be finite"),
        (lambda: plots.label_probabilities(TWO, [0, 1], thresholds=[0.5]), r"thresholds are \(1,\); 2 labels need"),
        (lambda: plots.label_probabilities(TWO, [0, 1], thresholds=50), r"thresholds\[0\] is 50; they must lie"),
        (lambda: plots.label_probabilities(TWO, [0, 1], highlight=["c"]), "highlight has 'c', which is none of"),
        (lambda: plots.label_probabilities(TWO, [0, 1], highlight="a"), "highlight are the one string 'a'"),
        (lambda: plots.before_and_after(TWO, [1], [0, 1], [0, 1]), r"logits are \(1,\); 2 labels need \(2,\)"),
        (lambda: plots.before_and_after(TWO, [1, 2], [1, 2], [0, 1]), r"sigmoid\[1\] is 2"),
        (lambda: plots.before_and_after(TWO, [1, 2], [0, 1], [0.7, 0.9]), "softmax sum to 1.6; they must sum to 1, so"),
        (lambda: plots.label_scores(TWO, [0, 1], [1]), r"recall are \(1,\)"),
        (lambda: plots.label_scores(TWO, [0, np.inf], [0, 1]), r"precision\[1\] is inf"),
        (lambda: plots.label_scores(TWO, [0, 1], [0, 1], f1=[0, 3]), r"f1\[1\] is 3"),
        (lambda: plots.label_scores(TWO, [0, 1], [0, 1], support=[3, -1]), r"support\[1\] is -1"),
        (lambda: plots.label_scores(TWO, None, [0, 1]), r"precision are \(\); 2 labels need"),
        (lambda: plots.co_occurrence(TWO, np.zeros((2, 3))), r"shares are \(2, 3\); 2 labels need \(2, 2\)"),
        (lambda: plots.co_occurrence(TWO, [[1, 0], [np.nan, 0]]), r"shares\[1\] are NaN in part; give NaN for"),
        (lambda: plots.co_occurrence(TWO, EYE * 2), r"shares\[0, 0\] is 2"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message) as caught:
        draw()
    assert "\n" not in str(caught.value)
    assert plt.get_fignums() == []  # refused before a figure was opened
