"""What a change inside the model does to an answer: a map of heads, of patched vectors, and of two texts apart."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels
from encoder_lab.plots.axis_labels import LABEL_SIZE, hundredths, label_axis, readable

MOST_LAYERS, MOST_HEADS = 24, 24
PAIR = 24  # characters of a label that may be two tokens
WITHOUT = canvas.SIGNED.with_extremes(bad="0.85")  # grey where there is no number


def head_effects(effects: ArrayLike, *, unit: str = "logit", ax: Axes | None = None, title: str = "") -> Axes:
    """Draw what switching off each head does to a watched number: row = layer, column = head, colour around 0.

    Args:
        effects: (L, H) the number with the head off minus the number as it is, at most 24 by 24.
        unit: what the number is, for the colour bar.
        ax: where to draw; a new figure with a colour bar when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: effects of another shape, too many, or not finite.
    """
    effects = checked_array("effects", effects, (None, None), "L layers and H heads")
    layers, heads = effects.shape
    if layers > MOST_LAYERS or heads > MOST_HEADS:
        raise ValueError(f"effects are {effects.shape}; at most ({MOST_LAYERS}, {MOST_HEADS}) can be read")
    own_figure = ax is None
    if own_figure:
        ax = canvas.new_axes(np.clip(0.58 * heads + 1.6, 4.5, canvas.WIDTH), max(1.4, 0.32 * layers) + 1.0)
    limit = np.abs(effects).max() or 1
    image, _ = canvas.draw_cells(ax, effects, cmap=canvas.SIGNED, vmin=-limit, vmax=limit, aspect="auto")
    ax.set_xticks(range(heads), [str(head) for head in range(heads)], fontsize=LABEL_SIZE)
    ax.set_yticks(range(layers), [str(layer) for layer in range(layers)], fontsize=LABEL_SIZE)
    ax.set(xlabel="head", ylabel="layer")
    canvas.finish(ax, title)
    _scale_and_number(ax, image, own_figure, f"change of the {readable(unit, 24)}\nwith the head off")
    return ax


def patch_map(
    tokens: Sequence[str], effects: ArrayLike, *, unit: str = "logit", ax: Axes | None = None, title: str = ""
) -> Axes:
    """Draw what one vector of another text does to a watched number: row = token, column = hidden state.

    Args:
        tokens: T tokens of the text that is run; "old / new" where the other text has another.
        effects: (L + 1, T) the patched number minus the number as it is; not a number, drawn grey, where no position
            of the other text stands for the token.
        unit: what the number is, for the colour bar.
        ax: where to draw; a new figure with a colour bar when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: effects of another shape or infinite.
    """
    tokens, effects, ax, own_figure = _token_rows(tokens, "effects", effects, ax, missing=True)
    limit = np.nanmax(np.abs(effects), initial=0) or 1
    image, _ = canvas.draw_cells(ax, effects.T, cmap=WITHOUT, vmin=-limit, vmax=limit, aspect="auto")
    _label_rows(ax, tokens, len(effects), title)
    ax.set_xlabel("hidden state the vector is taken from (0 = embeddings)")
    _scale_and_number(ax, image, own_figure, f"change of the {readable(unit, 24)}\nwith the vector patched")
    return ax


def counterfactual_distance(
    tokens: Sequence[str],
    distance: ArrayLike,
    changed: Sequence[bool] | None = None,
    *,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw how far two texts are apart: row = aligned token, column = hidden state, shade = cosine distance.

    The scale is always 0 to 1; shades follow the square root of the distance, so that small ones can be seen.

    Args:
        tokens: N aligned tokens; "old / new" where they differ.
        distance: (L + 1, N) cosine distance: 0 the same direction, 1 at right angles, 2 reversed.
        changed: (N,) whether the tokens differ; these rows are marked. None marks none.
        ax: where to draw; a new figure with a colour bar when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: distances of another shape, not finite or outside 0 to 2; `changed` of another length.
    """
    tokens, distance, ax, own_figure = _token_rows(tokens, "distance", distance, ax, low=0, high=2)
    changed = [False] * len(tokens) if changed is None else list(changed)
    if len(changed) != len(tokens):
        raise ValueError(f"changed are {len(changed)}; {len(tokens)} tokens need one each")
    image, _ = canvas.draw_cells(ax, distance.T, cmap=canvas.DISTANCE, square_root=True, aspect="auto")
    marked = [("▶ " if differs else "") + token for differs, token in zip(changed, tokens, strict=True)]
    _label_rows(ax, marked, len(distance), title)
    ax.set_xlabel("hidden state (0 = embeddings)")
    beyond = "max" if distance.max() > 1 else "neither"
    if own_figure:
        canvas.draw_scale(image, ax, "cosine distance\n(0 = the same)", extend=beyond)
    canvas.number_cells(ax, image, hundredths, 4)
    return ax


def _token_rows(
    tokens: Sequence[str],
    name: str,
    values: ArrayLike,
    ax: Axes | None,
    low: float = -np.inf,
    high: float = np.inf,
    missing: bool = False,
) -> tuple[list[str], np.ndarray, Axes, bool]:
    """Check a map of hidden states by tokens, and open a figure for it if there is none."""
    tokens = checked_labels("tokens", tokens)
    why = f"L + 1 hidden states and {len(tokens)} tokens"
    values = checked_array(name, values, (None, len(tokens)), why, low, high, missing=missing)
    own_figure = ax is None
    if own_figure:
        width, height = 0.55 * len(values) + 3.0, 0.26 * len(tokens)
        ax = canvas.new_axes(np.clip(width, 5, canvas.WIDTH), np.clip(height, 1.6, canvas.HEIGHT) + 1.0)
    return [readable(token, PAIR) for token in tokens], values, ax, own_figure


def _label_rows(ax: Axes, tokens: Sequence[str], columns: int, title: str) -> None:
    """Write the tokens at the left and the hidden states below."""
    label_axis(ax.yaxis, tokens)
    ax.set_xticks(range(columns), list(map(str, range(columns))), fontsize=LABEL_SIZE, fontfamily=families())
    canvas.finish(ax, title)


def _scale_and_number(ax: Axes, image: AxesImage, own_figure: bool, text: str) -> None:
    """Add the scale, and to the cells their numbers, none where there is none."""
    if own_figure:
        canvas.draw_scale(image, ax, text)
    canvas.number_cells(ax, image, lambda value: "" if np.isnan(value) else hundredths(value), 5)
