"""Embedding vectors: their parts and sum as strips of numbers, their lengths, how alike words are."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import hundredths, label_axis, readable

OPERATORS = {
    "word": "word", "position": "+ position", "segment": "+ segment", "total": "= sum", "output": "→ LayerNorm",
}  # fmt: skip
MARKS = canvas.MARKS[:6]  # with more, the marks of one token hide each other


def embedding_parts(
    tokens: Sequence[str],
    word: ArrayLike,
    position: ArrayLike,
    segment: ArrayLike | None,
    total: ArrayLike,
    output: ArrayLike,
    *,
    dimensions: int = 16,
    figure: Figure | None = None,
    title: str = "",
) -> np.ndarray:
    """Draw the embedding as an equation of strips: word + position + segment = sum, then LayerNorm.

    The parts and their sum share one scale around 0; the output, which LayerNorm stretches, has its own. Where cells
    are large enough, a small bar marks the negative ones, so that the sign is also seen in grey. Beyond 60 tokens each
    row is the mean of neighbouring tokens.

    Args:
        tokens: T tokens.
        word: (T, D) what each token brings.
        position: (T, D) what its place brings.
        segment: (T, D) what its side of a pair brings; None where the family has no segments.
        total: (T, D) the sum of these.
        output: (T, D) the sum after LayerNorm.
        dimensions: how many of the D numbers to draw, from the first.
        figure: a figure or subfigure to draw in; a new one when left out.
        title: over the picture.

    Returns:
        The Axes, one for each strip, from left to right.

    Raises:
        ValueError: arrays of another shape or not finite, or `dimensions` outside 1 to D.
    """
    tokens = checked_labels("tokens", tokens)
    size = len(tokens)
    word = checked_array("word", word, (size, None), f"{size} tokens")
    width = word.shape[1]
    if not 1 <= dimensions <= width:
        raise ValueError(f"dimensions is {dimensions}; the vectors have {width}, so give 1 to {width}")
    named = {"word": word, "position": position, "segment": segment, "total": total, "output": output}
    why = f"{size} tokens and vectors as wide as word's"
    block = -(-size // 60)  # a longer text: each row is the mean of neighbours, for which the sum still holds
    rows = np.arange(0, size, block)
    strips = {}
    for name, values in named.items():
        if values is not None:
            values = checked_array(name, values, (size, width), why)[:, :dimensions]
            strips[name] = np.add.reduceat(values, rows) / np.diff(rows, append=size)[:, np.newaxis]
    if figure is None:
        figure = canvas.new_figure(canvas.WIDTH, np.clip(0.24 * size, 1.2, canvas.HEIGHT) + 1.8)
    axes = figure.subplots(1, len(strips))
    largest = max(np.abs(values).max() for name, values in strips.items() if name != "output")
    images = []
    for ax, (name, values) in zip(axes, strips.items(), strict=True):
        limit = (np.abs(values).max() if name == "output" else largest) or 1
        scale = {"cmap": canvas.SIGNED, "vmin": -limit, "vmax": limit}
        extent = (-0.5, dimensions - 0.5, block * len(rows) - 0.5, -0.5)
        images.append(ax.imshow(values, aspect="auto", interpolation="nearest", extent=extent, **scale))
        ax.set_ylim(size - 0.5, -0.5)
        ax.spines[:].set(color="0.8")
        ax.set_title(OPERATORS[name], fontsize=11)
        ax.set_yticks([])
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True, min_n_ticks=1))
        ax.tick_params(axis="x", labelsize=canvas.SMALL)
    _draw_value_scale(images[0], axes[:-1], "value in the parts and in their sum")
    _draw_value_scale(images[-1], axes[-1:], "value after LayerNorm")
    label_axis(axes[0].yaxis, [readable(token) for token in tokens])
    axes[0].set_xlabel(f"dimension (first {dimensions} of {width})", fontsize=canvas.SMALL, loc="left")
    if block > 1:
        axes[0].set_ylabel(f"each row: mean of {block} neighbouring tokens", fontsize=canvas.SMALL)
    canvas.put_figure_title(figure, title)
    canvas.lay_out(axes[0])
    if block == 1:
        for ax, image in zip(axes, images, strict=True):
            canvas.mark_negative(ax, image)
    return axes


def _draw_value_scale(image: AxesImage, axes: np.ndarray, text: str) -> None:
    """Lay a colour bar under the strips it belongs to."""
    bar = canvas.draw_scale(image, axes, text, location="bottom", aspect=12 * len(axes))
    bar.ax.xaxis.set_major_locator(MaxNLocator(4 if len(axes) == 1 else 8, symmetric=True))


def embedding_norms(
    tokens: Sequence[str], norms: Mapping[str, ArrayLike], *, ax: Axes | None = None, title: str = ""
) -> Axes:
    """Draw how long each token's vectors are: one row a token, one mark a vector.

    Args:
        tokens: T tokens.
        norms: name -> (T,) lengths, 0 or more; one to six of them.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: no or too many names, or lengths of another shape, not finite or negative.
    """
    tokens = checked_labels("tokens", tokens)
    size = len(tokens)
    names = checked_labels("norms", list(norms))
    if len(names) > len(MARKS):
        raise ValueError(f"norms are {len(names)}; at most {len(MARKS)} can be told apart")
    lengths = [checked_array(f"norms[{name!r}]", norms[name], (size,), f"{size} tokens", 0) for name in names]
    if ax is None:
        ax = canvas.new_axes(7.2, np.clip(0.26 * size, 1.2, canvas.HEIGHT) + 1.1)
    dense = canvas.points(ax)[1] / size < 8
    for name, values, (marker, colour) in zip(names, lengths, MARKS, strict=False):
        style = {"markersize": 2, "antialiased": False} if dense else {"markersize": 6}
        filled = "none" if marker in "sD" and not dense else colour
        ax.plot(values, range(size), marker, color=colour, markerfacecolor=filled, label=readable(name, 32), **style)
    label_axis(ax.yaxis, [readable(token) for token in tokens])
    largest = max(values.max() for values in lengths) or 1
    ax.set(xlim=(0, 1.06 * largest), ylim=(size - 0.5, -0.5), xlabel="length of the vector (L2 norm, no unit)")
    canvas.open_frame(ax, grid="x" if dense else "both")
    canvas.finish(ax, title, legend="right", markerscale=3 if dense else 1)
    return ax


def similarity_map(labels: Sequence[str], similarities: ArrayLike, *, ax: Axes | None = None, title: str = "") -> Axes:
    """Draw how alike words are: cosine similarity of each pair, on a scale from -1 to 1 around 0.

    Few words have the numbers written in their cells; with more, a small bar marks what is clearly negative.

    Args:
        labels: N words.
        similarities: (N, N) cosine similarities, -1 to 1.
        ax: where to draw; a new figure with a colour bar when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: similarities of another shape, not finite, or outside -1 to 1.
    """
    labels = checked_labels("labels", labels)
    size = len(labels)
    similarities = checked_array("similarities", similarities, (size, size), f"{size} labels", -1, 1)
    texts = [readable(label, 20) for label in labels]
    own_figure = ax is None
    if own_figure:
        side = np.clip(0.46 * size, 2.0, 5.4) + canvas.room_for(texts)
        ax = canvas.new_axes(side + 1.0, side)
    image, block = canvas.draw_cells(ax, similarities, 50, cmap=canvas.SIGNED, vmin=-1, vmax=1)
    label_axis(ax.yaxis, texts)
    label_axis(ax.xaxis, texts)
    canvas.finish(ax, title)
    if own_figure:
        shared = "" if block == 1 else f";\nfarthest from 0 of each {block} × {block}"
        canvas.draw_scale(image, ax, f"cosine similarity (−1 to 1{shared})")
    if block == 1:
        canvas.number_cells(ax, image, hundredths, 5)
    return ax
