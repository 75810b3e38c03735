"""Attention weights: one head as a map, all heads of a layer side by side."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import label_axis, readable


def attention_map(
    weights: ArrayLike,
    looks: Sequence[str],
    looked_at: Sequence[str] | None = None,
    *,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw one head: row = the token that looks, column = the token looked at.

    The scale is always 0 to 1, so heads stay comparable; shades follow the square root of the weight, so that the
    many small weights of a long text can be seen. Few tokens have the weights written in their cells.

    Args:
        weights: (T, S) attention weights, 0 to 1.
        looks: T tokens.
        looked_at: S tokens; the same as `looks` when left out.
        ax: where to draw; a new figure with a colour bar when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: weights of another shape, not finite, or outside 0 to 1.
    """
    rows = checked_labels("looks", looks)
    columns = rows if looked_at is None else checked_labels("looked_at", looked_at)
    why = f"{len(rows)} tokens that look and {len(columns)} looked at"
    weights = checked_array("weights", weights, (len(rows), len(columns)), why, 0, 1)
    down, across = [readable(token) for token in rows], [readable(token) for token in columns]
    own_figure = ax is None
    if own_figure:
        cell = min(0.45, 5.4 / max(weights.shape))
        height = max(2.0, cell * len(rows)) + canvas.room_for(across) + 0.3
        ax = canvas.new_axes(max(2.0, cell * len(columns)) + canvas.room_for(down) + 1.1, height)
    image, block = _draw_head(ax, weights, most=75)
    label_axis(ax.yaxis, down)
    label_axis(ax.xaxis, across)
    ax.set(xlabel="looked at", ylabel="looks")
    canvas.finish(ax, title)
    if own_figure:
        _draw_weight_scale(image, ax, block)
    if block == 1:
        canvas.number_cells(ax, image, lambda weight: f"{weight:.2f}" if weight else "0", 4)
    return ax


def head_grid(
    weights: ArrayLike,
    looks: Sequence[str],
    looked_at: Sequence[str] | None = None,
    *,
    figure: Figure | None = None,
    title: str = "",
) -> np.ndarray:
    """Draw every head of a layer as a small map on the one scale of `attention_map`.

    Args:
        weights: (H, T, S) attention weights, 0 to 1.
        looks: T tokens.
        looked_at: S tokens; the same as `looks` when left out.
        figure: a figure or subfigure to draw in; a new one when left out.
        title: over the picture.

    Returns:
        The H Axes, head 0 first.

    Raises:
        ValueError: weights of another shape, not finite, or outside 0 to 1.
    """
    rows = checked_labels("looks", looks)
    columns = rows if looked_at is None else checked_labels("looked_at", looked_at)
    why = f"H heads, {len(rows)} tokens that look and {len(columns)} looked at"
    weights = checked_array("weights", weights, (None, len(rows), len(columns)), why, 0, 1)
    heads = len(weights)
    across = min(4, heads)
    down = -(-heads // across)
    if figure is None:
        figure = canvas.new_figure(min(canvas.WIDTH, 2.0 * across + 1.6), 1.95 * down + 1.3)
    grid = figure.subplots(down, across, squeeze=False).ravel()
    for head, ax in enumerate(grid[:heads]):
        image, block = _draw_head(ax, weights[head], most=40)
        ax.set_title(f"head {head}", fontsize=9, fontfamily=families(), pad=3)
        ax.set(xticks=[], yticks=[])
        if head % across == 0:  # labels stand once a row and once a column, at the edge
            label_axis(ax.yaxis, [readable(token, 10) for token in rows], 7)
        if head + across >= heads:
            label_axis(ax.xaxis, [readable(token, 10) for token in columns], 7)
    for ax in grid[heads:]:
        ax.remove()
    figure.supxlabel("looked at", fontsize=10)
    figure.supylabel("looks", fontsize=10)
    canvas.put_figure_title(figure, title)
    _draw_weight_scale(image, grid[:heads], block)
    return grid[:heads]


def _draw_head(ax: Axes, weights: np.ndarray, most: int) -> tuple[AxesImage, int]:
    """Draw one head's cells; see `canvas.draw_cells`."""
    return canvas.draw_cells(ax, weights, most, cmap=canvas.PROBABILITY, square_root=True)


def _draw_weight_scale(image: AxesImage, axes: Axes | np.ndarray, block: int) -> None:
    """Draw the colour bar of weights, and say it when tokens share cells."""
    text = "attention weight, 0 to 1\n(shades follow its square root"
    text += ")" if block == 1 else f";\nstrongest of each {block} × {block} tokens)"
    canvas.draw_scale(image, axes, text)
