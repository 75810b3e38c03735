"""Few-shot classification: accuracy against the number of examples, and a map of the sentence vectors."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import LABEL_SIZE, readable
from encoder_lab.plots.hidden_states import CURVES

ACROSS = (0, (6, 3))  # dashes of the zero-shot line, longer than any curve's


def learning_curve(
    examples: Sequence[int],
    accuracy: Mapping[str, ArrayLike],
    *,
    zero_shot: float | None = None,
    chance: float | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw accuracy against examples a class: each method's mean as a line, its lowest to highest seed as a band.

    Examples stand in powers of two; 0, which has no place among them, stands apart, before a break in the axis.

    Args:
        examples: (K,) examples a class, rising whole numbers from 0.
        accuracy: method -> (K, seeds) accuracies, 0 to 1; one to six methods.
        zero_shot: accuracy with labels alone, 0 to 1: a mark at 0 examples and a line across.
        chance: accuracy of guessing, 0 to 1: a thin line.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: examples that are not rising whole numbers, no or too many methods, or accuracies of another shape,
            not finite or outside 0 to 1.
    """
    examples = checked_array("examples", examples, (None,), "K numbers of examples a class", 0)
    if (np.diff(examples) <= 0).any() or (examples != examples.round()).any():
        raise ValueError(f"examples are {examples.tolist()}; give whole numbers in rising order, each once")
    methods = checked_labels("accuracy", list(accuracy), len(CURVES))
    why = f"{len(examples)} numbers of examples, and each seed a column,"
    shape = (len(examples), None)
    runs = [checked_array(f"accuracy[{name!r}]", accuracy[name], shape, why, 0, 1) for name in methods]
    for name, level in (("zero_shot", zero_shot), ("chance", chance)):
        if level is not None:
            checked_array(name, [level], (1,), "one accuracy", 0, 1)

    if ax is None:
        ax = canvas.new_axes(canvas.WIDTH, 4.0)
    first = np.log2(examples[examples > 0][0]) if examples.any() else 0.0
    apart = first - 1.5  # where 0 stands
    places = np.where(examples > 0, np.log2(np.maximum(examples, 1)), apart)
    for name, table, (style, colour) in zip(methods, runs, CURVES, strict=False):
        edge = {"edgecolor": (colour, 0.6), "linestyle": style[1:], "linewidth": 0.8}  # tells bands apart in grey
        ax.fill_between(places, table.min(axis=1), table.max(axis=1), facecolor=(colour, 0.15), **edge)
        ax.plot(places, table.mean(axis=1), style, color=colour, markersize=6, linewidth=1.8, label=readable(name, 24))
    if zero_shot is not None:
        ax.axhline(zero_shot, color="black", linewidth=1, linestyle=ACROSS, zorder=1)
        ax.plot(apart, zero_shot, "*", color="black", markersize=12, clip_on=False)
    if chance is not None:
        ax.axhline(chance, color="0.4", linewidth=1.2, linestyle=":", zorder=1)
    _name_examples(ax, {**({} if zero_shot is None else {0: apart}), **dict(zip(examples, places, strict=True))})
    ax.set(ylim=(0, 1), ylabel="accuracy (share right, 0 to 1)")
    canvas.open_frame(ax, grid="both")
    handles = ax.get_legend_handles_labels()[0]
    if max(table.shape[1] for table in runs) > 1:
        handles.append(Patch(color="0.5", alpha=0.3, label="lowest to highest seed"))
    if zero_shot is not None:
        line = {"marker": "*", "markersize": 12, "linewidth": 1, "linestyle": ACROSS}
        handles.append(Line2D([], [], color="black", label="zero-shot: labels alone", **line))
    if chance is not None:
        handles.append(Line2D([], [], color="0.4", linewidth=1.2, linestyle=":", label="chance"))
    canvas.finish(ax, title, legend="right", handles=handles)
    return ax


def _name_examples(ax: Axes, places: Mapping[float, float]) -> None:
    """Label the examples a class where they stand, as many as fit, and break the axis behind 0."""
    span = max(places.values()) - min(places.values())
    ticks: list[float] = []
    for count, place in places.items():
        if not ticks or place - places[ticks[-1]] >= span / 12:
            ticks.append(count)
    ax.set_xticks([places[count] for count in ticks], [f"{count:.0f}" for count in ticks], fontsize=LABEL_SIZE)
    ax.set_xlim(min(places.values()) - 0.3, max(places.values()) + 0.3)
    ax.set_xlabel("examples of each class")
    if 0 in places and len(places) > 1:
        white = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.5}
        style = {"ha": "center", "va": "center", "fontsize": LABEL_SIZE, "bbox": white}
        ax.text(places[0] + 0.75, 0, "//", transform=ax.get_xaxis_transform(), **style)


def vector_map(
    vectors: ArrayLike,
    classes: Sequence[int],
    names: Sequence[str],
    *,
    centroids: ArrayLike | None = None,
    queries: ArrayLike | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw sentence vectors as points in the plane in which they differ most (PCA), one mark a class.

    Two components are seldom the whole difference: the axes say how much of it they show.

    Args:
        vectors: (N, D) no unit; the plane is fitted to these alone.
        classes: (N,) the class of each, 0 to C - 1.
        names: C names, at most 10.
        centroids: (C, D) the middle of each class, in the vectors' space; larger marks with a black edge.
        queries: (M, D) vectors to be classified; crosses.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: arrays of another shape or not finite, a class without a name, too many names, or vectors that are
            all the same.

    Source: scikit-learn's `PCA`.
    """
    names = checked_labels("names", names, len(canvas.MARKS))
    vectors = checked_array("vectors", vectors, (None, None), "N sentences of width D")
    count, width = vectors.shape
    classes = checked_array("classes", classes, (count,), f"{count} vectors")
    for place, number in enumerate(classes):
        if number not in range(len(names)):
            raise ValueError(f"classes[{place}] is {number:g}; {len(names)} names need 0 to {len(names) - 1}")
    if centroids is not None:
        centroids = checked_array("centroids", centroids, (len(names), width), f"{len(names)} names, width {width},")
    if queries is not None:
        queries = checked_array("queries", queries, (None, width), f"vectors of width {width}")
    if min(vectors.shape) < 2 or np.ptp(vectors, axis=0).max() <= 1e-12 * np.abs(vectors).max():
        raise ValueError(f"vectors {vectors.shape} span no plane; give at least two different ones, two or more wide")
    from sklearn.decomposition import PCA  # here: a notebook that draws no such map need not load it

    plane = PCA(2, svd_solver="full").fit(vectors)

    if ax is None:
        ax = canvas.new_axes(canvas.WIDTH, 5.2)
    points = plane.transform(vectors)  # (N, 2)
    for number, (name, (marker, colour)) in enumerate(zip(names, canvas.MARKS, strict=False)):
        style = {"marker": marker, "color": colour, "linestyle": "", "markeredgecolor": "white", "markeredgewidth": 0.4}
        ax.plot(*points[classes == number].T, markersize=7, alpha=0.8, label=readable(name, 24), **style)
    if centroids is not None:
        for centroid, (marker, colour) in zip(plane.transform(centroids), canvas.MARKS, strict=False):
            ax.plot(*centroid, marker=marker, color="white", markersize=18, zorder=4)  # a rim, for any ground
            edge = {"markersize": 13, "markeredgecolor": "black", "markeredgewidth": 1.8, "zorder": 4}
            ax.plot(*centroid, marker=marker, color=colour, **edge)
        edge["markerfacecolor"] = "white"
        ax.plot([], [], "o", label="centroid, in its class's mark", **edge)
    if queries is not None:
        ax.plot(*plane.transform(queries).T, "x", color="black", markersize=7, mew=1.8, zorder=3, label="query")
    ax.set_aspect("equal", adjustable="datalim")
    for axis, number, share in zip((ax.xaxis, ax.yaxis), (1, 2), plane.explained_variance_ratio_, strict=True):
        axis.set_label_text(f"component {number}\n(no unit; {100 * share:.0f} % of the variance)")
    canvas.open_frame(ax, grid="both")
    canvas.finish(ax, title, legend="right")
    return ax
