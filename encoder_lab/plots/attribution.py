"""A watched number shared out among tokens: one row of bars for each method, beside each other on one scale."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import LABEL_SIZE, hundredths, label_axis, readable, wrapped

MOST_METHODS = 4
MOST_NUMBERS = 40  # tokens up to which each bar has its number


def attribution(
    tokens: Sequence[str],
    scores: Mapping[str, ArrayLike],
    *,
    unit: str = "logit",
    figure: Figure | None = None,
    title: str = "",
) -> np.ndarray:
    """Draw each token's share as a bar around 0, one panel a method; all panels have one scale.

    Args:
        tokens: T tokens.
        scores: name of the method -> (T,) shares in the watched number's unit; one to four methods.
        unit: what the number is.
        figure: where to draw; a new one when left out.
        title: over the picture.

    Returns:
        The Axes, (methods,).

    Raises:
        ValueError: no or too many methods, or shares of another shape or not finite.
    """
    tokens = checked_labels("tokens", tokens)
    names = checked_labels("methods", list(scores), MOST_METHODS)
    size = len(tokens)
    values = [checked_array(f"scores[{name!r}]", scores[name], (size,), f"{size} tokens") for name in names]
    if figure is None:
        height = np.clip(0.24 * size, 1.4, canvas.HEIGHT) + 1.1
        figure = canvas.new_figure(np.clip(1.6 + 2.4 * len(names), 4.6, canvas.WIDTH), height)
    axes = figure.subplots(1, len(names), sharey=True, sharex=True, squeeze=False)[0]
    limit = max(np.abs(each).max() for each in values) or 1
    canvas.put_figure_title(figure, title)
    for ax, name, each in zip(axes, names, values, strict=True):
        ax.barh(range(size), each, color=canvas.SIGNED(np.where(each < 0, 0.1, 0.85)), height=0.75)
        ax.axvline(0, color="0.3", linewidth=0.8)
        ax.set(ylim=(size - 0.5, -0.5), xlim=(-1.5 * limit, 1.5 * limit))
        ax.set_title(wrapped(name, 26, 2), fontsize=LABEL_SIZE, fontfamily=families())
        ax.set_xlabel(f"sum {hundredths(each.sum())}", fontsize=LABEL_SIZE)
        ax.tick_params(axis="x", labelsize=canvas.SMALL)
        ax.tick_params(axis="y", length=2)
        ax.spines[["top", "right", "left"]].set_visible(False)
        if size <= MOST_NUMBERS:
            _write_shares(ax, each, limit)
    label_axis(axes[0].yaxis, [readable(token) for token in tokens])
    below = f"share of the {readable(unit, 24)} (below 0: against it)"
    figure.supxlabel(below, fontsize=LABEL_SIZE, fontfamily=families())
    return axes


def _write_shares(ax: Axes, values: np.ndarray, limit: float) -> None:
    """Write each share behind the end of its bar; the sign is then seen without colour, too."""
    for place, value in enumerate(values):
        style = {"va": "center", "fontsize": 7, "family": families(), "ha": "right" if value < 0 else "left"}
        ax.text(value + np.copysign(0.03 * limit, value), place, hundredths(value), **style)
