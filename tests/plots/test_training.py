"""Training: loss and accuracy over the epochs, and the place in a notebook where the picture is drawn anew."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython import display
from PIL import Image

from encoder_lab import plots
from tests.plots.pictures import ODD, overlaps, png
from tests.plots.pictures_of_labels import all_texts

LOSS = {"training": [np.nan, 1.5, 0.5, 0.1], "validation": [2.0, 1.8, 1.7, 1.9]}
ACCURACY = {"training": [np.nan, 0.5, 0.9, 1.0], "validation": [0.1, 0.3, 0.4, 0.4]}


def test_each_side_draws_its_curves_from_epoch_0():
    left, right = plots.training_curve(LOSS, ACCURACY, best=2, title="four epochs")
    for ax, tables in ((left, LOSS), (right, ACCURACY)):
        for line, values in zip(ax.lines, tables.values(), strict=False):
            np.testing.assert_array_equal(line.get_xdata(), range(4))
            np.testing.assert_array_equal(line.get_ydata(), values)
        assert list(ax.lines[2].get_xdata()) == [2, 2]
    assert left.get_ylim()[0] == 0 and right.get_ylim() == (0, 1.02)
    assert "nats" in left.get_ylabel() and "0 to 1" in right.get_ylabel()
    assert left.figure.get_suptitle() == "four epochs"
    assert [t.get_text() for t in right.get_legend().get_texts()] == ["training", "validation", "kept: epoch 2"]


def test_nothing_is_marked_as_best_unless_asked():
    _, right = plots.training_curve(LOSS, ACCURACY)
    assert len(right.lines) == 2 and len(right.get_legend().get_texts()) == 2


def test_curves_are_told_apart_without_colour():
    _, right = plots.training_curve(LOSS, ACCURACY)
    assert len({(line.get_marker(), line.get_linestyle()) for line in right.lines}) == 2


def test_the_axis_goes_as_far_as_it_is_told_and_never_less_than_the_curve():
    for epochs, last in ((20, 20), (2, 3), (None, 3)):
        left, _ = plots.training_curve(LOSS, ACCURACY, epochs=epochs)
        assert left.get_xlim() == pytest.approx((-0.02 * last, 1.02 * last))


@pytest.mark.parametrize("size", [1, 2, 26, 200])
def test_it_fits_the_notebook_and_no_text_covers_another(size):
    values = np.linspace(0, 1, size)
    figure = plots.training_curve({"a": 9999 * values, "b": values}, {"a": values, "b": values}, best=0)[0].figure
    data = png(figure)
    width, height = Image.open(io.BytesIO(data)).size
    assert len(data) < 100_000 and width <= 900 and height <= 400
    assert overlaps(all_texts(figure)) == []


def test_a_measure_that_is_missing_altogether_is_drawn_as_nothing():
    plots.training_curve({"training": [np.nan], "validation": [np.nan]}, {"training": [np.nan], "validation": [0.5]})


@pytest.mark.parametrize("name", ODD)
def test_any_name_is_drawn_as_text(name):
    png(plots.training_curve({name: [1.0]}, {name: [1.0]}, title=name)[0].figure)


@pytest.mark.parametrize(
    "loss, accuracy, best, message",
    [
        ({}, {}, None, "loss are empty"),
        (LOSS, {"training": [1.0]}, None, "accuracy has training; loss has training, validation: give the same"),
        (LOSS, ACCURACY | {"validation": [0.1]}, None, r"accuracy\['validation'\] are \(1,\); 4 entries, one before"),
        (LOSS | {"validation": [-1.0, 1, 1, 1]}, ACCURACY, None, r"loss\['validation'\]\[0\] is -1; they must lie"),
        (LOSS, ACCURACY | {"training": [0, 0, 2, 1]}, None, r"accuracy\['training'\]\[2\] is 2; they must lie between"),
        (LOSS, ACCURACY, 4, "best is 4; these are epochs 0 to 3"),
        (LOSS, ACCURACY, -1, "best is -1; these are epochs 0 to 3"),
    ],
)
def test_what_cannot_be_drawn(loss, accuracy, best, message):
    with pytest.raises(ValueError, match=message):
        plots.training_curve(loss, accuracy, best)
    assert plt.get_fignums() == []


def test_a_live_picture_stays_in_its_place_and_closes_what_it_has_shown(monkeypatch):
    log = []

    class Place:
        def update(self, figure):
            log.append(("update", figure))

    def show_first(figure, display_id):
        log.append(("display", figure))
        assert display_id is True
        return Place()

    monkeypatch.setattr(display, "display", show_first)
    show = plots.live_picture()
    figures = [plots.training_curve(LOSS, ACCURACY)[0].figure for _ in range(3)]
    for figure in figures:
        show(figure)
    assert log == [("display", figures[0]), ("update", figures[1]), ("update", figures[2])]
    assert plt.get_fignums() == []
    plots.live_picture()(plots.training_curve(LOSS, ACCURACY)[0].figure)  # another cell has a place of its own
    assert log[-1][0] == "display"


def test_outside_a_notebook_a_live_picture_does_no_harm():
    show = plots.live_picture()
    for _ in range(2):
        show(plots.training_curve(LOSS, ACCURACY)[0].figure)
    assert plt.get_fignums() == []
