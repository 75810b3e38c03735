"""How a training went: loss and accuracy epoch by epoch, on what was learned from and on what was held back."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import readable
from encoder_lab.plots.hidden_states import CURVES


def training_curve(
    loss: Mapping[str, ArrayLike],
    accuracy: Mapping[str, ArrayLike],
    best: int | None = None,
    *,
    epochs: int | None = None,
    title: str = "",
) -> np.ndarray:
    """Draw loss (left) and accuracy (right) over the epochs, a curve for each set of examples.

    Args:
        loss: name -> (E,) mean losses in nats, 0 or more; entry 0 is before the first epoch. NaN: not measured.
        accuracy: the same names -> (E,) shares of right answers, 0 to 1. NaN: not measured.
        best: the epoch whose weights are kept; a thin line with its number.
        epochs: how far the axis goes, so that a picture drawn anew each epoch keeps its scale; None for E - 1.
        title: over both.

    Returns:
        The two Axes, loss and accuracy.

    Raises:
        ValueError: no or too many names, other names for accuracy than for loss, unequal lengths, a number out of
            range, or a best epoch that is not among those drawn.
    """
    names = checked_labels("loss", list(loss), len(CURVES))
    if list(accuracy) != names:
        raise ValueError(f"accuracy has {', '.join(map(str, accuracy))}; loss has {', '.join(names)}: give the same")
    size = np.size(loss[names[0]])
    why = f"{size} entries, one before the first epoch and one for each,"
    losses = [checked_array(f"loss[{name!r}]", loss[name], (size,), why, 0, missing=True) for name in names]
    shares = [checked_array(f"accuracy[{n!r}]", accuracy[n], (size,), why, 0, 1, missing=True) for n in names]
    if best is not None and best not in range(size):
        raise ValueError(f"best is {best}; these are epochs 0 to {size - 1}")

    figure = canvas.new_figure(canvas.WIDTH, 3.0)
    axes = figure.subplots(1, 2)
    last = max(size - 1, epochs or 0, 1)
    kinds = (("loss (nats, 0 = perfect)", losses), ("accuracy (share right, 0 to 1)", shares))
    for ax, (what, tables) in zip(axes, kinds, strict=True):
        for name, values, (style, colour) in zip(names, tables, CURVES, strict=False):
            look = {"color": colour, "linewidth": 1.6, "markersize": 5 if size <= 25 else 0}
            ax.plot(range(size), values, style, label=readable(name, 24), **look)
        if best is not None:
            ax.axvline(best, color="0.4", linewidth=1, linestyle=(0, (1, 2)), label=f"kept: epoch {best}", zorder=1)
        ax.set(xlabel="epoch (0 = before training)", ylabel=what, xlim=(-0.02 * last, 1.02 * last))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        canvas.open_frame(ax, grid="both")
    axes[0].set_ylim(0, None)
    axes[1].set_ylim(0, 1.02)
    canvas.finish(axes[1], "", legend="right")
    canvas.put_figure_title(figure, title)
    return axes


def live_picture() -> Callable[[Figure], None]:
    """Keep one place below a notebook's cell whose picture is drawn anew each time.

    Returns:
        A function that shows a figure there in the place of the last one, as a still PNG, and closes it.
    """
    from IPython.display import display  # here: only a notebook needs it

    place = None

    def show(figure: Figure) -> None:
        nonlocal place
        if place is None:
            place = display(figure, display_id=True)
        else:
            place.update(figure)
        plt.close(figure)

    return show
