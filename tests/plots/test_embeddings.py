"""Embedding parts, norms and similarities."""

import matplotlib.pyplot as plt
import numpy as np

from encoder_lab import plots
from tests.plots.pictures import draw_parts, similarities, words


def test_embedding_parts_share_a_scale_around_0_and_the_output_has_its_own():
    word, position, segment = np.random.default_rng(5).normal(0, [[[0.05]], [[0.02]], [[0.01]]], (3, 5, 20))
    total = word + position + segment
    axes = plots.embedding_parts(words(5), word, position, segment, total, 9 * total, dimensions=7, title="a pair")
    assert [ax.get_title() for ax in axes] == ["word", "+ position", "+ segment", "= sum", "→ LayerNorm"]
    for ax, values in zip(axes, (word, position, segment, total, 9 * total), strict=True):
        np.testing.assert_allclose(ax.images[0].get_array(), values[:, :7])
    limits = [ax.images[0].get_clim() for ax in axes]
    assert limits[0] == limits[1] == limits[2] == limits[3] == (-limits[0][1], limits[0][1])
    assert limits[4] == (-limits[4][1], limits[4][1]) and limits[4][1] > 5 * limits[0][1]
    negative = {(place, column) for place, column in np.argwhere(word[:, :7] < -0.1 * limits[0][1]).tolist()}
    marks = {(round(row), round(column)) for column, row in axes[0].collections[0].get_offsets()}
    assert marks == negative  # the sign is seen in grey, too
    assert "first 7 of 20" in axes[0].get_xlabel()


def test_embedding_parts_without_segments():
    axes = plots.embedding_parts(
        ["<s>", "hi"], *np.ones((2, 2, 3)), None, np.ones((2, 3)), np.ones((2, 3)), dimensions=3
    )
    assert [ax.get_title() for ax in axes] == ["word", "+ position", "= sum", "→ LayerNorm"]


def test_the_sum_still_holds_where_a_row_is_the_mean_of_neighbours():
    draw_parts(words(301))
    word, position, segment, total = (np.asarray(ax.images[0].get_array()) for ax in plt.gcf().axes[:4])
    assert word.shape == (51, 16)
    np.testing.assert_allclose(word + position + segment, total, atol=1e-12)
    assert plt.gcf().axes[0].get_ylabel() == "each row: mean of 6 neighbouring tokens"


def test_all_zero_vectors_are_drawn():
    axes = plots.embedding_parts(["[PAD]"], *np.zeros((5, 1, 4)), dimensions=4)
    axes[0].figure.canvas.draw()
    assert {ax.images[0].get_clim() for ax in axes} == {(-1, 1)}  # so that 0 is drawn as 0
    plots.embedding_norms(["[PAD]"], {"word": [0.0]}).figure.canvas.draw()


def test_embedding_norms_start_at_0_and_differ_in_marker():
    norms = {name: [1.0, 2, 3] for name in ("word", "position", "segment", "sum", "output", "more")}
    ax = plots.embedding_norms(["a", "b", "c"], norms)
    assert ax.get_xlim()[0] == 0 and "L2 norm" in ax.get_xlabel()
    assert [line.get_label() for line in ax.lines] == list(norms)
    assert len({line.get_marker() for line in ax.lines}) == 6
    assert ax.lines[0].get_xydata().tolist() == [[1, 0], [2, 1], [3, 2]]


def test_similarity_map_is_drawn_from_minus_1_to_1_around_0():
    matrix = [[1, -0.305, 0.2], [-0.305, 1, 0], [0.2, 0, 1]]
    ax = plots.similarity_map(["bank", "bat", "river"], matrix)
    assert ax.images[0].get_clim() == (-1, 1)
    assert [text.get_text() for text in ax.texts][:4] == ["1.00", "−0.30", "0.20", "−0.30"]
    red, green, blue, _ = ax.images[0].cmap(ax.images[0].norm(0))
    assert max(red, green, blue) - min(red, green, blue) < 0.01  # 0 has no colour


def test_what_is_negative_is_marked_where_numbers_have_no_room():
    ax = plots.similarity_map(words(20), similarities(20))
    assert list(ax.texts) == []
    assert len(ax.collections[0].get_offsets()) == (similarities(20) < -0.1).sum() > 0
