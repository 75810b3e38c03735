"""Labels of a classifier: their probabilities, what made them of logits, how well each label is found."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import LABEL_SIZE, hundredths, label_axis, probability_text, readable

MOST = 30  # labels; more rows than a laptop's screen shows at once
PALE = "#c6dbef"  # told from canvas.BLUE in grey


def label_probabilities(
    labels: Sequence[str],
    probabilities: ArrayLike,
    *,
    thresholds: ArrayLike | None = None,
    highlight: Sequence[str] = (),
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw each label's probability as a bar on 0 to 1, in the order given, with the label's threshold on it.

    A label at or above its threshold has a dark bar and a check mark before its number; the others' bars are pale.

    Args:
        labels: C labels, at most 30.
        probabilities: (C,) 0 to 1; they need not sum to 1.
        thresholds: (C,) one for each label, or one number for all, 0 to 1; None for none.
        highlight: the labels to point at, such as those a person chose.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: numbers of another shape, not finite or outside 0 to 1; too many labels; a highlight that is none
            of them.
    """
    labels = checked_labels("labels", labels, MOST)
    size = len(labels)
    probabilities = checked_array("probabilities", probabilities, (size,), f"{size} labels", 0, 1)
    if thresholds is not None:
        one_each = np.full(size, thresholds) if np.ndim(thresholds) == 0 else thresholds
        thresholds = checked_array("thresholds", one_each, (size,), f"{size} labels", 0, 1)
    pointed = checked_labels("highlight", highlight) if len(highlight) else []
    for label in pointed:
        if label not in labels:
            raise ValueError(f"highlight has {label!r:.40}, which is none of the labels; give labels of this picture")

    texts = [("▶ " if label in pointed else "") + readable(label, 28) for label in labels]
    if ax is None:
        ax = canvas.new_axes(7.6, _row_height(size) * size + 1.3)
    reached = np.ones(size, bool) if thresholds is None else probabilities >= thresholds
    rows = np.arange(size)
    ax.barh(rows, probabilities, height=0.62, color=np.where(reached, canvas.BLUE, PALE), edgecolor=canvas.BLUE)
    for row, probability in enumerate(probabilities):  # beside the Axes, where no threshold crosses them
        chosen = thresholds is not None and reached[row]
        style = {"weight": "bold" if chosen else "normal", "fontsize": LABEL_SIZE, "family": families(), "va": "center"}
        text = ("✓ " if chosen else "") + probability_text(probability)
        ax.annotate(text, (1, row), (6 if chosen or thresholds is None else 18, 0), textcoords="offset points", **style)
    handles = []
    if thresholds is not None:
        edges = {"ymin": rows - 0.46, "ymax": rows + 0.46, "clip_on": False}
        ax.vlines(thresholds, **edges, color="white", linewidth=4)
        ax.vlines(thresholds, **edges, color="black", linewidth=1.8)
        handles = [
            Line2D([], [], color="black", linewidth=1.8, marker="|", linestyle="", label="threshold"),
            Patch(facecolor=canvas.BLUE, edgecolor=canvas.BLUE, label="✓ at or above it"),
            Patch(facecolor=PALE, edgecolor=canvas.BLUE, label="below it"),
        ]
    _scale_rows(ax, texts)
    ax.set_xlabel("probability (0 to 1)")
    canvas.finish(ax, title, legend="above", handles=handles)
    return ax


def before_and_after(
    labels: Sequence[str],
    logits: ArrayLike,
    sigmoid: ArrayLike,
    softmax: ArrayLike,
    *,
    figure: Figure | None = None,
    title: str = "",
) -> np.ndarray:
    """Draw the same labels three times: their logits, their probabilities by sigmoid, and those by softmax.

    Args:
        labels: C labels, at most 30.
        logits: (C,) no unit; drawn around 0.
        sigmoid: (C,) 0 to 1, each label by itself.
        softmax: (C,) 0 to 1; they sum to 1, so give every label of the model.
        figure: a figure or subfigure to draw in; a new one when left out.
        title: over the picture.

    Returns:
        The three Axes, from left to right.

    Raises:
        ValueError: numbers of another shape, not finite or outside 0 to 1; too many labels; softmax does not sum to 1.
    """
    labels = checked_labels("labels", labels, MOST)
    size = len(labels)
    logits = checked_array("logits", logits, (size,), f"{size} labels")
    sigmoid = checked_array("sigmoid", sigmoid, (size,), f"{size} labels", 0, 1)
    softmax = checked_array("softmax", softmax, (size,), f"{size} labels", 0, 1)
    if abs(softmax.sum() - 1) > 0.01:  # float16 loses up to this much
        raise ValueError(f"softmax sum to {softmax.sum():.4g}; they must sum to 1, so give every label of one text")

    if figure is None:
        figure = canvas.new_figure(canvas.WIDTH, _row_height(size) * size + 1.6)
    axes = figure.subplots(1, 3)
    small = "numbers from 0.01 on"
    panels = [
        ("logits", logits, "logit (no unit, around 0)"),
        ("sigmoid", sigmoid, f"probability (0 to 1), each by itself\nsum {sigmoid.sum():.2f}; {small}"),
        ("softmax", softmax, f"probability (0 to 1), all together\nsum {softmax.sum():.2f}; {small}"),
    ]
    for ax, (name, values, meaning) in zip(axes, panels, strict=True):
        colours = np.where(values < 0, PALE, canvas.BLUE)
        ax.barh(np.arange(size), values, height=0.62, color=colours, edgecolor=canvas.BLUE)
        _scale_rows(ax, [readable(label, 20) for label in labels])
        if ax is axes[0]:
            _write_at_ends(ax, values, -np.inf, np.inf)
        else:
            _write_at_ends(ax, values, 0.005, 0.75)
        ax.set_title(name, fontsize=11)
        ax.set_xlabel(meaning)
    limit = 1.7 * np.abs(logits).max() or 1  # with room for the numbers
    axes[0].set_xlim(-limit, limit)
    axes[0].axvline(0, color="0.3", linewidth=0.8)
    axes[0].grid(False, axis="y")  # its bars stand beside the labels
    for ax in axes[1:]:
        ax.tick_params(axis="y", length=0, labelleft=False)
        ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    canvas.put_figure_title(figure, title)
    return axes


def label_scores(
    labels: Sequence[str],
    precision: ArrayLike,
    recall: ArrayLike,
    *,
    f1: ArrayLike | None = None,
    support: ArrayLike | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw each label's precision and recall as two marks on 0 to 1, joined by a line.

    Args:
        labels: C labels, at most 30.
        precision: (C,) 0 to 1; NaN for a label that was never predicted.
        recall: (C,) 0 to 1; NaN for a label that no text has.
        f1: (C,) 0 to 1, a third mark; NaN where there is none.
        support: (C,) how many texts have the label, written at the right.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: numbers of another shape, infinite, outside 0 to 1 or, in `support`, negative; too many labels.
    """
    labels = checked_labels("labels", labels, MOST)
    size = len(labels)
    why = f"{size} labels"
    scores = {
        name: checked_array(name, values, (size,), why, 0, 1, missing=True)
        for name, values in {"precision": precision, "recall": recall, "f1": f1}.items()
        if values is not None or name != "f1"
    }
    if support is not None:
        support = checked_array("support", support, (size,), why, 0)

    if ax is None:
        ax = canvas.new_axes(8.0, _row_height(size) * size + 1.3)
    rows = np.arange(size)
    ends = np.array([scores["precision"], scores["recall"]])
    ax.hlines(rows, *ends, color="0.6", linewidth=2, zorder=1)
    marks = {
        "precision": {"marker": "o", "color": canvas.BLUE, "markersize": 6},
        "recall": {"marker": "s", "color": canvas.ORANGE, "markersize": 9, "markerfacecolor": "none", "mew": 1.8},
        "f1": {"marker": "|", "color": "black", "markersize": 11, "mew": 2},
    }
    for name, values in scores.items():
        ax.plot(values, rows, linestyle="", label={"f1": "F1"}.get(name, name), clip_on=False, **marks[name])
    for row, nan in enumerate(np.isnan(ends).T):  # whichever of the two there is, is 0: the text stands right of it
        never = " and ".join(word for word, there in zip(("never predicted", "in no text"), nan, strict=True) if there)
        style = {"fontsize": canvas.SMALL, "family": families(), "style": "italic", "va": "center"}
        ax.annotate(never, (0, row), (9, 0), textcoords="offset points", **style)
    _scale_rows(ax, [readable(label, 28) for label in labels])
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel("share (0 to 1)")
    if support is not None:
        right = ax.secondary_yaxis("right")
        label_axis(right.yaxis, [f"{count:.0f}" for count in support])
        right.spines[:].set_visible(False)
        right.tick_params(length=0)
        ax.set_xlabel("share (0 to 1); at the right: how many texts have the label")
    canvas.finish(ax, title, legend="above")
    return ax


def co_occurrence(labels: Sequence[str], shares: ArrayLike, *, ax: Axes | None = None, title: str = "") -> Axes:
    """Draw which labels are predicted where a label is true: row = true label, column = predicted label.

    The scale is always 0 to 1. A text may have several labels, so a row need not sum to 1.

    Args:
        labels: C labels, at most 30.
        shares: (C, C) of the texts with the row's label, the share for which the column's label is predicted, 0 to 1;
            a whole row of NaN for a label that no text has, which is drawn hatched.
        ax: where to draw; a new figure with a colour bar when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: shares of another shape, outside 0 to 1, or NaN in a part of a row; too many labels.
    """
    labels = checked_labels("labels", labels, MOST)
    size = len(labels)
    shares = checked_array("shares", shares, (size, size), f"{size} labels", 0, 1, missing=True)
    missing = np.isnan(shares)
    for row in np.flatnonzero(missing.any(axis=1)):
        if not missing[row].all():
            raise ValueError(f"shares[{row}] are NaN in part; give NaN for the whole row of a label that no text has")
    texts = [readable(label, 20) for label in labels]
    own_figure = ax is None
    if own_figure:
        side = np.clip(0.46 * size, 2.0, 5.9) + canvas.room_for(texts)
        ax = canvas.new_axes(side + 1.0, side)
    image, _ = canvas.draw_cells(ax, shares, cmap=canvas.PROBABILITY, vmin=0, vmax=1)
    for row in np.flatnonzero(missing.all(axis=1)):
        hatched = {"facecolor": "0.92", "edgecolor": "0.6", "hatch": "////", "linewidth": 0}
        ax.add_patch(Rectangle((-0.5, row - 0.5), size, 1, **hatched))
    label_axis(ax.yaxis, texts)
    label_axis(ax.xaxis, texts)
    ax.set(xlabel="predicted label", ylabel="true label")
    canvas.finish(ax, title)
    if own_figure:
        canvas.draw_scale(image, ax, "share of the texts with the row's label (0 to 1)")
    canvas.number_cells(ax, image, _share_text, 5)
    return ax


def _row_height(count: int) -> float:
    """Inches for one row of so many."""
    return 0.32 if count <= 12 else 0.22


def _scale_rows(ax: Axes, texts: Sequence[str]) -> None:
    """Give each text a row, the first on top, and the Axes a scale from 0 to 1."""
    label_axis(ax.yaxis, texts)
    ax.set(xlim=(0, 1), ylim=(len(texts) - 0.5, -0.5))
    canvas.open_frame(ax, grid="both")


def _share_text(value: float) -> str:
    """Write a share of 0 to 1 to two decimals, none that is above 0 as 0; NaN as nothing."""
    if np.isnan(value) or value == 0:
        return "" if np.isnan(value) else "0"
    return "<0.01" if value < 0.005 else hundredths(value)


def _write_at_ends(ax: Axes, values: np.ndarray, least: float, inside: float) -> None:
    """Write each bar's value from `least` on at its end: outside, or within a bar longer than `inside`."""
    for row, value in enumerate(values):
        if value >= least:
            within = value > inside
            left = within or value < 0
            style = {"fontsize": canvas.SMALL, "family": families(), "va": "center"}
            place = {"xytext": (-3 if left else 3, 0), "textcoords": "offset points", "ha": "right" if left else "left"}
            ax.annotate(hundredths(value), (value, row), color="white" if within else "black", **place, **style)
