"""Start and end of an answer along the tokens of a window, and the grid of all the spans that they make."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from encoder_lab.fonts import families
from encoder_lab.plots import canvas
from encoder_lab.plots.arguments import checked_array, checked_labels, checked_pair
from encoder_lab.plots.axis_labels import LABEL_SIZE, hundredths, label_axis, probability_text, readable

SERIES = {  # marker, which points into the span it bounds; colour, marker's face, width of the stem, side of the token
    "start": (">", canvas.BLUE, canvas.BLUE, 2.0, -1),
    "end": ("<", canvas.ORANGE, "white", 1.0, 1),
}
UNLIKELY = 0.005  # a probability's marker would lie on the axis, as its stem does
MOST_CELLS = 75  # a side
ANGLES = np.radians([60, 90, 30, 120, 0, 150, -30, 180, -60, -150, -90, -120])  # towards longer spans first
DIRECTIONS = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])


def start_end_logits(
    tokens: Sequence[str],
    start: ArrayLike,
    end: ArrayLike,
    allowed: ArrayLike | None = None,
    *,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw two logits a token around 0: how well an answer starts there and how well one ends there.

    Tokens that may not take part are grey; of the others the largest start and the largest end are ringed and named.

    Args:
        tokens: T tokens.
        start: (T,) start logits, no unit.
        end: (T,) end logits.
        allowed: (T,) bool; False for question and separators. None if every token may take part.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: logits of another shape or not finite; `allowed` of another shape, not bool, or nowhere True.
    """
    tokens = checked_labels("tokens", tokens)
    size = len(tokens)
    start = checked_array("start", start, (size,), f"{size} tokens")
    end = checked_array("end", end, (size,), f"{size} tokens")
    allowed = _checked_allowed(allowed, size)
    if ax is None:
        ax = canvas.new_axes(np.clip(0.5 * size, 6.6, canvas.WIDTH), 3.8)
    ax.axhline(0, color="0.4", linewidth=0.8)
    for place in np.flatnonzero(~allowed):
        ax.axvspan(place - 0.5, place + 0.5, color="0.93", linewidth=0)
    _draw_series(ax, tokens, {"start": start, "end": end}, allowed, hundredths)
    limit = 1.12 * max(np.abs([start, end]).max(), 1)
    ax.set(ylim=(-limit, limit), ylabel="logit (no unit)")
    if not allowed.all():
        ax.add_patch(Rectangle((0, 0), 0, 0, color="0.88", label="may not take part"))
    canvas.finish(ax, title, legend="above")
    return ax


def start_end_probabilities(
    tokens: Sequence[str], start: ArrayLike, end: ArrayLike, *, ax: Axes | None = None, title: str = ""
) -> Axes:
    """Draw two probabilities a token on 0 to 1: that the answer starts there, and that it ends there.

    The largest start and the largest end are ringed and named. Below 0.005 there is a stem without a marker.

    Args:
        tokens: T tokens.
        start: (T,) start probabilities, 0 to 1.
        end: (T,) end probabilities, 0 to 1.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: probabilities of another shape, not finite, or outside 0 to 1.
    """
    tokens = checked_labels("tokens", tokens)
    size = len(tokens)
    start = checked_array("start", start, (size,), f"{size} tokens", 0, 1)
    end = checked_array("end", end, (size,), f"{size} tokens", 0, 1)
    if ax is None:
        ax = canvas.new_axes(np.clip(0.5 * size, 6.6, canvas.WIDTH), 3.4)
    every = np.ones(size, dtype=bool)
    _draw_series(ax, tokens, {"start": start, "end": end}, every, probability_text, UNLIKELY)
    ax.set(ylim=(-0.03, 1.03), ylabel="probability (0 to 1)")
    canvas.finish(ax, title, legend="above")
    return ax


def _checked_allowed(allowed: ArrayLike | None, size: int) -> np.ndarray:
    """Return which of the tokens may take part, or say in one sentence what is wrong with what was given."""
    if allowed is None:
        return np.ones(size, dtype=bool)
    allowed = np.asarray(allowed)
    if allowed.dtype != bool or allowed.shape != (size,):
        raise ValueError(f"allowed is {allowed.dtype} {allowed.shape}; {size} tokens need bool ({size},)")
    if not allowed.any():
        raise ValueError("allowed is nowhere True; at least one token must be able to take part")
    return allowed


def _draw_series(
    ax: Axes,
    tokens: Sequence[str],
    series: dict[str, np.ndarray],
    allowed: np.ndarray,
    number: Callable[[float], str],
    least: float = -np.inf,
) -> None:
    """Draw stems along the tokens: start and end side by side, each with its largest allowed value ringed and named.

    Args:
        ax: where to draw.
        tokens: T tokens.
        series: "start" and "end" -> (T,) values.
        allowed: (T,) bool; False for tokens to draw in grey.
        number: writes a value.
        least: value from which on a stem ends in a marker.
    """
    size = len(tokens)
    dense = size > 62
    shift = min(0.17, 4 * size / canvas.points(ax)[0])  # at most some 4 points, so that the two stay together
    for name, values in series.items():
        marker, colour, face, width, side = SERIES[name]
        places = np.arange(size) + side * shift
        colours = np.where(allowed, colour, "0.6")
        ax.vlines(places, 0, values, colors=colours, linewidth=0.7 if dense else width)
        tip = values >= least
        face = colours if face == colour else np.full(size, face)
        style = {"s": 3, "linewidths": 0.4} if dense else {"s": 24, "linewidths": 1.0}
        ax.scatter(places[tip], values[tip], c=face[tip], edgecolors=colours[tip], marker=marker, zorder=3, **style)
        best = int(np.where(allowed, values, -np.inf).argmax())
        text = f"{name} (largest {number(values[best])}: token {best}, {readable(tokens[best], 12)})"
        ax.plot([], [], marker, color=colour, markerfacecolor=SERIES[name][2], label=text)
        ax.plot(places[best], values[best], "o", markersize=11, markerfacecolor="none", color="black", zorder=4)
    # A little smaller from 46 to 62 tokens: a window of that size keeps all its labels.
    label_axis(ax.xaxis, [readable(token, 12) for token in tokens], 7 if 45 < size <= 62 else LABEL_SIZE)
    ax.set(xlim=(-0.6, size - 0.4), xlabel="token")
    canvas.open_frame(ax, grid="y")


def span_grid(
    tokens: Sequence[str],
    grid: ArrayLike,
    *,
    spans: Sequence[tuple[int, int]] = (),
    max_answer_len: int | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw the probability of every span: row = the token it starts with, column = the token it ends with.

    What no answer can be is hatched: an end before its start, and spans of more than `max_answer_len` tokens. Shades
    follow the square root of the probability, from 0 to 1. Few tokens have the numbers written in their cells.

    Args:
        tokens: T tokens.
        grid: (T, T) probabilities, 0 to 1; what the hatched cells hold is drawn, too.
        spans: (first, last) token of the spans to mark, the likeliest first, counted from 0.
        max_answer_len: how many tokens an answer may have, 1 or more; None for any number.
        ax: where to draw; a new figure with a colour bar when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: a grid of another shape, not finite, or outside 0 to 1; a span that is not possible;
            `max_answer_len` below 1.
    """
    tokens = checked_labels("tokens", tokens)
    size = len(tokens)
    grid = checked_array("grid", grid, (size, size), f"{size} tokens", 0, 1)
    if max_answer_len is not None and not max_answer_len >= 1:
        raise ValueError(f"max_answer_len is {max_answer_len}; it must be 1 or more, or None for any number")
    longest = size if max_answer_len is None else min(int(max_answer_len), size)
    spans = _checked_spans(spans, size, longest)
    texts = [readable(token) for token in tokens]
    own_figure = ax is None
    if own_figure:
        side = np.clip(0.45 * size, 2.0, 5.6) + canvas.room_for(texts)
        ax = canvas.new_axes(max(side + 1.1, 3.6), side + (0.3 if longest == size else 0.5))
    image, block = canvas.draw_cells(ax, grid, MOST_CELLS, cmap=canvas.PROBABILITY, square_root=True)
    label_axis(ax.yaxis, texts)
    label_axis(ax.xaxis, texts)
    ax.set(xlabel="the span's last token", ylabel="the span's first token")
    rows, edges = np.arange(size), np.arange(size + 1) - 0.5
    shut = {"orientation": "horizontal", "facecolor": (0.5, 0.5, 0.5, 0.25), "linewidth": 0, "fill": True}
    if size > 1:
        half = {"hatch": "///", "hatchcolor": "0.65", "label": "not possible: end before start"}
        ax.stairs(rows - 0.5, edges, baseline=-0.5, **shut, **half)
    if longest < size:
        long = {"hatch": "\\\\\\", "hatchcolor": "0.65", "label": f"not possible: over {longest} tokens"}
        ax.stairs(np.minimum(rows + longest, size) - 0.5, edges, baseline=size - 0.5, **shut, **long)
    canvas.finish(ax, title, legend="above" if size > 1 else "")
    if own_figure:
        shared = "" if block == 1 else f";\nlargest of each {block} × {block} tokens"
        canvas.draw_scale(image, ax, f"probability of the span, 0 to 1\n(shades follow its square root{shared})")
    if block == 1:
        lengths = rows - rows[:, None]  # (T, T) one less than the span's tokens
        possible = (lengths >= 0) & (lengths < longest)
        canvas.number_cells(ax, image, lambda value: hundredths(value) if value else "0", 4, possible)
    _mark_ranks(ax, spans)
    return ax


def _checked_spans(spans: Sequence[tuple[int, int]], size: int, longest: int) -> list[tuple[int, int]]:
    """Return spans as pairs of whole numbers, or say in one sentence which of them cannot be marked."""
    pairs: list[tuple[int, int]] = []
    for place, span in enumerate(spans):
        first, last = checked_pair(f"spans[{place}]", span, "(first token, last token), two whole numbers")
        name = f"spans[{place}] is ({first}, {last})"
        if not (0 <= first < size and 0 <= last < size):
            raise ValueError(f"{name}; the {size} tokens are 0 to {size - 1}")
        if last - first >= longest:
            raise ValueError(f"{name}, {last - first + 1} tokens; max_answer_len lets through {longest} at most")
        if (first, last) in pairs:
            before = pairs.index((first, last))
            raise ValueError(f"{name}, as is spans[{before}]; give the spans of one window, each once")
        pairs.append((first, last))
    return pairs


def _mark_ranks(ax: Axes, spans: Sequence[tuple[int, int]]) -> None:
    """Frame the cells of spans and number them: at a large cell's corner, or beside a small one with a line to it."""
    canvas.lay_out(ax)
    scale = 72 / ax.figure.dpi
    low, high = np.array(ax.bbox.min) * scale + 7, np.array(ax.bbox.max) * scale - 7  # points, as all that follows
    cells = np.array([ax.transData.transform((last, first)) * scale for first, last in spans])
    half = 0.5 * canvas.points(ax)[0] / np.ptp(ax.get_xlim())
    taken = np.empty((0, 2))
    for rank, ((first, last), cell) in enumerate(zip(spans, cells, strict=True), 1):
        edge = {"fill": False, "edgecolor": canvas.ORANGE, "linewidth": 1.6, "zorder": 3}
        ax.add_patch(Rectangle((last - 0.5, first - 0.5), 1, 1, **edge))
        place = cell + (-half, half)
        if half < 9:
            near = [cell + radius * step for radius in range(16, 136, 8) for step in DIRECTIONS]
            free = (
                spot for spot in near
                if (low < spot).all() and (spot < high).all() and (np.hypot(*(cells - spot).T) > 11).all()
                and (np.hypot(*(taken - spot).T) > 15).all()
            )  # fmt: skip
            place = next(free, near[0])
        taken = np.vstack([taken, place])
        ax.annotate(
            str(rank), (last, first), place - cell, textcoords="offset points", ha="center", va="center",
            fontsize=canvas.SMALL, family=families(), weight="bold", zorder=5,
            bbox={"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": "black", "linewidth": 0.8},
            arrowprops={"arrowstyle": "-", "shrinkB": 3, "linewidth": 0.8} if half < 9 else None,
        )  # fmt: skip
