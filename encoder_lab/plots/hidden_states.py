"""What happens from layer to layer: how much each token changes, how two vectors drift apart."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import LABEL_SIZE, hundredths, label_axis, readable

CURVES = [  # marker, line and colour all differ: told apart in grey and by the colour-blind
    ("o-", "#0072b2"), ("s--", "#d55e00"), ("^:", "#009e73"), ("D-.", "#000000"), ("v-", "#cc79a7"), ("P--", "#56b4e9"),
]  # fmt: skip


def layer_change(tokens: Sequence[str], change: ArrayLike, *, ax: Axes | None = None, title: str = "") -> Axes:
    """Draw how far each layer turns each token: row = token, column = layer, shade = cosine distance on 0 to 1.

    Args:
        tokens: T tokens.
        change: (L, T) cosine distance between hidden state i and i + 1: 0 unchanged, 1 at right angles, 2 reversed.
        ax: where to draw; a new figure with a colour bar when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: distances of another shape, not finite, or outside 0 to 2.
    """
    tokens = checked_labels("tokens", tokens)
    size = len(tokens)
    change = checked_array("change", change, (None, size), f"L layers and {size} tokens", 0, 2)
    layers = len(change)
    own_figure = ax is None
    if own_figure:
        width, height = 0.55 * layers + 2.8, 0.26 * size
        ax = canvas.new_axes(np.clip(width, 5, canvas.WIDTH), np.clip(height, 1.6, canvas.HEIGHT) + 1.0)
    image, _ = canvas.draw_cells(ax, change.T, cmap=canvas.DISTANCE, vmin=0, vmax=1, aspect="auto")
    label_axis(ax.yaxis, [readable(token) for token in tokens])
    ax.set_xticks(range(layers), [str(layer) for layer in range(layers)], fontsize=LABEL_SIZE)
    ax.set_xlabel("layer i (from hidden state i to i + 1)")
    canvas.finish(ax, title)
    if own_figure:
        beyond = "max" if change.max() > 1 else "neither"
        canvas.draw_scale(image, ax, "cosine distance\n(0 = unchanged)", extend=beyond)
    canvas.number_cells(ax, image, hundredths, 4)
    return ax


def layer_similarity(curves: Mapping[str, ArrayLike], *, ax: Axes | None = None, title: str = "") -> Axes:
    """Draw cosine similarity layer by layer: one named curve for each pair of vectors followed through the model.

    0 and 1 are always in view, and as much below 0 as the curves need, in steps of 0.25.

    Args:
        curves: name -> (L + 1,) cosine similarities, -1 to 1, of hidden states 0 to L; one to six curves.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: no or too many curves, or values of another shape, not finite, or outside -1 to 1.
    """
    names = checked_labels("curves", list(curves))
    if len(names) > len(CURVES):
        raise ValueError(f"curves are {len(names)}; at most {len(CURVES)} can be told apart")
    length = np.size(curves[names[0]])
    values = [
        checked_array(f"curves[{name!r}]", curves[name], (length,), f"{length} hidden states", -1, 1) for name in names
    ]
    if ax is None:
        ax = canvas.new_axes(8.2, 3.6)
    for name, curve, (style, colour) in zip(names, values, CURVES, strict=False):
        ax.plot(range(length), curve, style, color=colour, markersize=6, linewidth=1.6, label=readable(name, 32))
    lowest = min(0, math.floor(4 * min(curve.min() for curve in values)) / 4)
    ax.set(xlim=(-0.3, length - 0.7), ylim=(lowest - 0.03, 1.03), ylabel="cosine similarity")
    ax.set_xticks(range(length), ["0\nembeddings", *map(str, range(1, length))], fontsize=LABEL_SIZE)
    ax.set_xlabel("hidden state (i = after i layers)")
    ax.axhline(0, color="0.5", linewidth=0.8)
    canvas.open_frame(ax, grid="both")
    canvas.finish(ax, title, legend="right")
    return ax
