"""Every picture, at every length, with any text, and without traces."""

import ast
import io
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from encoder_lab import plots
from encoder_lab.plots.axis_labels import readable
from tests.plots.pictures import (
    DRAW,
    ODD,
    drawn_labels,
    every_picture,
    overlaps,
    png,
    words,
)


@every_picture
@pytest.mark.parametrize("size", [1, *(pytest.param(n, marks=pytest.mark.more) for n in (5, 30)), 300])
def test_a_picture_fits_the_notebook_and_its_labels_fit_the_picture(name, size):
    ax = DRAW[name](words(size))
    data = png(ax.figure)
    width, height = Image.open(io.BytesIO(data)).size
    assert len(data) < 100_000
    assert width <= 900 and height <= 920
    across, down = drawn_labels(ax.xaxis), drawn_labels(ax.yaxis)
    for texts in (across, down, ax.texts):
        assert overlaps(texts) == []
    upright = name.startswith("start_end")  # the tokens stand under the picture, as they do in a text
    labels = [label.get_text() for label in (across if upright else down)]
    limits = {"head_grid": 10, "similarity_map": 20, "probability_bars": 28, "null_margins": 40}
    limits |= {"patch_map": 24, "counterfactual_distance": 24}
    limit = 12 if upright else limits.get(name, 16)
    if size == 5 or name == "probability_bars":  # which draws the 30 best, all with their label
        assert [label.removeprefix("▶ ") for label in labels] == [readable(word, limit) for word in words(size)[:30]]
    if size == 300 and name != "probability_bars":  # thinned, so with the position in front
        places = [int(label.split(" ")[0]) for label in labels]
        assert 5 <= len(labels) <= 45 and places == sorted(places)
        shown = [f"{place} {readable(words(300)[place], limit)}" for place in places]
        assert [label.replace("▶ ", "") for label in labels] == shown


@every_picture
def test_any_text_is_drawn_as_text(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = DRAW[name](ODD)
        ax.figure.canvas.draw()
    assert overlaps(drawn_labels(ax.yaxis)) == []


@every_picture
def test_labels_may_be_any_sequence_of_strings(name):
    DRAW[name](np.array(words(5)).tolist())
    DRAW[name](tuple(words(5)))


@every_picture
@pytest.mark.parametrize(
    ("labels", "message"),
    [("hello", "the one string 'hello'; give a list"), ([], "are empty"), (["a", 5], r"\[1\] is 5, a int; give str")],
)
def test_labels_that_cannot_label(name, labels, message):
    with pytest.raises(ValueError, match=message):
        DRAW[name](labels)


def test_given_axes_are_drawn_on_and_nothing_else_is_opened():
    _, (left, right) = plt.subplots(1, 2)
    two = ["a", "b"]
    assert plots.attention_map(np.eye(2), two, ax=left) is left
    assert plots.similarity_map(two, np.eye(2), ax=right) is right
    assert plots.probability_bars(two, [0.1, 0.2], ax=left) is left
    assert plots.position_distribution(two, [["x"], ["y"]], [[0.1], [0.2]], ax=right) is right
    assert plots.embedding_norms(two, {"word": [1, 2]}, ax=left) is left
    assert plots.layer_change(two, [[0.1, 0.2]], ax=right) is right
    assert plots.layer_similarity({"bank": [1, 0.5]}, ax=left) is left
    plots.head_grid(np.eye(2)[None], two, figure=plt.figure(9))
    plots.embedding_parts(two, *[np.eye(2)] * 5, dimensions=2, figure=plt.figure(9, clear=True))
    assert plt.get_fignums() == [1, 9]


def test_titles_are_text_wrapped_and_cut():
    ax = plots.attention_map(np.eye(3), ["a", "b", "c"], title="$x$ 한 " + "and on and on " * 40)
    lines = ax.get_title().split("\n")
    assert lines[0].startswith(r"\$x\$ 한") and len(lines) == 3 and lines[-1].endswith("…")
    ax.figure.canvas.draw()
    assert ax.title.get_window_extent().width <= ax.figure.bbox.width


@pytest.mark.parametrize("module", sorted(Path(plots.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_plots_import_no_stage_and_no_model_library(module):
    standard = {"collections", "dataclasses", "functools", "math", "re", "textwrap"}
    known = standard | {"numpy", "matplotlib", "sklearn", "IPython.core.pylabtools", "IPython.display"}
    known |= {"encoder_lab.plots", "encoder_lab.shown", "encoder_lab.cells", "encoder_lab.fonts"}
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert all(any(name == ok or name.startswith(ok + ".") for ok in known) for name in names), names
