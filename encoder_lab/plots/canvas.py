"""What all pictures share: a new Axes of a size that fits a notebook, a title, cells, colour bars, numbers in cells."""

from collections.abc import Callable, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from encoder_lab.cells import shared_cells
from encoder_lab.fonts import families, width
from encoder_lab.plots.axis_labels import LINE, readable, wrapped

WIDTH = 8.8  # inches; 880 pixels, what JupyterLab shows without shrinking
HEIGHT = 7.0  # inches of rows; more scrolls the picture off a laptop's screen
SMALL = 8  # points; numbers in cells, colour bars
MOST_NUMBERS = 150  # in cells; more is a wall of digits
BLUE, ORANGE = "#2171b5", "#d55e00"
SHADES = 20  # few enough to be matched with the colour bar by eye, and a small picture in the notebook
PROBABILITY = mpl.colormaps["Blues"].resampled(SHADES)  # all three are safe for the colour-blind
DISTANCE = mpl.colormaps["Oranges"].resampled(SHADES)
SIGNED = mpl.colormaps["PuOr_r"].resampled(2 * SHADES + 1)  # odd, so that 0 has a shade of its own
ROOT_TICKS = [0, 0.01, 0.1, 0.25, 0.5, 1]  # of a scale that follows the square root

MARKS = [  # shape and colour both differ: told apart in grey and by the colour-blind
    ("o", "#0072b2"), ("^", "#d55e00"), ("s", "#009e73"), ("D", "#000000"), ("P", "#cc79a7"), ("v", "#56b4e9"),
    ("X", "#8c6d00"), ("*", "#882255"), ("<", "#e69f00"), ("h", "#777777"),
]  # fmt: skip


def new_figure(width: float, height: float) -> Figure:
    """Open a figure that lays itself out; sizes in inches."""
    return plt.figure(figsize=(width, height), layout="constrained")


def new_axes(width: float, height: float) -> Axes:
    """Open a figure with one Axes; sizes in inches."""
    return new_figure(width, height).add_subplot()


def points(ax: Axes) -> tuple[float, float]:
    """The width and height of an Axes, in points."""
    box = ax.get_window_extent()
    return box.width * 72 / ax.figure.dpi, box.height * 72 / ax.figure.dpi


def room_for(labels: Sequence[str]) -> float:
    """About how many inches the longest label takes, with its axis label."""
    return 0.45 + 0.085 * max(map(width, labels))


def put_figure_title(figure: Figure, title: str) -> None:
    """Set the title over all Axes of a figure, on one line."""
    if title:
        figure.suptitle(readable(title, 90), fontsize=11, fontfamily=families())


def draw_cells(
    ax: Axes, values: np.ndarray, most: int | None = None, *, square_root: bool = False, **scale
) -> tuple[AxesImage, int]:
    """Draw a matrix as cells.

    Args:
        ax: where to draw.
        values: (rows, columns).
        most: cells a side, which neighbours share where there are more, see `shared_cells`; None: one a value.
        square_root: shades on 0 to 1 that follow the square root of a value, so that small ones can be seen.
        scale: what `imshow` needs to turn values into colours; `aspect="auto"` lets cells fill the Axes.

    Returns:
        The image, and how many rows and columns share a cell (1: none).
    """
    rows, columns = values.shape
    cells, block = (values, 1) if most is None else shared_cells(values, most)
    height, width = block * cells.shape[0], block * cells.shape[1]
    if square_root:
        scale["norm"] = PowerNorm(0.5, 0, 1)
    image = ax.imshow(cells, interpolation="nearest", extent=(-0.5, width - 0.5, height - 0.5, -0.5), **scale)
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    ax.spines[:].set(visible=True, color="0.8")
    return image, block


def draw_scale(image: AxesImage, axes: Axes | Sequence[Axes], text: str, **more) -> Colorbar:
    """Draw the colour bar that belongs to an image, beside one or several Axes."""
    bar = image.figure.colorbar(image, ax=axes, pad=0.02, **{"aspect": 35, "fraction": 0.05, **more})
    bar.set_label(text, fontsize=SMALL, fontfamily=families())
    bar.ax.tick_params(labelsize=SMALL)
    bar.outline.set_visible(False)
    if isinstance(image.norm, PowerNorm):
        bar.set_ticks(ROOT_TICKS, labels=[f"{tick:g}" for tick in ROOT_TICKS])
    return bar


def lay_out(ax: Axes) -> None:
    """Place everything drawn so far, so that `points` then measures what will be seen."""
    ax.get_figure(root=True).draw_without_rendering()


def number_cells(
    ax: Axes, image: AxesImage, text: Callable[[float], str], characters: int, where: np.ndarray | None = None
) -> None:
    """Number the cells if each can hold so many characters, else mark those that are clearly negative.

    Args:
        ax: where the cells are drawn.
        image: the cells.
        text: writes a cell's value.
        characters: how many it takes at most.
        where: (rows, columns) bool, which cells to number; None for all.
    """
    values = np.asarray(image.get_array())
    rows, columns = values.shape
    if rows * columns > MOST_NUMBERS and not (values < 0).any():
        return
    lay_out(ax)
    width, height = points(ax)
    tall, wide = height / rows >= SMALL * LINE, width / columns >= characters * SMALL * 0.7
    if rows * columns > MOST_NUMBERS or not (tall and wide):
        mark_negative(ax, image)
        return
    for row, column in np.argwhere(np.ones_like(values, bool) if where is None else where):
        value = values[row, column]
        write_in_cell(ax, image, (column, row), value, text(value), ha="center")


def write_in_cell(ax: Axes, image: AxesImage, place: tuple[float, float], value: float, text: str, **style) -> None:
    """Write a text at a place in a cell, legible on the colour of the cell's value."""
    ax.text(*place, text, va="center", fontsize=SMALL, family=families(), color=_ink(image, value), **style)


def mark_negative(ax: Axes, image: AxesImage) -> None:
    """Put a small bar into each clearly negative cell that can hold one: its sign is then seen in grey, too."""
    values = np.asarray(image.get_array())
    width, height = points(ax)
    if height / values.shape[0] >= 8 and width / values.shape[1] >= 4:
        rows, columns = np.nonzero(values < -0.1 * image.norm.vmax)
        colours = [_ink(image, value) for value in values[rows, columns]]
        ax.scatter(columns, rows, marker="_", s=8, linewidths=0.8, c=colours)


def open_frame(ax: Axes, grid: str = "") -> None:
    """Leave the frame open at the top and the right; lay a grid behind the data, across "x", "y" or "both"."""
    ax.spines[["top", "right"]].set_visible(False)
    if grid:
        ax.grid(axis=grid, color="0.9")
        ax.set_axisbelow(True)


def finish(ax: Axes, title: str, legend: str = "", **more) -> None:
    """Set the title, wrapped to the width of the Axes and cut after three lines, and a legend outside, off the data.

    Args:
        ax: what has been drawn.
        title: as a student gives it; "" for none.
        legend: "right" of the Axes, or "above", between them and the title, for few short names; "" for none.
        more: for the legend, such as `handles`.
    """
    more |= {"frameon": False, "prop": {"family": families(), "size": 9}}
    pad = None
    if legend == "right":
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, **more)
    elif legend == "above":
        pad = _put_legend_above(ax, **more)
    if title:
        ax.set_title(wrapped(title, max(16, int(points(ax)[0] / 6)), 3), fontsize=11, fontfamily=families(), pad=pad)


def _put_legend_above(ax: Axes, **more) -> float | None:
    """Put the legend over the Axes, on one line if that is not wider; give the points a title needs to clear it."""
    lay_out(ax)
    more |= {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.1, "borderpad": 0.2}
    legend, lines = ax.legend(ncols=9, **more), 1
    if legend.get_window_extent().width > ax.bbox.width:
        legend = ax.legend(ncols=1, **more)
        lines = len(legend.get_texts())
    return 13.5 * lines + 8 if legend.get_texts() else None


def _ink(image: AxesImage, value: float) -> str:
    """Black or white: the one with more contrast on this value's colour (WCAG relative luminance)."""
    channels = np.asarray(image.cmap(image.norm(value))[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return "black" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "white"
