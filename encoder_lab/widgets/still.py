"""What still forms are made of: a small SVG picture as an image, a table, a line that says how to wake them."""

import base64
from collections.abc import Sequence
from html import escape

from encoder_lab.records.record import table

INK, SOFT, BLUE = "#111111", "#444444", "#0b5cad"
LINE = 20      # pixels a row of a bar chart takes
LETTER = 7.2   # pixels a letter takes, about


def still_form(title: str, picture: str, description: str, *parts: str) -> str:
    """Put a still form together: it needs no script, no network and no kernel.

    Args:
        title: what the explorer is called.
        picture: SVG; it is shown as an image, which runs nothing.
        description: what the picture shows, in words, for who cannot see it.
        parts: escaped HTML that follows the picture: tables, lines.
    """
    source = base64.b64encode(picture.encode()).decode("ascii")
    return (
        f'<div class="encoder-lab-still"><p><strong>{escape(title)}</strong></p>'
        f'<p><img alt="{escape(description)}" src="data:image/svg+xml;base64,{source}"></p>'
        f"{''.join(parts)}<p><em>Run this cell to try it with your own input.</em></p></div>"
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
    return f'<text x="{round(x)}" y="{round(y)}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'


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
