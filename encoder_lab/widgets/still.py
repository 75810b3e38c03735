"""What still forms are made of: a line that says how to wake them, and a small SVG picture as an image."""

import base64
from collections.abc import Sequence

import numpy as np

from encoder_lab.fonts import drawn, outline, plain, width
from encoder_lab.shown import frame, html
from encoder_lab.texts import say

INK, SOFT, BLUE, WARM = "#111111", "#444444", "#0b5cad", "#a33b00"
LINE = 20  # pixels a row of a bar chart takes
SIZE = 13  # pixels; of letters
LETTER, BROAD = 7.2, 8.8  # pixels a letter takes, about, and a capital letter
CELL = 16  # pixels a side of a map's cell
NAME = 14  # letters of a name beside a map, at most
WIDTH, FIXED = 88, 7.85  # letters a line of text has, and pixels a letter takes there
HEIGHT, LANE = 44, 18  # pixels from line to line of text, and pixels of a bar of probability 1
LINES = 6  # lines of text, around the best answer
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


def bar_chart(title: str, names: Sequence[str], values: Sequence[float], written: Sequence[str]) -> str:
    """Draw one bar a name, with its number behind it.

    Args:
        title: written above the bars.
        names: what each bar stands for.
        values: 0 to 1.
        written: the numbers as text.
    """
    left = 12 + _room(names) * max((width(_whole(name)) for name in names), default=0)
    shapes = [_word(4, 15, title, fill=SOFT)]
    for row, (name, value, number) in enumerate(zip(names, values, written, strict=True)):
        top = 24 + LINE * row
        shapes += [_word(left - 6, top + 14, name, "end"), _rect(left, top + 3, 300 * value, LINE - 6, BLUE),
                   _word(left + 300 * value + 6, top + 14, number)]  # fmt: skip
    return _svg(left + 300 + 90, 30 + LINE * len(names), *shapes)


def cells(values: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> str:
    """Draw a map of cells in nine shades, each row and column named.

    Args:
        values: (rows, columns), 0 to 1; they are rounded to eighths.
        rows: what each row stands for; it is written in at most 14 letters.
        columns: what each column stands for, as well.
    """
    margin = 4 + round(_room((*rows, *columns)) * NAME)
    shapes = [_word(margin - 4, margin + CELL * i + 12, drawn(name, NAME), "end") for i, name in enumerate(rows)]
    for i, name in enumerate(columns):
        turned = f"translate({margin + CELL * i + 12} {margin - 4}) rotate(-90)"
        shapes.append(f'<g transform="{turned}">{_word(0, 0, drawn(name, NAME))}</g>')
    eighths = np.round(8 * values).astype(int)
    for level, fill in enumerate(SHADES, 1):  # cells that are all but 0 stay white
        places = "".join(f"M{c} {r}h{n}v1h-{n}z" for r, c, n in _runs(eighths == level))
        if places:
            shapes.append(f'<path transform="translate({margin} {margin}) scale({CELL})" d="{places}" fill="{fill}"/>')
    shapes.append(f'<path d="M{margin} {margin}h{CELL * len(columns)}v{CELL * len(rows)}h-{CELL * len(columns)}z" '
                  f'fill="none" stroke="{SOFT}"/>')  # fmt: skip
    return _svg(margin + CELL * len(columns) + 4, margin + CELL * len(rows) + 4, *shapes)


def text_picture(title: str, seen: dict, best: tuple[int, int] | None) -> str:
    """Draw some lines of a text: under each token a bar for an answer's start (left) and one for its end (right).

    Args:
        title: written above the lines.
        seen: a window of the question-answering explorer: `texts` and `gaps` of its tokens, `spans` of characters, the
            probabilities `start` and `end`.
        best: the best answer's characters, which are underlined; the lines are those around it.
    """
    texts = [_flat(text) for text in seen["texts"]]
    lines = _broken(texts, seen["gaps"])
    marked = [best is not None and a < best[1] and b > best[0] for a, b in seen["spans"]]
    middle = next((row for row, line in enumerate(lines) for at, _ in line if marked[at]), 0)
    first = max(0, min(middle - LINES // 2, len(lines) - LINES))
    shapes = [_word(4, 15, title, fill=SOFT)]
    for row, line in enumerate(lines[first : first + LINES]):
        top = 24 + HEIGHT * row
        letters, reached = "", 0
        for at, column in line:
            letters += " " * (column - reached) + texts[at]
            reached = column + width(texts[at])
            left, right = 4 + FIXED * column, 4 + FIXED * reached
            if marked[at]:
                shapes.append(_rect(left, top + 17, right - left, 2, INK))
            for value, x, fill in ((seen["start"][at], left, BLUE), (seen["end"][at], max(right - 5, left + 4), WARM)):
                if round(LANE * value):
                    shapes.append(_rect(x, top + 20 + LANE * (1 - value), 4, LANE * value, fill))
        if not plain(letters):
            shapes += [_word(4 + FIXED * column, top + 14, texts[at]) for at, column in line]
            continue
        written = _word(4, top + 14, letters)
        exact = f'<text font-family="monospace" xml:space="preserve" textLength="{round(FIXED * reached)}"'
        shapes.append(written.replace("<text", exact, 1))
    return _svg(8 + FIXED * WIDTH, 28 + HEIGHT * min(LINES, len(lines)), *shapes)


def _svg(width: float, height: float, *shapes: str) -> str:
    """Put shapes on a white ground, in whole pixels."""
    size = f'width="{round(width)}" height="{round(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {round(width)} {round(height)}" '
        f'font-family="sans-serif" font-size="{SIZE}"><rect {size} fill="#ffffff"/>{"".join(shapes)}</svg>'
    )


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    """Draw a rectangle, in whole pixels."""
    return (
        f'<rect x="{round(x)}" y="{round(y)}" width="{max(1, round(width))}" height="{round(height)}" fill="{fill}"/>'
    )


def _word(x: float, y: float, text: str, anchor: str = "start", fill: str = INK) -> str:
    """Write text at a place, or draw it where a browser may lack the font. `anchor`: start, middle or end."""
    if not plain(text):
        shape, wide = outline(_whole(text), SIZE)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        return f'<path transform="translate({round(left)} {round(y)})" d="{shape}" fill="{fill}"/>'
    return f'<text x="{round(x)}" y="{round(y)}" text-anchor="{anchor}" fill="{fill}">{html(text)}</text>'


def _runs(marked: np.ndarray) -> list[tuple[int, int, int]]:
    """List the runs of marked cells in each row: row, first column, how many."""
    steps = np.diff(marked.astype(int), axis=1, prepend=0, append=0)
    starts, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)
    return [(r, c, end - c) for (r, c), (_, end) in zip(starts.tolist(), ends.tolist(), strict=True)]


def _broken(texts: Sequence[str], gaps: Sequence[str]) -> list[list[tuple[int, int]]]:
    """Break a window's text into lines of (token, column); a word stays whole unless it is longer than a line."""
    lines, column = [[]], 0
    begins = [bool(gap) or at <= 1 for at, gap in enumerate(gaps)]
    for at, text in enumerate(texts):
        after = next((i for i in range(at + 1, len(texts)) if begins[i]), len(texts))
        needed = sum(map(width, texts[at:after])) if begins[at] else width(text)
        space = int(begins[at] and at > 0)
        if lines[-1] and column + space + min(needed, WIDTH) > WIDTH:
            lines.append([])
            column, space = 0, 0
        lines[-1].append((at, column + space))
        column += space + width(text)
    return lines


def _flat(text: str) -> str:
    """Write a token on one line, with signs for what has no shape."""
    text = text.replace("\n", "⏎")
    return "".join(letter if letter.isprintable() else "·" for letter in text) if plain(text) else _whole(text)


def _room(names: Sequence[str]) -> float:
    """Say how many pixels a letter of names takes; code points are capitals and digits, which are broad."""
    return LETTER if all(map(plain, names)) else BROAD


def _whole(text: str) -> str:
    """Make all of a text drawable, however long."""
    return drawn(text, 8 * len(text))  # "U+10FFFF"
