"""Answers in their context: highlighted in the text, and window by window of a long one."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from encoder_lab.plots import canvas
from encoder_lab.plots.given import checked_array, checked_labels, checked_pair
from encoder_lab.plots.labels import FONT, LABEL_SIZE, LINE, LabelsThatFit, probability_text, readable
from encoder_lab.plots.running_text import fit_lines, from_corner, line_height, write_line

MOST_SPANS = 9  # one digit each
KEY = 14  # points: a line of the key
KEY_COLUMNS = (0, 36, 120)  # points: rank, score, answer
TALLEST = 220  # points of text; a longer one is shortened
FEW = 10  # scores written where there is no room for all
ALONE, SHARED = "#c6dbef", "#5ba3cf"  # told apart in grey


def highlighted_context(
    text: str,
    spans: Sequence[tuple[int, int, float]],
    *,
    labels: Sequence[str] | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Write a context as running text; the strongest span is shaded, and each is underlined, its rank before the line.

    Spans that overlap have their lines one below the other. A key gives each rank's score. Of a text that is too long
    only what stands near the spans is shown; a line under the key says so, and also if spans beyond the ninth are left
    out.

    Args:
        text: the context.
        spans: (start, end, score), in any order: the first character, the one after the last, and 0 to 1.
        labels: a name for each span, written in the key.
        ax: where to draw; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes drawn on.

    Raises:
        ValueError: the text is blank; there are no spans; a span is empty, reversed or outside the text, or its score
            outside 0 to 1; not one label for each span.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"text is {text!r:.40}; give a string with at least one word")
    places, scores = checked_places(spans, len(text))
    names = [""] * len(places) if labels is None else [f"{name}: " for name in checked_labels("labels", labels)]
    if len(names) != len(places):
        raise ValueError(f"labels are {len(names)}; {len(places)} spans need {len(places)}")
    ranked = np.argsort(-scores, kind="stable")[:MOST_SPANS]
    drawn = [places[index] for index in ranked]
    own_figure = ax is None
    if own_figure:
        ax = canvas.new_axes(canvas.WIDTH, 3)
    ax.axis("off")
    canvas.put_title(ax, title)
    canvas.lay_out(ax)
    wide, tall = canvas.points(ax)
    key = KEY * (len(drawn) + 2.5)  # points, with its heading and notes
    room = TALLEST if own_figure else max(tall - key, 0)
    parts, lines, marks = fit_lines(text, drawn, wide, room, ax.figure.dpi)
    tops = [0.0, *np.cumsum([line_height(line) for line in marks])]
    points = from_corner(ax)
    for top, letters, line_marks in zip(tops, lines, marks, strict=False):
        write_line(ax, points, top, letters, drawn, line_marks)

    style = {"fontsize": 9, "family": FONT, "transform": points, "gid": "key"}
    line = tops[-1] + KEY
    heading = "answer" if labels is None else "name: answer"
    for x, word in zip(KEY_COLUMNS, ("rank", "score (0 to 1)", heading), strict=True):
        ax.text(x, line, word, color="0.35", **style)
    for rank, index in enumerate(ranked, 1):
        line += KEY
        answer = readable(names[index] + text[slice(*places[index])], max(8, int((wide - KEY_COLUMNS[2]) / 6)))
        for x, word in zip(KEY_COLUMNS, (f" {rank}", probability_text(scores[index]), answer), strict=True):
            ax.text(x, line, word, **style)
    shown = sum(end - start for start, end in parts)
    notes = [f"… stands for what is left out: {shown:,} of {len(text):,} characters are shown"] * (shown < len(text))
    if len(places) > MOST_SPANS:
        highest = probability_text(np.sort(scores)[-MOST_SPANS - 1])
        notes.append(f"{len(places) - MOST_SPANS} more spans, none above {highest}, not marked")
    for note in notes:
        line += 1.1 * KEY
        ax.text(0, line, note, color="0.35", **style)
    for artist in (*ax.texts, *ax.lines, *ax.patches):
        artist.set_in_layout(False)  # it has its place already
    if own_figure:
        ax.figure.set_figheight(ax.figure.get_figheight() + (line + 6 - tall) / 72)
    return ax


def checked_places(spans: Sequence[tuple[int, int, float]], length: int) -> tuple[list[tuple[int, int]], np.ndarray]:
    """Return the places and the scores of spans, or say in one sentence what is wrong with them."""
    places, scores = [], []
    for place, span in enumerate(spans):
        name = f"spans[{place}]"
        if np.shape(span) != (3,):
            raise ValueError(f"{name} is {span!r:.60}; give (start, end, score)")
        start, end = checked_pair(name, span[:2], "(start, end, score), the first two in whole characters")
        if not 0 <= start < end <= length:
            fault = "is empty" if start == end else "is outside the text"
            raise ValueError(f"{name} runs from {start} to {end} and {fault}, whose {length} characters start at 0")
        places.append((start, end))
        scores.append(span[2])
    if not places:
        raise ValueError("spans are empty; give at least one (start, end, score)")
    return places, checked_array("scores", scores, (len(places),), f"{len(places)} spans", 0, 1)


def window_strip(
    bounds: ArrayLike,
    scores: ArrayLike,
    *,
    length: int | None = None,
    best: int | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw the windows of a long context: a row each, where it lies in the text, and its best span's score beside it.

    What a window shares with a neighbour is darker. Where rows are too low for a number each, the best and the largest
    have theirs.

    Args:
        bounds: (W, 2) the first character of the context that a window shows, and the one after its last.
        scores: (W,) the score of each window's best span, 0 to 1.
        length: of the context in characters; where the last window ends when left out.
        best: which window won, counted from 0, to mark it; None for none.
        ax: where to draw, with the scores at its right; a new figure when left out.
        title: over the picture.

    Returns:
        The Axes of the windows; its one child Axes holds the scores.

    Raises:
        ValueError: bounds or scores of another shape, not finite, or out of range; a window that ends where it
            starts or before; a length shorter than the windows reach; a best window that is not there.
    """
    bounds = checked_array("bounds", bounds, (None, 2), "W windows with their start and end", 0)
    count = len(bounds)
    scores = checked_array("scores", scores, (count,), f"{count} windows", 0, 1)
    starts, ends = bounds.T
    if (ends <= starts).any():
        window = int(np.argmax(ends <= starts))
        pair = f"({starts[window]:.0f}, {ends[window]:.0f})"
        raise ValueError(f"bounds[{window}] are {pair}; a window's end must lie after its start")
    length = ends.max() if length is None else length
    if length < ends.max():
        raise ValueError(f"length is {length}, but window {ends.argmax()} reaches character {ends.max():.0f}")
    if best is not None and not 0 <= best < count:
        raise ValueError(f"best is {best}; the {count} windows are 0 to {count - 1}")
    if ax is None:
        ax = canvas.new_axes(canvas.WIDTH - 0.1, np.clip(0.28 * count, 0.6, 4.6) + 1.3)
    rows = np.arange(count)
    ax.barh(rows, ends - starts, left=starts, height=0.8, color=ALONE, label="in this window only")
    first, last = np.maximum(starts[1:], starts[:-1]), np.minimum(ends[1:], ends[:-1])
    both = np.flatnonzero(last > first)
    label = "shared with a neighbour"
    for side in (0, 1):  # the same characters in the row above and in the one below
        style = {"left": first[both], "height": 0.8, "color": SHARED, "label": label if side and len(both) else None}
        ax.barh(both + side, (last - first)[both], **style)
    marked = [] if best is None else [best]
    ax.yaxis.set_major_locator(LabelsThatFit(count, LABEL_SIZE, marked))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda row, _: f"{'▶ ' if row == best else ''}{row:.0f}"))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda character, _: f"{character:,.0f}"))
    ax.tick_params(labelsize=LABEL_SIZE, labelfontfamily=FONT)
    ax.set(xlim=(0, length), ylim=(count - 0.5, -0.5), xlabel="character of the context", ylabel="window")
    ax.spines[["top", "right"]].set_visible(False)
    beside = ax.inset_axes((1.08, 0, 0.34, 1))
    colours = [canvas.ORANGE if row == best else canvas.BLUE for row in rows]
    beside.barh(rows, scores, height=0.8, color=colours)
    beside.set(xlim=(0, 1), ylim=ax.get_ylim(), xticks=[0, 0.5, 1], yticks=[], xlabel="its best span's score (0 to 1)")
    beside.tick_params(labelsize=LABEL_SIZE, labelfontfamily=FONT)
    beside.xaxis.grid(color="0.9")
    beside.set_axisbelow(True)
    beside.spines[["top", "right"]].set_visible(False)
    if best is not None:
        edge = {"fill": False, "edgecolor": canvas.ORANGE, "linewidth": 2, "clip_on": False, "zorder": 3}
        frame = Rectangle((starts[best], best - 0.45), ends[best] - starts[best], 0.9, label="▶ won")
        frame.set(**edge)
        ax.add_patch(frame)
    canvas.draw_legend_above(ax, title)
    canvas.lay_out(ax)
    apart = canvas.SMALL * LINE * count / canvas.points(ax)[1]  # rows that a number covers
    most = count if apart <= 1 else FEW
    written: list[int] = []
    for row in [*marked, *np.argsort(-scores, kind="stable")]:
        if len(written) < most and all(abs(row - other) >= max(apart, 1) for other in written):
            written.append(row)
            style = {"fontsize": canvas.SMALL, "family": FONT, "weight": "bold" if row == best else "normal"}
            beside.text(1.03, row, probability_text(scores[row]), va="center", **style)
    return ax
