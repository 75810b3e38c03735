"""Thresholds: who is above the one for no answer, and what precision and recall do as one moves."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import LABEL_SIZE, LINE, hundredths, label_axis, readable

CURVES = {"precision": ("o", "-", "#0072b2"), "recall": ("s", "--", "#d55e00"), "F1": ("^", ":", "#009e73")}
TRUTHS = {True: ("o", canvas.BLUE, "has an answer"), False: ("X", canvas.ORANGE, "has none")}
MOST_MARKS = 40  # points of a curve that have room for a marker each


def null_margins(
    margins: ArrayLike,
    threshold: float = 0.0,
    *,
    labels: Sequence[str] | None = None,
    answerable: ArrayLike | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw how far each window or question is from saying "no answer": a row each, a bar from the threshold.

    Right of the threshold, where the margin is above it, nothing is answered. Marks differ in shape and colour by
    whether there is an answer in truth, if that is given.

    Args:
        margins: (N,) the null margin of each window or question, no unit: the first token's start + end logit minus
            the best span's.
        threshold: no unit.
        labels: what to call them; their numbers from 0 when left out.
        answerable: (N,) bool; whether each has an answer in truth. None if that is not known.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: margins of another shape or not finite; a threshold that is not a finite number; `answerable` of
            another shape or not bool; not as many labels as margins.
    """
    margins = checked_array("margins", margins, (None,), "N windows or questions")
    count = len(margins)
    (threshold,) = checked_array("threshold", [threshold], (1,), "one threshold")
    names = list(map(str, range(count))) if labels is None else checked_labels("labels", labels)
    if len(names) != count:
        raise ValueError(f"labels are {len(names)}; {count} margins need {count}")
    if answerable is not None:
        answerable = np.asarray(answerable)
        if answerable.dtype != bool or answerable.shape != (count,):
            got = f"{answerable.dtype} {answerable.shape}"
            raise ValueError(f"answerable is {got}; {count} margins need bool ({count},)")
    if ax is None:
        ax = canvas.new_axes(8.2, np.clip(0.28 * count, 0.8, canvas.HEIGHT) + 1.4)
    rows = np.arange(count)
    limit = 1.28 * max(np.abs(margins).max(), abs(threshold), 1)
    ax.axvspan(threshold, limit, color="0.93", linewidth=0)
    ax.axvline(0, color="0.75", linewidth=0.8)
    ax.axvline(threshold, color="black", linewidth=1.4, label=f"threshold {hundredths(threshold)}")
    groups = TRUTHS if answerable is not None else {True: ("o", canvas.BLUE, None)}
    for truth, (marker, colour, label) in groups.items():
        these = np.flatnonzero(answerable == truth) if answerable is not None else rows
        ax.hlines(these, threshold, margins[these], color=colour, linewidth=2)
        ax.plot(margins[these], these, marker, color=colour, markersize=7, label=label, zorder=3)
    label_axis(ax.yaxis, [readable(name, 40) for name in names], numbered=labels is not None)
    if labels is None:
        ax.set_ylabel("window or question")
    head = max(1, count / 28)  # rows at the top, for the names of the sides
    ax.set(xlim=(-limit, limit), ylim=(count - 0.4, -0.6 - head))
    ax.set_xlabel("null margin: logit sum of no answer − that of the best span (no unit)")
    for x, side in ((0.01, "← answers"), (0.99, "says no answer →")):
        place = {"ha": "left" if x < 0.5 else "right", "va": "center", "transform": ax.get_yaxis_transform()}
        ax.text(x, -0.6 - head / 2, side, fontsize=LABEL_SIZE, family=families(), **place)
    canvas.open_frame(ax)
    canvas.finish(ax, title, legend="above")
    canvas.lay_out(ax)
    if canvas.points(ax)[1] / (count + 1.2) >= canvas.SMALL * LINE:
        for row, margin in enumerate(margins):
            side = 1 if margin > threshold else -1  # away from the threshold, where there is no bar
            ax.annotate(
                hundredths(margin), (margin, row), (7 * side, 0), textcoords="offset points", va="center",
                ha="left" if side == 1 else "right", fontsize=canvas.SMALL, family=families(),
            )  # fmt: skip
    return ax


def precision_recall(
    thresholds: ArrayLike,
    precision: ArrayLike,
    recall: ArrayLike,
    *,
    f1: ArrayLike | None = None,
    chosen: float | None = None,
    xlabel: str = "threshold",
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw precision and recall on 0 to 1 over the threshold, and F1 with them if it is given.

    Where nothing is predicted there is no precision: NaN leaves a gap in its curve.

    Args:
        thresholds: (N,) in any order, each once; no unit, or a probability.
        precision: (N,) 0 to 1, or NaN.
        recall: (N,) 0 to 1, or NaN.
        f1: (N,) 0 to 1, or NaN.
        chosen: the threshold to mark, within the range of `thresholds`; the legend has the numbers there, or at the
            nearest of `thresholds`.
        xlabel: under the picture: what the threshold is on.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: arrays of another shape, not finite where that is needed, or outside 0 to 1; a threshold that comes
            twice; a chosen one outside their range.
    """
    thresholds = checked_array("thresholds", thresholds, (None,), "N thresholds")
    count = len(thresholds)
    order = np.argsort(thresholds)
    thresholds = thresholds[order]
    if (np.diff(thresholds) == 0).any():
        twice = thresholds[1:][np.diff(thresholds) == 0][0]
        raise ValueError(f"thresholds have {twice:g} twice; give each once, with its precision and recall")
    curves = {}
    for name, values in (("precision", precision), ("recall", recall), ("F1", f1)):
        if values is not None:
            why = f"{count} thresholds"
            curves[name] = checked_array(name.lower(), values, (count,), why, 0, 1, missing=True)[order]
    if chosen is not None:
        (chosen,) = checked_array("chosen", [chosen], (1,), "one threshold")
        if not thresholds[0] <= chosen <= thresholds[-1]:
            raise ValueError(f"chosen is {chosen:g}; the thresholds run from {thresholds[0]:g} to {thresholds[-1]:g}")
    if ax is None:
        ax = canvas.new_axes(7.6, 3.6)
    nearest = None if chosen is None else int(np.abs(thresholds - chosen).argmin())
    for name, values in curves.items():
        marker, line, colour = CURVES[name]
        known = np.isfinite(values)
        alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]  # no line would show it
        marked = np.flatnonzero(alone if count > MOST_MARKS else known)
        style = {"color": colour, "marker": marker, "markersize": 4, "clip_on": False}
        label = name if nearest is None else f"{name}: {_share(values[nearest])}"
        ax.plot(thresholds, values, linestyle=line, linewidth=1.8, markevery=marked.tolist(), label=label, **style)
        if nearest is not None:
            ax.plot(thresholds[nearest], values[nearest], zorder=3, **{**style, "markersize": 9})
    if nearest is not None:
        label = f"chosen: {chosen:.4g}"
        if not np.isclose(thresholds[nearest], chosen):
            label += f"\n(numbers at {thresholds[nearest]:.4g},\nthe nearest tried)"
        ax.axvline(chosen, color="black", linewidth=1.2, zorder=1, label=label)
    span = thresholds[-1] - thresholds[0] or 1
    ax.set(xlim=(thresholds[0] - 0.02 * span, thresholds[-1] + 0.02 * span), ylim=(-0.02, 1.02))
    ax.set_xlabel(readable(xlabel, 70), fontfamily=families())
    ax.set_ylabel(f"{', '.join(curves)} (0 to 1)")
    canvas.open_frame(ax, grid="both")
    canvas.finish(ax, title, legend="right")
    return ax


def _share(value: float) -> str:
    """Write a _share to two decimals, or say that there is none."""
    return "none there" if np.isnan(value) else hundredths(value)
