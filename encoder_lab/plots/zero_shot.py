"""Zero-shot classification: premises against hypotheses, what a template changes, what many labels cost."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import LABEL_SIZE, hundredths, probability_text, readable, wrapped

MOST_ROWS, MOST_COLUMNS, MOST_TEMPLATES = 6, 6, 8
CLASS_COLOURS = (("#f2b48a", canvas.ORANGE), ("0.8", "0.45"), ("#a6c8e4", canvas.BLUE))  # pale, and for the largest


def nli_table(
    rows: Sequence[str],
    columns: Sequence[str],
    logits: ArrayLike,
    names: Sequence[str] = ("contradiction", "neutral", "entailment"),
    *,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw a table of premises and hypotheses: in each cell the pair's logits as bars around 0.

    All cells share one scale and one order of the classes, named at the left. The largest logit of a cell has a dark
    bar, a bold number and an arrow head.

    Args:
        rows: N premises, at most 6; long ones are wrapped and shortened.
        columns: M hypotheses or labels, at most 6.
        logits: (N, M, C) no unit; C is 3, or 2 for a model that knows entailment and its opposite alone.
        names: the C classes, in the order of the logits.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: too many rows or columns, other than two or three names, or logits of another shape or not finite.
    """
    rows, columns = checked_labels("rows", rows, MOST_ROWS), checked_labels("columns", columns, MOST_COLUMNS)
    names = checked_labels("names", names)
    classes = len(names)
    if classes not in (2, 3):
        raise ValueError(f"names are {classes}; each pair has three logits, or two, so give a name for each")
    why = f"{len(rows)} rows and {len(columns)} columns with {classes} logits each"
    logits = checked_array("logits", logits, (len(rows), len(columns), classes), why)

    if ax is None:
        ax = canvas.new_axes(np.clip(2.6 + 1.5 * len(columns), 6.6, canvas.WIDTH), 0.72 * len(rows) + 1.7)
    ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    ax.set_yticks(range(len(rows)), [wrapped(row, 24, 4) for row in rows], fontsize=LABEL_SIZE, fontfamily=families())
    limit = np.abs(logits).max() or 1
    ax.set(xlabel=f"hypothesis\n(bars: logits, no unit, around 0; longest {limit:.2f})", ylabel="premise")
    keys = [readable(name[:1].upper(), 1) for name in names]
    if len(set(keys)) < classes:
        keys = ["1", "2", "3"][:classes]
    colours = CLASS_COLOURS if classes == 3 else CLASS_COLOURS[::2]
    handles = [
        Patch(color=colour, label=f"{key}: {readable(name, 20)}")
        for key, name, (_, colour) in zip(keys, names, colours, strict=True)
    ]
    largest = f"largest of the {'three' if classes == 3 else 'two'}"
    handles.append(Line2D([], [], color="black", marker=">", linestyle="", label=largest))
    canvas.finish(ax, title, legend="above", handles=handles)
    canvas.lay_out(ax)  # only now the width of a column is known
    letters = max(6, int(canvas.points(ax)[0] / len(columns) / (LABEL_SIZE * 0.6)))
    texts = [wrapped(column, letters, 3) for column in columns]
    ax.set_xticks(range(len(columns)), texts, fontsize=LABEL_SIZE, fontfamily=families())
    for axis, count in ((ax.xaxis, len(columns)), (ax.yaxis, len(rows))):
        axis.set_ticks(np.arange(count + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="0.8")
    ax.tick_params(which="both", length=0)
    ax.tick_params(axis="y", pad=20)  # room for the keys
    ax.spines[:].set_color("0.8")
    for row, column in np.ndindex(logits.shape[:2]):
        _draw_pair(ax, row, column, logits[row, column], limit, colours, keys if column == 0 else [""] * classes)
    return ax


def _draw_pair(
    ax: Axes, row: int, column: int, logits: np.ndarray, limit: float, colours: Sequence, keys: Sequence[str]
) -> None:
    """Draw one cell: for each class its key, its bar from the cell's zero line, its number."""
    zero = column - 0.09
    ax.plot([zero, zero], [row - 0.42, row + 0.42], color="0.3", linewidth=0.8)
    for place, (key, logit) in enumerate(zip(keys, logits, strict=True)):
        largest = place == logits.argmax()
        y = row + 0.28 * (place - (len(logits) - 1) / 2)
        ax.barh(y, 0.25 * logit / limit, left=zero, height=0.2, color=colours[place][int(largest)])
        weight = "bold" if largest else "normal"
        style = {"va": "center", "fontsize": canvas.SMALL, "family": families(), "weight": weight}
        ax.text(column + 0.48, y, hundredths(logit), ha="right", **style)
        if largest:
            ax.text(column - 0.41, y, "▶", ha="center", **style)
        if key:
            ax.annotate(key, (-0.5, y), (-4, 0), textcoords="offset points", ha="right", **style | {"weight": "normal"})


def template_sensitivity(
    templates: Sequence[str],
    labels: Sequence[str],
    probabilities: ArrayLike,
    *,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw how the answer to one text moves with the template: row = template, one mark a label, on 0 to 1.

    Under each template stands its winner, whose mark is ringed.

    Args:
        templates: M templates, at most 8; long ones are wrapped and shortened.
        labels: C labels, at most 10.
        probabilities: (M, C) 0 to 1.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: too many templates or labels, or probabilities of another shape, not finite or outside 0 to 1.
    """
    templates = checked_labels("templates", templates, MOST_TEMPLATES)
    labels = checked_labels("labels", labels, len(canvas.MARKS))
    shape = (len(templates), len(labels))
    why = f"{shape[0]} templates and {shape[1]} labels"
    probabilities = checked_array("probabilities", probabilities, shape, why, 0, 1)
    if ax is None:
        ax = canvas.new_axes(canvas.WIDTH, max(0.5 * len(templates) + 1.2, 0.21 * len(labels) + 0.6))
    rows = np.arange(len(templates))
    for label, values, (marker, colour) in zip(labels, probabilities.T, canvas.MARKS, strict=False):
        ax.plot(values, rows, color=colour, linewidth=0.8, antialiased=False, zorder=1.5)  # smooth ones: large files
        style = {"markersize": 7, "markeredgecolor": "white", "markeredgewidth": 0.5, "clip_on": False}
        ax.plot(values, rows, marker, color=colour, label=readable(label, 24), **style)
    winners = probabilities.argmax(axis=1)
    best = probabilities.max(axis=1)
    ring = {"marker": "o", "markersize": 14, "markerfacecolor": "none", "markeredgecolor": "black"}
    ax.plot(best, rows, linestyle="", label="winner of the template", clip_on=False, **ring)
    texts = [
        f"{wrapped(template, 34, 2)}\n▶ {readable(labels[winner], 24)} {probability_text(probability)}"
        for template, winner, probability in zip(templates, winners, best, strict=True)
    ]
    ax.set_yticks(rows, texts, fontsize=LABEL_SIZE, fontfamily=families())
    ax.set(xlim=(-0.02, 1.02), ylim=(len(templates) - 0.5, -0.5), xlabel="probability (0 to 1)")
    canvas.open_frame(ax, grid="both")
    canvas.finish(ax, title, legend="right")
    return ax


def cost(
    counts: Sequence[int],
    seconds: ArrayLike,
    passes: ArrayLike,
    *,
    ax: Axes | None = None,
    title: str = "",
    xlabel: str = "labels",
) -> Axes:
    """Draw what more labels cost: passes through the model, counted, and seconds, measured; both scales begin at 0.

    Args:
        counts: (K,) how many labels, rising.
        seconds: (K,) how long it took, on a scale at the right.
        passes: (K,) how many pairs the model read, on the scale at the left.
        ax: where to draw; a new figure when left out.
        title: over the picture.
        xlabel: what is counted.

    Returns:
        The Axes drawn on, that of the passes.

    Raises:
        ValueError: numbers of another shape, not finite or negative, or counts that do not rise.
    """
    counts = checked_array("counts", counts, (None,), "K numbers of labels", 0)
    if (np.diff(counts) <= 0).any():
        raise ValueError(f"counts are {counts.tolist()}; give them in rising order, each once")
    why = f"{len(counts)} counts"
    passes, seconds = (
        checked_array(name, values, counts.shape, why, 0) for name, values in (("passes", passes), ("seconds", seconds))
    )
    if ax is None:
        ax = canvas.new_axes(7.2, 3.6)
    right = ax.twinx()
    (counted,) = ax.plot(counts, passes, "o-", color=canvas.BLUE, label="passes (left)")
    measured_style = {"color": canvas.ORANGE, "markerfacecolor": "white", "markersize": 7}
    (measured,) = right.plot(counts, seconds, "s--", label="seconds (right)", **measured_style)
    for side, values in ((ax, passes), (right, seconds)):
        side.set_ylim(0, 1.08 * values.max() or 1)
        side.spines["top"].set_visible(False)
    ax.set_xlim(0, 1.04 * counts.max() or 1)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
    ax.set_xlabel(readable(xlabel, 60), fontfamily=families())
    ax.set_ylabel("passes through the model (counted)")
    right.set_ylabel("seconds (measured on this machine)")
    ax.grid(color="0.9")
    ax.set_axisbelow(True)
    canvas.finish(ax, title, legend="above", handles=[counted, measured])
    return ax
