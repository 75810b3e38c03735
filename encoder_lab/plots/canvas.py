"""What all pictures share: a new Axes of a size that fits a notebook, a title, cells, colour bars, numbers in cells."""

from collections.abc import Callable, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from encoder_lab.plots.axis_labels import FONT, LINE, readable, wrapped

WIDTH = 8.8  # inches; 880 pixels, what JupyterLab shows without shrinking
HEIGHT = 7.0  # inches of rows; more scrolls the picture off a laptop's screen
SMALL = 8  # points; numbers in cells, colour bars
BLUE, ORANGE = "#2171b5", "#d55e00"
SHADES = 20  # few enough to be matched with the colour bar by eye, and a small picture in the notebook
PROBABILITY = mpl.colormaps["Blues"].resampled(SHADES)  # all three are safe for the colour-blind
DISTANCE = mpl.colormaps["Oranges"].resampled(SHADES)
SIGNED = mpl.colormaps["PuOr_r"].resampled(2 * SHADES + 1)  # odd, so that 0 has a shade of its own

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
    return 0.45 + 0.085 * max(map(len, labels))


def put_title(ax: Axes, title: str, pad: float | None = None) -> None:
    """Set the title, wrapped to the width of the Axes and cut after three lines; `pad` points over the Axes."""
    if title:
        ax.set_title(wrapped(title, max(16, int(points(ax)[0] / 6)), 3), fontsize=11, fontfamily=FONT, pad=pad)


def put_figure_title(figure: Figure, title: str) -> None:
    """Set the title over all Axes of a figure, on one line."""
    if title:
        figure.suptitle(readable(title, 90), fontsize=11, fontfamily=FONT)


def draw_cells(ax: Axes, values: np.ndarray, most: int, **scale) -> tuple[AxesImage, int]:
    """Draw a matrix as at most `most` by `most` cells; with more values, neighbours share a cell.

    A shared cell shows the value farthest from 0, so a lone strong one is never lost, as it would be in a mean.

    Args:
        ax: where to draw.
        values: (rows, columns).
        most: cells a side.
        scale: what `imshow` needs to turn values into colours.

    Returns:
        The image, and how many rows and columns share a cell (1: none).
    """
    rows, columns = values.shape
    block = -(-max(values.shape) // most)
    blocks = np.pad(values, ((0, -rows % block), (0, -columns % block)))
    height, width = blocks.shape
    blocks = blocks.reshape(height // block, block, width // block, block).swapaxes(1, 2).reshape(-1, block * block)
    farthest = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(axis=1)].reshape(height // block, -1)
    image = ax.imshow(farthest, interpolation="nearest", extent=(-0.5, width - 0.5, height - 0.5, -0.5), **scale)
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    ax.spines[:].set(visible=True, color="0.8")
    return image, block


def draw_scale(image: AxesImage, axes: Axes | Sequence[Axes], text: str, **more) -> Colorbar:
    """Draw the colour bar that belongs to an image, beside one or several Axes."""
    bar = image.figure.colorbar(image, ax=axes, pad=0.02, **{"aspect": 35, "fraction": 0.05, **more})
    bar.set_label(text, fontsize=SMALL)
    bar.ax.tick_params(labelsize=SMALL)
    bar.outline.set_visible(False)
    return bar


def lay_out(ax: Axes) -> None:
    """Place everything drawn so far, so that `points` then measures what will be seen."""
    ax.get_figure(root=True).draw_without_rendering()


def cells_have_room(ax: Axes, rows: int, columns: int, characters: int) -> bool:
    """Whether the cells of a matrix are few and, laid out, large enough to hold a text of so many characters each."""
    if rows * columns > 150:
        return False
    lay_out(ax)
    width, height = points(ax)
    return height / rows >= SMALL * LINE and width / columns >= characters * SMALL * 0.7


def write_numbers(ax: Axes, image: AxesImage, text: Callable[[float], str]) -> None:
    """Write each cell's value into it."""
    for (row, column), value in np.ndenumerate(np.asarray(image.get_array())):
        style = {"ha": "center", "va": "center", "fontsize": SMALL, "family": FONT}
        ax.text(column, row, text(value), color=ink(image, value), **style)


def mark_negative(ax: Axes, image: AxesImage, values: np.ndarray) -> None:
    """Put a small bar into each clearly negative cell that can hold one: its sign is then seen in grey, too."""
    width, height = points(ax)
    if height / values.shape[0] >= 8 and width / values.shape[1] >= 4:
        rows, columns = np.nonzero(values < -0.1 * image.norm.vmax)
        colours = [ink(image, value) for value in values[rows, columns]]
        ax.scatter(columns, rows, marker="_", s=8, linewidths=0.8, c=colours)


def draw_legend_above(ax: Axes, title: str, **more) -> None:
    """Put a legend of few short names over the Axes, on one line if that is not wider, and the title over it."""
    lay_out(ax)
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.1, "borderpad": 0.2}
    more |= {"frameon": False, "prop": {"family": FONT, "size": 9}, **place}
    legend, lines = ax.legend(ncols=9, **more), 1
    if legend.get_window_extent().width > ax.bbox.width:
        legend = ax.legend(ncols=1, **more)
        lines = len(legend.get_texts())
    put_title(ax, title, 13.5 * lines + 8 if legend.get_texts() else None)


def draw_legend(ax: Axes, **more) -> None:
    """Put the legend at the right, outside, where it covers no data."""
    place = {"loc": "upper left", "bbox_to_anchor": (1.01, 1), "borderaxespad": 0}
    ax.legend(frameon=False, prop={"family": FONT, "size": 9}, **place, **more)


def ink(image: AxesImage, value: float) -> str:
    """Black or white: the one with more contrast on this value's colour (WCAG relative luminance)."""
    channels = np.asarray(image.cmap(image.norm(value))[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return "black" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "white"
