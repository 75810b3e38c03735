"""Ranked answers, and the answers at every position."""

import numpy as np
from matplotlib.colors import to_rgba

from encoder_lab import plots
from encoder_lab.plots.axis_labels import readable
from tests.plots.pictures import distribution, drawn_labels, words


def test_probability_bars_are_ranked_on_0_to_1_with_their_number():
    ax = plots.probability_bars(["no", "it", "yes"], [5.27e-6, 0.95, 0.1745], title="say [MASK]!")
    assert ax.get_xlim() == (0, 1) and "0 to 1" in ax.get_xlabel()
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["it", "yes", "no"]
    assert [bar.get_width() for bar in ax.patches] == [0.95, 0.1745, 5.27e-6]
    assert [text.get_text() for text in ax.texts] == ["0.9500", "0.1745", "5.3 × 10⁻⁶"]
    assert ax.yaxis_inverted()  # the first is on top
    long_bar, number = ax.patches[0].get_window_extent(), ax.texts[0].get_window_extent()
    assert long_bar.x0 < number.x0 and number.x1 < long_bar.x1  # a number beside a long bar would leave the picture


def test_more_than_30_answers_are_counted_not_crammed():
    ax = plots.probability_bars(words(300), np.linspace(0.3, 0.001, 300))
    assert len(ax.patches) == 30 and "270 more answers, none above 0.27" in ax.get_xlabel()
    assert "more" not in plots.probability_bars(words(30), np.full(30, 0.1)).get_xlabel()


def test_position_distribution_lets_the_arg_max_be_read_off_everywhere():
    tokens = ["[CLS]", "say", "[MASK]", "!", "[SEP]"]
    choices = [[".", "the"], ["say", "tell"], ["it", "yes"], ["!", "."], [".", "!"]]
    probabilities = [[0.04, 0.005], [0.83, 0.1], [0.33, 0.004], [0.9999, 0.00001], [0.998, 0.001]]
    ax = plots.position_distribution(tokens, choices, probabilities, [2])
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["[CLS]", "say", "▶ [MASK]", "!", "[SEP]"]
    texts = [text.get_text() for text in ax.texts]
    assert texts == [".", "0.04", "say", "0.83", "tell", "0.10", "it", "0.33", "yes", "<0.01", "!", "1.00", ".", "1.00"]
    frame = ax.patches[-1]
    assert (frame.get_y(), frame.get_height()) == (1.5, 1) and frame.get_edgecolor() == to_rgba("#d55e00")


def test_a_long_text_keeps_its_masks_and_the_arg_max_beside_the_labels():
    tokens = words(300)
    choices = [[f"best{place}", "other"] for place in range(300)]
    ax = plots.position_distribution(tokens, choices, distribution(300, 2), [101, 203])
    ax.figure.canvas.draw()
    left = [label.get_text() for label in drawn_labels(ax.yaxis)]
    right = [label.get_text() for label in drawn_labels(ax.child_axes[0].yaxis)]
    assert {"101 ▶ " + readable(tokens[101]), "203 ▶ " + readable(tokens[203])} < set(left)
    assert right == [f"{label.split()[0]} best{label.split()[0]}" for label in left]
    assert list(ax.texts) == []
