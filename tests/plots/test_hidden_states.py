"""What changes from layer to layer."""

import numpy as np
import pytest

from encoder_lab import plots
from tests.plots.pictures import drawn_labels


def test_layer_change_has_a_row_for_each_token_and_a_column_for_each_layer():
    change = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 1.5]])
    ax = plots.layer_change(["a", "b", "c"], change)
    np.testing.assert_array_equal(ax.images[0].get_array(), change.T)
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == ["0", "1"]
    assert [text.get_text() for text in ax.texts] == ["0.10", "0.40", "0.20", "0.50", "0.30", "1.50"]


def test_layer_similarity_tells_its_curves_apart_without_colour():
    curves = {f"pair {number}": np.linspace(1, 0.9 - number / 5, 7) for number in range(6)}
    ax = plots.layer_similarity(curves, title="bank and bank")
    assert len({(line.get_marker(), line.get_linestyle()) for line in ax.lines[:6]}) == 6
    assert ax.get_ylim()[0] == pytest.approx(-0.28) and ax.get_ylim()[1] == pytest.approx(1.03)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(curves)
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == ["0\nembeddings", "1", "2", "3", "4", "5", "6"]


def test_layer_similarity_keeps_0_and_1_in_view():
    low, high = plots.layer_similarity({"bank": [0.99, 0.98, 0.97]}).get_ylim()
    assert low <= 0 and high >= 1
