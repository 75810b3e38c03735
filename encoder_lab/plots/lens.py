"""The logit lens as a table: what a head reads in each hidden state, word by word."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import LABEL_SIZE, label_axis, readable

MOST_TOKENS = 26  # rows that hold a word each
MOST_STATES = 13
LETTER = 0.74  # width of a broad letter, in sizes


def lens_table(
    tokens: Sequence[str],
    words: Sequence[Sequence[str]],
    probabilities: ArrayLike,
    *,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Write the likeliest word of each hidden state and position into its cell, shaded by its probability.

    Row = token that was read, column = hidden state. Bold is what the last hidden state reads: the model's answer.

    Args:
        tokens: T tokens, at most 26.
        words: (L + 1)(T) the likeliest word in each place, at most 13 hidden states.
        probabilities: (L + 1, T) its probability, 0 to 1.
        ax: where to draw; a new figure with a colour bar when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: too many tokens or hidden states; words of another shape; probabilities of another shape, not
            finite or outside 0 to 1.
    """
    tokens = checked_labels("tokens", tokens, MOST_TOKENS)
    rows = [checked_labels("words", row) for row in words]
    if not 1 <= len(rows) <= MOST_STATES or any(len(row) != len(tokens) for row in rows):
        raise ValueError(
            f"words are {len(rows)} rows of {sorted({len(row) for row in rows})}; 1 to {MOST_STATES} hidden states "
            f"need {len(tokens)} words each, one a token"
        )
    shape = (len(rows), len(tokens))
    why = f"{shape[0]} hidden states and {shape[1]} tokens"
    probabilities = checked_array("probabilities", probabilities, shape, why, 0, 1)
    own_figure = ax is None
    if own_figure:
        ax = canvas.new_axes(np.clip(0.95 * shape[0] + 2.2, 5, canvas.WIDTH), max(1.4, 0.25 * shape[1]) + 1.0)
    image, _ = canvas.draw_cells(ax, probabilities.T, cmap=canvas.PROBABILITY, vmin=0, vmax=1, aspect="auto")
    label_axis(ax.yaxis, [readable(token) for token in tokens])
    ax.set_xticks(range(shape[0]), list(map(str, range(shape[0]))), fontsize=LABEL_SIZE, fontfamily=families())
    ax.set_xlabel("hidden state (0 = embeddings)")
    canvas.finish(ax, title)
    if own_figure:
        canvas.draw_scale(image, ax, "probability of the word")
    canvas.lay_out(ax)
    letters = max(2, int(canvas.points(ax)[0] / shape[0] / (canvas.SMALL * LETTER)))
    for (state, place), probability in np.ndenumerate(probabilities):
        weight = "bold" if state == shape[0] - 1 else "normal"
        word = readable(rows[state][place], letters)
        canvas.write_in_cell(ax, image, (state, place), probability, word, ha="center", weight=weight)
    return ax
