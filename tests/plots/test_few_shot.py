"""Few-shot: the learning curve, and sentence vectors as a map."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from encoder_lab import plots
from encoder_lab.plots.axis_labels import readable
from tests.plots.pictures import EYE, ODD, TWO, drawn_labels, overlaps, png, words
from tests.plots.pictures_of_labels import all_texts, draw_curve, logits

ACCURACY = np.array([[0.2, 0.5, 0.2], [0.6, 0.7, 0.8], [0.9, 0.9, 0.9]])  # (K, seeds)


def test_learning_curve_draws_the_mean_and_a_band_from_lowest_to_highest():
    ax = plots.learning_curve([2, 8, 32], {"probe": ACCURACY}, title="ten topics")
    (line,) = ax.lines
    np.testing.assert_allclose(line.get_ydata(), [0.3, 0.7, 0.9])
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    for place, low, high in zip(line.get_xdata(), [0.2, 0.6, 0.9], [0.5, 0.8, 0.9], strict=True):
        here = corners[np.isclose(corners[:, 0], place), 1]
        assert (here.min(), here.max()) == (low, high)
    assert ax.get_ylim() == (0, 1) and "0 to 1" in ax.get_ylabel() and ax.get_title() == "ten topics"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["probe", "lowest to highest seed"]


def test_examples_stand_in_powers_of_two_and_0_apart_from_them():
    ax = plots.learning_curve([0, 1, 2, 8, 32], {"probe": np.full((5, 1), 0.5)})
    zero, *rest = ax.lines[0].get_xdata()
    assert rest == [0, 1, 3, 5] and zero < -1
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == ["0", "1", "2", "8", "32"]
    assert ax.get_xticks().tolist() == [zero, *rest]
    assert [text.get_text() for text in ax.texts] == ["//"] and zero < ax.texts[0].get_position()[0] < 0
    assert list(plots.learning_curve([2, 8], {"probe": EYE}).texts) == []  # no 0, no break


def test_zero_shot_is_a_mark_at_0_examples_and_a_line_across():
    ax = plots.learning_curve([2, 8, 32], {"probe": ACCURACY}, zero_shot=0.7, chance=0.1)
    across, mark, chance = ax.lines[1:]
    assert list(across.get_ydata()) == [0.7, 0.7] and list(chance.get_ydata()) == [0.1, 0.1]
    assert mark.get_xdata()[0] == ax.get_xticks()[0] < 0 and mark.get_ydata()[0] == 0.7
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == ["0", "2", "8", "32"]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["probe", "lowest to highest seed", "zero-shot: labels alone", "chance"]


def test_methods_are_told_apart_without_colour():
    ax = plots.learning_curve([2, 8, 32], {str(number): ACCURACY / (number + 1) for number in range(6)})
    assert len({(line.get_marker(), line.get_linestyle()) for line in ax.lines}) == 6


def test_one_seed_has_no_spread_and_many_numbers_thin_their_labels():
    ax = plots.learning_curve(range(65), {"probe": np.linspace(0, 1, 65)[:, None]})
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["probe"]
    assert overlaps(all_texts(ax.figure)) == [] and len(drawn_labels(ax.xaxis)) >= 8
    assert plots.learning_curve([0], {"untrained": [[0.1]]}).get_xticks().size == 1


@pytest.mark.parametrize("names", [words(1), words(5)[1:], ODD[:6]], ids=["one", "four", "odd"])
def test_a_curve_fits_the_notebook_whatever_the_methods_are_called(names):
    ax = draw_curve(names)
    data = png(ax.figure)
    width, height = Image.open(io.BytesIO(data)).size
    assert len(data) < 100_000 and width <= 900 and height <= 920
    assert overlaps(all_texts(ax.figure)) == []
    assert [text.get_text() for text in ax.get_legend().get_texts()][: len(names)] == [readable(n, 24) for n in names]


def points(ax) -> list[np.ndarray]:
    """What is drawn, in the order of drawing, without the legend's own marks and the rims."""
    return [line.get_xydata() for line in ax.lines if len(line.get_xdata()) and line.get_color() != "white"]


@pytest.mark.parametrize("seed", range(8))
def test_vector_map_shows_the_plane_of_most_variance_and_leaves_no_sign_to_the_machine(seed):
    noise = np.random.default_rng(seed)
    vectors, classes = noise.normal(size=(20, 5)) * [3, 1, 2, 0.5, 1] + 7, np.arange(20) % 3
    centroids, queries = noise.normal(size=(3, 5)), noise.normal(size=(4, 5))
    ax = plots.vector_map(vectors, classes, ["a", "b", "$"], centroids=centroids, queries=queries, title="a map")
    middle = vectors.mean(axis=0)
    _, sizes, directions = np.linalg.svd(vectors - middle)
    largest = np.abs(directions[:2]).argmax(axis=1)
    plane = directions[:2] * np.sign(directions[[0, 1], largest])[:, None]  # its largest number is positive
    drawn = points(ax)
    assert len(drawn) == 3 + 3 + 1
    for number in range(3):
        np.testing.assert_allclose(drawn[number], (vectors[classes == number] - middle) @ plane.T, atol=1e-10)
        np.testing.assert_allclose(drawn[3 + number], (centroids[[number]] - middle) @ plane.T, atol=1e-10)
    np.testing.assert_allclose(drawn[6], (queries - middle) @ plane.T, atol=1e-10)
    shares = sizes**2 / (sizes**2).sum()
    for axis, number, share in ((ax.xaxis, 1, 0), (ax.yaxis, 2, 1)):
        assert axis.get_label_text().startswith(f"component {number}\n")
        assert f"{100 * shares[share]:.0f} % of the variance" in axis.get_label_text()
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["a", "b", r"\$", "centroid, in its class's mark", "query"]


def test_a_class_and_its_centroid_share_a_mark_that_no_other_class_has():
    vectors = logits(30, 4)
    ax = plots.vector_map(vectors, np.arange(30) % 10, [str(n) for n in range(10)], centroids=vectors[:10])
    marks = [(line.get_marker(), line.get_color()) for line in ax.lines if line.get_color() != "white"]
    assert marks[:10] == marks[10:20] and len({shape for shape, _ in marks[:10]}) == 10
    assert len({colour for _, colour in marks[:10]}) == 10


def test_a_map_has_one_scale_and_its_legend_covers_no_point():
    ax = plots.vector_map(logits(30, 4) * [9, 1, 1, 1], np.zeros(30, int), ["only"])
    ax.figure.canvas.draw()
    assert ax.get_aspect() == 1
    assert ax.get_legend().get_window_extent().x0 >= ax.get_window_extent().x1
    box = ax.get_window_extent()
    drawn = ax.transData.transform(points(ax)[0])
    assert (drawn > [box.x0, box.y0]).all() and (drawn < [box.x1, box.y1]).all()


def test_given_axes_are_drawn_on_and_nothing_else_is_opened():
    _, (left, right) = plt.subplots(1, 2)
    assert plots.learning_curve([1, 2], {"probe": EYE}, ax=left) is left
    assert plots.vector_map(EYE, [0, 1], TWO, ax=right) is right
    assert plt.get_fignums() == [1]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.learning_curve([2, 1], {"p": EYE}), r"examples are \[2.0, 1.0\]; give whole numbers in rising"),
        (lambda: plots.learning_curve([1, 1.5], {"p": EYE}), "give whole numbers in rising order, each once"),
        (lambda: plots.learning_curve([-1, 1], {"p": EYE}), r"examples\[0\] is -1"),
        (lambda: plots.learning_curve([1, 2], {}), "accuracy are empty"),
        (lambda: plots.learning_curve([1, 2], {str(n): EYE for n in range(7)}), "accuracy are 7; at most 6"),
        (lambda: plots.learning_curve([1, 2, 3], {"p": EYE}), r"accuracy\['p'\] are \(2, 2\); .* need \(3, any\)"),
        (lambda: plots.learning_curve([1, 2], {"p": [0.1, 0.2]}), r"accuracy\['p'\] are \(2,\)"),
        (lambda: plots.learning_curve([1, 2], {"p": EYE * 90}), r"accuracy\['p'\]\[0, 0\] is 90; they must lie"),
        (lambda: plots.learning_curve([1, 2], {"p": EYE}, zero_shot=71), r"zero_shot\[0\] is 71; they must lie"),
        (lambda: plots.learning_curve([1, 2], {"p": EYE}, chance=np.nan), r"chance\[0\] is nan"),
        (lambda: plots.vector_map(EYE, [0], TWO), r"classes are \(1,\); 2 vectors need \(2,\)"),
        (lambda: plots.vector_map(EYE, [0, 2], TWO), r"classes\[1\] is 2; 2 names need 0 to 1"),
        (lambda: plots.vector_map(EYE, [0, 0.5], TWO), r"classes\[1\] is 0.5; 2 names need 0 to 1"),
        (lambda: plots.vector_map(EYE, [0, -1], TWO), r"classes\[1\] is -1; 2 names need 0 to 1"),
        (lambda: plots.vector_map([1, 2], [0, 1], TWO), r"vectors are \(2,\); N sentences of width D need \(any, "),
        (lambda: plots.vector_map(EYE, [0, 1], TWO, centroids=EYE[:1]), r"centroids are \(1, 2\); 2 names, width 2,"),
        (lambda: plots.vector_map(EYE, [0, 1], TWO, queries=np.eye(3)), r"queries are \(3, 3\); .* need \(any, 2\)"),
        (lambda: plots.vector_map(EYE * 0 + 0.1, [0, 1], TWO), r"vectors \(2, 2\) span no plane; give at least two"),
        (lambda: plots.vector_map([[1], [2]], [0, 1], TWO), r"vectors \(2, 1\) span no plane"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message) as caught:
        draw()
    assert "\n" not in str(caught.value)
    assert plt.get_fignums() == []  # refused before a figure was opened
