"""Bad input is refused in one sentence, before a figure is opened."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from encoder_lab import plots
from tests.plots.pictures import EYE, TWO


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.attention_map(np.eye(3), TWO), r"weights are \(3, 3\); 2 tokens that look and 2 .* \(2, 2\)"),
        (lambda: plots.attention_map(np.eye(2)[None], TWO), r"weights are \(1, 2, 2\)"),
        (lambda: plots.attention_map([[0.5, np.nan], [0, 1]], TWO), r"weights\[0, 1\] is nan; every value must be fin"),
        (lambda: plots.attention_map([[0.5, 0.5], [1.5, 0]], TWO), r"weights\[1, 0\] is 1.5; .* between 0 and 1"),
        (lambda: plots.attention_map([[0.5, -0.5], [1, 0]], TWO), r"weights\[0, 1\] is -0.5"),
        (lambda: plots.attention_map([[1], [1, 2]], TWO), "weights are not an array of real numbers"),
        (lambda: plots.attention_map([["x", "y"]] * 2, TWO), "weights are not an array of real numbers"),
        (lambda: plots.attention_map(EYE * 1j, TWO), "weights are not an array of real numbers"),
        (lambda: plots.head_grid(EYE, TWO), r"weights are \(2, 2\); H heads, .* need \(any, 2, 2\)"),
        (lambda: plots.head_grid(np.zeros((0, 2, 2)), TWO), r"weights are \(0, 2, 2\)"),
        (lambda: plots.probability_bars(TWO, [0.1]), r"probabilities are \(1,\); 2 labels need \(2,\)"),
        (lambda: plots.probability_bars(TWO, [3.1, -2]), r"probabilities\[0\] is 3.1; they must lie between 0 and 1"),
        (lambda: plots.probability_bars(TWO, [0.1, np.inf]), r"probabilities\[1\] is inf"),
        (lambda: plots.position_distribution(TWO, [["x"]], [[1]]), "choices are 1 rows; 2 tokens need 2 rows"),
        (lambda: plots.position_distribution(TWO, [["x"], ["x", "y"]], EYE), "2 rows of one length"),
        (lambda: plots.position_distribution(TWO, ["xy", "xy"], EYE), r"choices\[0\] are the one string 'xy'"),
        (lambda: plots.position_distribution(TWO, [TWO] * 2, [[0.1, 0.2], [1, 0]]), r"probabilities\[0\] rise"),
        (lambda: plots.position_distribution(TWO, [TWO] * 2, [[1, 0]] * 2, [2]), "mask position 2 is outside"),
        (lambda: plots.embedding_parts(TWO, *[EYE] * 4, np.eye(3), dimensions=2), r"output are \(3, 3\); 2 tokens"),
        (lambda: plots.embedding_parts(TWO, *[EYE] * 5), "dimensions is 16; the vectors have 2, so give 1 to 2"),
        (lambda: plots.embedding_parts(TWO, *[EYE] * 5, dimensions=0), "dimensions is 0"),
        (lambda: plots.embedding_norms(TWO, {}), "norms are empty"),
        (lambda: plots.embedding_norms(TWO, {"word": [1, -1]}), r"norms\['word'\]\[1\] is -1"),
        (lambda: plots.embedding_norms(TWO, {str(n): [1, 1] for n in range(7)}), "norms are 7; at most 6"),
        (lambda: plots.layer_change(TWO, np.zeros((2, 3))), r"change are \(2, 3\); L layers and 2 tokens need"),
        (lambda: plots.layer_change(TWO, [[0, 2.5]]), r"change\[0, 1\] is 2.5; they must lie between 0 and 2"),
        (lambda: plots.layer_similarity({"a": [1, 0.5], "b": [1]}), r"curves\['b'\] are \(1,\); 2 hidden states"),
        (lambda: plots.layer_similarity({"a": [1, 1.5]}), r"curves\['a'\]\[1\] is 1.5"),
        (lambda: plots.layer_similarity({}), "curves are empty"),
        (lambda: plots.similarity_map(TWO, np.zeros((2, 3))), r"similarities are \(2, 3\); 2 labels need \(2, 2\)"),
        (lambda: plots.similarity_map(TWO, EYE - 2), r"similarities\[0, 1\] is -2; they must lie between -1 and 1"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message) as caught:
        draw()
    assert "\n" not in str(caught.value)
    assert plt.get_fignums() == []  # refused before a figure was opened


def test_what_rounding_leaves_outside_the_range_is_drawn_on_its_edge():
    image = plots.attention_map([[1.00005, -0.00005], [0, 1]], TWO).images[0]
    assert image.get_array().max() == 1 and image.get_array().min() == 0


def test_anything_numpy_reads_is_an_array():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.eye(2, dtype=np.float16)

    np.testing.assert_array_equal(plots.attention_map(Tensor(), TWO).images[0].get_array(), EYE)
