"""What still forms are made of: a small SVG picture as an image, a table, a line that says how to wake them."""

import base64
from collections.abc import Sequence

import numpy as np

from encoder_lab.records.record import table
from encoder_lab.shown import frame, html, shorten
from encoder_lab.texts import say

INK, SOFT, BLUE = "#111111", "#444444", "#0b5cad"
LINE = 20  # pixels a row of a bar chart takes
LETTER = 7.2  # pixels a letter takes, about
CELL = 16  # pixels a side of a map's cell
NAME = 14  # letters of a name beside a map, at most
SHADES = ("#e3eef8", "#cfe1f2", "#b0d2e7", "#8bc0dd", "#5fa6d1", "#3c8ac2", "#1c66ab", "#08306b")  # from an eighth to 1


def still_form(title: str, picture: str, description: str, *parts: str) -> str:
    """Put a still form together: it needs no script, no network and no kernel.

    Args:
        title: what the explorer is called.
        picture: SVG; it is shown as an image, which runs nothing.
        description: what the picture shows, in words, for who cannot see it.
        parts: escaped HTML that follows the picture: tables, lines.
    """
    source = base64.b64encode(picture.encode()).decode("ascii")
    return frame(
        f'<div class="encoder-lab-still"><p><strong>{html(title)}</strong></p>'
        f'<p><img alt="{html(description)}" src="data:image/svg+xml;base64,{source}"></p>'
        f"{''.join(parts)}<p><em>{html(say('explorers.every.run_the_cell'))}</em></p></div>"
    )


def numbers(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay out the numbers of a still form; every cell is escaped."""
    return table(list(names), [list(row) for row in rows])


def signed(value: float) -> str:
    """Write a difference with its sign, to two digits; what rounds to nothing has none."""
    return "0.00" if abs(value) < 0.005 else f"{value:+.2f}"


def svg(width: float, height: float, *shapes: str) -> str:
    """Put shapes on a white ground, in whole pixels."""
    size = f'width="{round(width)}" height="{round(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {round(width)} {round(height)}" '
        f'font-family="sans-serif" font-size="13"><rect {size} fill="#ffffff"/>{"".join(shapes)}</svg>'
    )


def rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    """Draw a rectangle, in whole pixels."""
    return (
        f'<rect x="{round(x)}" y="{round(y)}" width="{max(1, round(width))}" height="{round(height)}" fill="{fill}"/>'
    )


def word(x: float, y: float, text: str, anchor: str = "start", fill: str = INK) -> str:
    """Write text at a place; it is escaped. `anchor`: start, middle or end."""
    return f'<text x="{round(x)}" y="{round(y)}" text-anchor="{anchor}" fill="{fill}">{html(text)}</text>'


def bar_chart(title: str, names: Sequence[str], values: Sequence[float], written: Sequence[str]) -> str:
    """Draw one bar a name, with its number behind it.

    Args:
        title: written above the bars.
        names: what each bar stands for.
        values: 0 to 1.
        written: the numbers as text.
    """
    left = 12 + LETTER * max((len(name) for name in names), default=0)
    shapes = [word(4, 15, title, fill=SOFT)]
    for row, (name, value, number) in enumerate(zip(names, values, written, strict=True)):
        top = 24 + LINE * row
        shapes += [word(left - 6, top + 14, name, "end"), rect(left, top + 3, 300 * value, LINE - 6, BLUE),
                   word(left + 300 * value + 6, top + 14, number)]  # fmt: skip
    return svg(left + 300 + 90, 30 + LINE * len(names), *shapes)


def cells(values: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> str:
    """Draw a map of cells in nine shades, each row and column named.

    Args:
        values: (rows, columns), 0 to 1; they are rounded to eighths.
        rows: what each row stands for; it is written in at most 14 letters.
        columns: what each column stands for, as well.
    """
    margin = 4 + round(LETTER * NAME)
    shapes = [word(margin - 4, margin + CELL * i + 12, shorten(name, NAME), "end") for i, name in enumerate(rows)]
    for i, name in enumerate(columns):
        turned = f"translate({margin + CELL * i + 12} {margin - 4}) rotate(-90)"
        shapes.append(f'<g transform="{turned}">{word(0, 0, shorten(name, NAME))}</g>')
    eighths = np.round(8 * values).astype(int)
    for level, fill in enumerate(SHADES, 1):  # cells that are all but 0 stay white
        places = "".join(f"M{c} {r}h{n}v1h-{n}z" for r, c, n in _runs(eighths == level))
        if places:
            shapes.append(f'<path transform="translate({margin} {margin}) scale({CELL})" d="{places}" fill="{fill}"/>')
    shapes.append(f'<path d="M{margin} {margin}h{CELL * len(columns)}v{CELL * len(rows)}h-{CELL * len(columns)}z" '
                  f'fill="none" stroke="{SOFT}"/>')  # fmt: skip
    return svg(margin + CELL * len(columns) + 4, margin + CELL * len(rows) + 4, *shapes)


def _runs(marked: np.ndarray) -> list[tuple[int, int, int]]:
    """List the runs of marked cells in each row: row, first column, how many."""
    steps = np.diff(marked.astype(int), axis=1, prepend=0, append=0)
    starts, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)
    return [(r, c, end - c) for (r, c), (_, end) in zip(starts.tolist(), ends.tolist(), strict=True)]
