"""Answers and their probabilities: ranked bars, and the best answers at every position of a text."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import LABEL_SIZE, LINE, hundredths, label_axis, probability_text, readable

MOST_BARS = 30  # more rows than a laptop's screen shows at once
MOST_WRITTEN = 50  # cells with text; more is a wall of words, and a large file


def probability_bars(
    labels: Sequence[str], probabilities: ArrayLike, *, ax: Axes | None = None, title: str = ""
) -> Axes:
    """Draw answers as horizontal bars on 0 to 1, the most probable on top, each with its number beside it.

    Beyond 30 answers the least probable are not drawn, and a line under the picture says how many they are.

    Args:
        labels: the answers, in any order.
        probabilities: one for each answer, 0 to 1; they need not sum to 1.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: probabilities of another shape, not finite, or outside 0 to 1.
    """
    labels = checked_labels("labels", labels)
    probabilities = checked_array("probabilities", probabilities, (len(labels),), f"{len(labels)} labels", 0, 1)
    ranked = np.argsort(-probabilities, kind="stable")
    drawn = ranked[:MOST_BARS]
    if ax is None:
        row = 0.3 if len(drawn) <= 15 else 0.22
        ax = canvas.new_axes(6.6, row * len(drawn) + 1.1)
    rows = np.arange(len(drawn))
    ax.barh(rows, probabilities[drawn], height=0.72, color=canvas.BLUE)
    for row, probability in enumerate(probabilities[drawn]):
        side = -1 if probability > 0.8 else 1  # beyond 0.8 the number stands inside the bar, where there is room
        ax.annotate(
            probability_text(probability), (probability, row), (4 * side, 0), textcoords="offset points", va="center",
            ha="left" if side == 1 else "right", color=None if side == 1 else "white",
            fontsize=LABEL_SIZE, family=families(),
        )  # fmt: skip
    label_axis(ax.yaxis, [readable(labels[index], 28) for index in drawn])
    ax.set(xlim=(0, 1), ylim=(len(drawn) - 0.5, -0.5), xlabel="probability (0 to 1)")
    if len(ranked) > len(drawn):
        largest = probability_text(probabilities[ranked[len(drawn)]])
        ax.set_xlabel(f"probability (0 to 1)\n{len(ranked) - len(drawn)} more answers, none above {largest}, not drawn")
    canvas.open_frame(ax, grid="x")
    canvas.finish(ax, title)
    return ax


def position_distribution(
    tokens: Sequence[str],
    choices: Sequence[Sequence[str]],
    probabilities: ArrayLike,
    masks: Sequence[int] = (),
    *,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw the best answers at every position: row = position, column = rank, shade = probability.

    Up to about 40 positions, answers and their probabilities stand in the cells: all at the masks, the arg-max
    everywhere, and the others from 0.01 on, or from a higher limit, named under the picture, where there are many. A
    longer text has no room for them: the shades remain, and the arg-max stands at the right of each labelled position.

    Args:
        tokens: T tokens.
        choices: T rows of k answers, the most probable first.
        probabilities: (T, k) theirs, 0 to 1.
        masks: the positions to mark, counted from 0.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: choices or probabilities of another shape, probabilities outside 0 to 1 or not ranked, or a mask
            position outside the text.
    """
    tokens = checked_labels("tokens", tokens)
    size = len(tokens)
    choices = [checked_labels(f"choices[{position}]", row) for position, row in enumerate(choices)]
    depth = len(choices[0]) if choices else 0
    if len(choices) != size or any(len(row) != depth for row in choices):
        raise ValueError(f"choices are {len(choices)} rows; {size} tokens need {size} rows of one length")
    why = f"{size} tokens with {depth} choices each"
    probabilities = checked_array("probabilities", probabilities, (size, depth), why, 0, 1)
    if (np.diff(probabilities) > 0).any():
        position = int(np.nonzero((np.diff(probabilities) > 0).any(axis=1))[0][0])
        raise ValueError(f"probabilities[{position}] rise along the row; give the most probable choice first")
    masks = [int(mask) for mask in masks]
    outside = [mask for mask in masks if not 0 <= mask < size]
    if outside:
        raise ValueError(f"mask position {outside[0]} is outside the text; its {size} positions are 0 to {size - 1}")

    if ax is None:
        ax = canvas.new_axes(np.clip(1.4 * depth + 2.2, 5.6, canvas.WIDTH), min(0.3 * size, canvas.HEIGHT) + 1.0)
    image, _ = canvas.draw_cells(ax, probabilities, cmap=canvas.PROBABILITY, vmin=0, vmax=1, aspect="auto")
    ax.vlines(np.arange(1, depth) - 0.5, -0.5, size - 0.5, colors=[ax.get_facecolor()], linewidth=5)
    ax.spines[:].set_visible(False)
    marked = [("▶ " if position in masks else "") + readable(token) for position, token in enumerate(tokens)]
    label_axis(ax.yaxis, marked, always=masks)
    ax.set_xticks(range(depth), ["1: arg-max", *map(str, range(2, depth + 1))], fontsize=LABEL_SIZE)
    ax.set(xlabel="rank of the answer\n(shade: its probability, 0 to 1)", ylabel="position")
    canvas.finish(ax, title)
    canvas.lay_out(ax)
    width, height = (side / count for side, count in zip(canvas.points(ax), (depth, size), strict=True))
    if height < canvas.SMALL * LINE or width < 9 * canvas.SMALL * 0.75:
        right = ax.secondary_yaxis("right")
        label_axis(right.yaxis, [readable(row[0], 12) for row in choices], always=masks)
        right.set_ylabel("the arg-max there")
        return ax

    least = next(p for p in (0.01, 0.02, 0.05, 0.1, 0.2, 1) if (probabilities >= p).sum() <= MOST_WRITTEN or p == 1)
    ax.set_xlabel(f"rank of the answer\n(shade and number: its probability, 0 to 1; others below {least:g} left out)")
    limit = int(width / (canvas.SMALL * 0.65)) - 5  # characters left beside the number
    for (row, column), value in np.ndenumerate(probabilities):
        if column == 0 or row in masks or value >= least:
            weight = "bold" if column == 0 else "normal"
            choice = readable(choices[row][column], limit - (column == 0))
            number = hundredths(value) if value >= 0.005 else "<0.01"
            canvas.write_in_cell(ax, image, (column - 0.44, row), value, choice, ha="left", weight=weight)
            canvas.write_in_cell(ax, image, (column + 0.44, row), value, number, ha="right")
    for row in masks:
        frame = Rectangle((-0.5, row - 0.5), depth, 1, fill=False, edgecolor=canvas.ORANGE, linewidth=2, zorder=3)
        ax.add_patch(frame).set_clip_on(False)
    return ax
