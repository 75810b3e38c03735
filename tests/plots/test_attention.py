"""One head and all heads: scales, rows, columns and numbers."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from encoder_lab import plots
from tests.plots.pictures import attention, drawn_labels, overlaps, words


def test_attention_map_has_rows_that_look_and_columns_looked_at():
    weights = np.array([[0.9, 0.1, 0.0], [0.25, 0.25, 0.5]])
    ax = plots.attention_map(weights, ["he", "ran"], ["er", "lief", "."], title="cross")
    assert (ax.get_ylabel(), ax.get_xlabel(), ax.get_title()) == ("looks", "looked at", "cross")
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["he", "ran"]
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == ["er", "lief", "."]
    np.testing.assert_array_equal(ax.images[0].get_array(), weights)
    written = {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "0.90", (0, 1): "0.10", (0, 2): "0", (1, 0): "0.25", (1, 1): "0.25", (1, 2): "0.50"}


@pytest.mark.parametrize("weights", [np.full((5, 5), 0.2), np.eye(5), attention(30, 30)[:5, :5]])
def test_attention_is_always_drawn_from_0_to_1_darker_for_more(weights):
    image = plots.attention_map(weights, words(5)).images[0]
    assert image.get_clim() == (0, 1)
    lightness = [sum(image.cmap(image.norm(weight))[:3]) for weight in (0, 0.01, 0.1, 0.3, 0.6, 1)]
    assert lightness == sorted(lightness, reverse=True) and len(set(lightness)) == 6  # told apart in grey


def test_a_lone_strong_weight_is_not_lost_in_a_long_text():
    weights = np.zeros((2, 300, 300))
    weights[:, 299, 1] = 0.9
    for image in [ax.images[0] for ax in plots.head_grid(weights, words(300))]:
        assert image.get_array().max() == 0.9
        assert image.get_array()[-1, 0] == 0.9
    ax = plots.attention_map(weights[0], words(300))
    assert ax.images[0].get_array()[-1, 0] == 0.9 and ax.texts[:] == []
    assert "strongest of each 4 × 4 tokens" in ax.figure.axes[-1].get_ylabel()


@pytest.mark.parametrize(("size", "written"), [(3, 9), (12, 0)])
def test_numbers_are_written_only_where_they_fit(size, written):
    _, axes = plt.subplots(1, 4, figsize=(8.8, 2.6), layout="constrained")
    ax = plots.attention_map(attention(size, size), words(size), ax=axes[0])
    assert len(ax.texts) == written and overlaps(ax.texts) == []


@pytest.mark.parametrize("heads", [1, 3, 4, 5, 12, 16])
def test_head_grid_draws_every_head_once_on_one_scale(heads):
    weights = attention(heads, 7, 5)
    axes = plots.head_grid(weights, words(7), words(5), title="layer 3")
    assert [ax.get_title() for ax in axes] == [f"head {head}" for head in range(heads)]
    for head, ax in enumerate(axes):
        np.testing.assert_array_equal(ax.images[0].get_array(), weights[head])
        assert ax.images[0].get_clim() == (0, 1)
        assert len(drawn_labels(ax.yaxis)) == (7 if head % 4 == 0 else 0)
        assert len(drawn_labels(ax.xaxis)) == (5 if head + 4 >= heads else 0)
    assert len(axes[0].figure.axes) == heads + 1  # and the colour bar
    assert axes[0].figure.get_suptitle() == "layer 3"
