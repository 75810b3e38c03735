"""Maps of heads, of patched vectors, and of two texts apart."""

import re

import numpy as np
import pytest

from encoder_lab import plots
from tests.plots.pictures import ODD, drawn_labels, overlaps


def test_head_effects_are_coloured_around_0_and_written_into_their_cells():
    effects = np.array([[0.5, -2.0, 0.0], [-0.004, 1.0, 0.25]])
    ax = plots.head_effects(effects, title="heads")
    np.testing.assert_array_equal(ax.images[0].get_array(), effects)
    assert ax.images[0].get_clim() == (-2, 2)
    assert [text.get_text() for text in ax.texts] == ["0.50", "−2.00", "0.00", "0.00", "1.00", "0.25"]
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == ["0", "1", "2"]
    assert ax.figure.axes[1].get_ylabel() == "change of the logit\nwith the head off"


def test_many_heads_have_marks_for_what_is_clearly_negative():
    effects = np.where(np.arange(24) % 2, 1.0, -1.0) * np.ones((24, 1))
    ax = plots.head_effects(effects)
    assert not ax.texts and len(ax.collections[0].get_offsets()) == 24 * 12
    assert not plots.head_effects(np.zeros((2, 3))).images[0].get_array().any()


def test_a_patch_map_is_grey_where_there_is_no_number():
    effects = np.array([[1.0, np.nan], [-3.0, np.nan], [0.0, np.nan]])
    ax = plots.patch_map(["a / c", "b"], effects)
    assert ax.images[0].get_clim() == (-3, 3)
    assert [text.get_text() for text in ax.texts] == ["1.00", "−3.00", "0.00", "", "", ""]
    assert tuple(ax.images[0].cmap(np.nan)) == (0.85, 0.85, 0.85, 1)
    assert plots.patch_map(["a"], [[np.nan]]).images[0].get_clim() == (-1, 1)


def test_distances_are_on_0_to_1_and_changed_tokens_are_marked():
    ax = plots.counterfactual_distance(["a", "b / c"], [[0.0, 1.0], [0.01, 0.5]], [False, True])
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["a", "▶ b / c"]
    assert [text.get_text() for text in ax.texts] == ["0.00", "0.01", "1.00", "0.50"]


def test_a_lens_table_has_a_word_in_each_cell_and_the_answer_bold():
    words = [["one", "two"], ["three", "internationalization"]]
    ax = plots.lens_table(["[CLS]", "x"], words, [[0.1, 0.2], [0.3, 0.9]])
    written = {tuple(map(int, text.get_position())): text for text in ax.texts}
    assert written[0, 0].get_text() == "one" and written[0, 1].get_text() == "two"
    assert written[1, 0].get_text() == "three" and written[1, 1].get_text().startswith("internat")
    assert [written[state, 0].get_weight() for state in (0, 1)] == ["normal", "bold"]
    np.testing.assert_array_equal(ax.images[0].get_array(), [[0.1, 0.3], [0.2, 0.9]])
    assert ax.images[0].get_clim() == (0, 1)


@pytest.mark.parametrize("tokens, states", [(ODD, 7), (["internationalization"] * 26, 13)])
def test_the_words_of_a_lens_table_stay_in_their_cells(tokens, states):
    ax = plots.lens_table(tokens, [tokens] * states, np.full((states, len(tokens)), 0.5))
    ax.figure.canvas.draw()
    assert overlaps(ax.texts) == []


def test_an_attribution_has_a_panel_a_method_on_one_scale():
    axes = plots.attribution(["a", "b", "c"], {"first": [1.0, -4.0, 0.0], "second": [0.1, 0.1, 0.1]}, title="shares")
    assert [bar.get_width() for bar in axes[0].patches] == [1.0, -4.0, 0.0]
    assert axes[0].get_xlim() == axes[1].get_xlim() == (-6, 6)
    assert [ax.get_title() for ax in axes] == ["first", "second"]
    assert [text.get_text() for text in axes[0].texts] == ["1.00", "−4.00", "0.00"]
    assert axes[0].get_xlabel() == "sum −3.00"
    assert axes[0].patches[0].get_facecolor() != axes[0].patches[1].get_facecolor()


@pytest.mark.parametrize(
    "draw, words",
    [
        (lambda: plots.head_effects([1.0, 2.0]), "effects are (2,); L layers and H heads need (any, any)"),
        (lambda: plots.head_effects(np.zeros((25, 2))), "effects are (25, 2); at most (24, 24)"),
        (lambda: plots.head_effects([[np.nan]]), "every value must be finite"),
        (lambda: plots.patch_map(["a"], [[1.0, 2.0]]), "L + 1 hidden states and 1 tokens need (any, 1)"),
        (lambda: plots.patch_map(["a"], [[np.inf]]), "every value must be finite"),
        (lambda: plots.patch_map("ab", [[1.0, 2.0]]), "tokens are the one string 'ab'"),
        (lambda: plots.counterfactual_distance(["a"], [[2.5]]), "they must lie between 0 and 2"),
        (lambda: plots.counterfactual_distance(["a"], [[0.5]], [True, False]), "changed are 2; 1 tokens need one each"),
        (lambda: plots.lens_table(["a"], [["b", "c"]], [[0.5]]), "words are 1 rows of [2]; 1 to 13 hidden states"),
        (lambda: plots.lens_table(["a"], [], []), "words are 0 rows"),
        (lambda: plots.lens_table(["a"], [["b"]], [[1.5]]), "they must lie between 0 and 1"),
        (lambda: plots.lens_table(["a"] * 27, [["b"] * 27], [[0.5] * 27]), "tokens are 27; at most 26"),
        (lambda: plots.attribution(["a"], {}), "methods are empty"),
        (lambda: plots.attribution(["a"], dict.fromkeys("abcde", [1.0])), "methods are 5; at most 4"),
        (lambda: plots.attribution(["a"], {"x": [1.0, 2.0]}), "scores['x'] are (2,); 1 tokens need (1,)"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        draw()
