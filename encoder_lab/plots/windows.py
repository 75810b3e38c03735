"""The windows of a long context: where each lies in the text, and what its best span scores."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array
from encoder_lab.plots.axis_labels import LABEL_SIZE, LINE, label_axis, probability_text

FEW = 10  # scores written where there is no room for all
ALONE, SHARED = "#c6dbef", "#5ba3cf"  # told apart in grey


def window_strip(
    bounds: ArrayLike,
    scores: ArrayLike,
    *,
    length: int | None = None,
    best: int | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw the windows of a long context: a row each, where it lies in the text, and its best span's score beside it.

    What a window shares with a neighbour is darker. Where rows are too low for a number each, the best and the largest
    have theirs.

    Args:
        bounds: (W, 2) the first character of the context that a window shows, and the one after its last.
        scores: (W,) the score of each window's best span, 0 to 1.
        length: of the context in characters; where the last window ends when left out.
        best: which window won, counted from 0, to mark it; None for none.
        ax: where to draw, with the scores at its right; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes of the windows; its one child Axes holds the scores.

    Raises:
        ValueError: bounds or scores of another shape, not finite, or out of range; a window that ends where it
            starts or before; a length shorter than the windows reach; a best window that is not there.
    """
    bounds = checked_array("bounds", bounds, (None, 2), "W windows with their start and end", 0)
    count = len(bounds)
    scores = checked_array("scores", scores, (count,), f"{count} windows", 0, 1)
    starts, ends = bounds.T
    if (ends <= starts).any():
        window = int(np.argmax(ends <= starts))
        pair = f"({starts[window]:.0f}, {ends[window]:.0f})"
        raise ValueError(f"bounds[{window}] are {pair}; a window's end must lie after its start")
    length = ends.max() if length is None else length
    if length < ends.max():
        raise ValueError(f"length is {length}, but window {ends.argmax()} reaches character {ends.max():.0f}")
    if best is not None and not 0 <= best < count:
        raise ValueError(f"best is {best}; the {count} windows are 0 to {count - 1}")
    if ax is None:
        ax = canvas.new_axes(canvas.WIDTH - 0.1, np.clip(0.28 * count, 0.6, 4.6) + 1.3)
    _draw_windows(ax, starts, ends, best)
    ax.set(xlim=(0, length), ylim=(count - 0.5, -0.5), xlabel="character of the context", ylabel="window")
    beside = ax.inset_axes((1.08, 0, 0.34, 1))
    beside.barh(
        range(count), scores, height=0.8, color=[canvas.ORANGE if row == best else canvas.BLUE for row in range(count)]
    )
    beside.set(xlim=(0, 1), ylim=ax.get_ylim(), xticks=[0, 0.5, 1], yticks=[], xlabel="its best span's score (0 to 1)")
    for each, grid in ((ax, ""), (beside, "x")):
        each.tick_params(labelsize=LABEL_SIZE, labelfontfamily=families())
        canvas.open_frame(each, grid)
    canvas.finish(ax, title, legend="above")
    _write_scores(beside, scores, best)
    return ax


def _draw_windows(ax: Axes, starts: np.ndarray, ends: np.ndarray, best: int | None) -> None:
    """Draw each window's stretch of the context, darker where a neighbour has it too; frame the one that won."""
    rows = range(len(starts))
    ax.barh(rows, ends - starts, left=starts, height=0.8, color=ALONE, label="in this window only")
    first, last = np.maximum(starts[1:], starts[:-1]), np.minimum(ends[1:], ends[:-1])
    both = np.flatnonzero(last > first)
    label = "shared with a neighbour"
    for side in (0, 1):  # the same characters in the row above and in the one below
        style = {"left": first[both], "height": 0.8, "color": SHARED, "label": label if side and len(both) else None}
        ax.barh(both + side, (last - first)[both], **style)
    numbers = [f"{'▶ ' if row == best else ''}{row}" for row in rows]
    label_axis(ax.yaxis, numbers, always=[] if best is None else [best], numbered=False)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda character, _: f"{character:,.0f}"))
    if best is not None:
        edge = {"fill": False, "edgecolor": canvas.ORANGE, "linewidth": 2, "clip_on": False, "zorder": 3}
        frame = Rectangle((starts[best], best - 0.45), ends[best] - starts[best], 0.9, label="▶ won")
        frame.set(**edge)
        ax.add_patch(frame)


def _write_scores(ax: Axes, scores: np.ndarray, best: int | None) -> None:
    """Write the scores beside their bars: all where rows are high enough, else the best and the largest."""
    canvas.lay_out(ax)
    apart = canvas.SMALL * LINE * len(scores) / canvas.points(ax)[1]  # rows that a number covers
    most = len(scores) if apart <= 1 else FEW
    written: list[int] = []
    for row in [*([] if best is None else [best]), *np.argsort(-scores, kind="stable")]:
        if len(written) < most and all(abs(row - other) >= max(apart, 1) for other in written):
            written.append(row)
            style = {"fontsize": canvas.SMALL, "family": families(), "weight": "bold" if row == best else "normal"}
            ax.text(1.03, row, probability_text(scores[row]), va="center", **style)
