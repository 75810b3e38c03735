"""Running text with spans underlined: what is shown of a long text, and where each letter and each underline stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import get_hinting_flag
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform

from encoder_lab.plots import canvas
from encoder_lab.plots.labels import FONT, draw_character

SIZE, LINE, LANE = 10, 15, 9  # points: letters, a line of text, each underline below it
INDENT = 12  # points at the left, for the number of an underline that begins there
REACHES = (600, 400, 250, 160, 100, 60, 40, 25, 15)  # characters shown on either side of a span's start and end
WHOLE = 8000  # characters; more need not be laid out to see that they are too many
SHADE = "#fbdcc4"
WORD = 20  # characters at most to finish a word
GAP = 12  # characters; a stretch not longer than this is shown rather than left out
NUMBER = 9  # points that a number before an underline takes


@dataclass(frozen=True, slots=True)
class Letter:
    """One character of the text on its line."""

    index: int  # in the text; -1 for an ellipsis
    shown: str  # as the font can draw it
    left: float  # points from the line's start
    right: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """What of a span stands on one line."""

    span: int  # which span, counted from 0
    left: float  # points from the line's start
    right: float
    opens: bool  # whether the span starts here
    closes: bool  # whether it ends here
    lane: int  # how many underlines are above its own


@cache
def advance(character: str, dpi: float) -> float:
    """How many points a drawable character moves on, as it is drawn at a resolution, without kerning."""
    font = get_font(findfont(FONT))
    font.set_size(SIZE, dpi)
    return font.load_char(ord(character), flags=get_hinting_flag()).horiAdvance / 64 * 72 / dpi


def parts_near(text: str, edges: Sequence[int], reach: int) -> list[tuple[int, int]]:
    """Choose what to show of a text: some `reach` characters on either side of each edge, whole words if they can be.

    Returns:
        (start, end) characters, in order and apart.
    """
    parts: list[tuple[int, int]] = []
    for edge in sorted(edges):
        start, end = max(0, edge - reach), min(len(text), edge + reach)
        while 0 < start and edge - start < reach + WORD and not text[start - 1].isspace():
            start -= 1
        while end < len(text) and end - edge < reach + WORD and not text[end].isspace():
            end += 1
        if parts and start <= parts[-1][1] + GAP:
            before = parts.pop()
            start, end = min(before[0], start), max(before[1], end)
        parts.append((start, end))
    return parts


def set_lines(text: str, parts: Sequence[tuple[int, int]], width: float, dpi: float) -> list[list[Letter]]:
    """Set a text on lines, one space between words whatever the white space is.

    Args:
        text: the whole text.
        parts: (start, end) characters of what to show; an ellipsis stands for what lies before, between and after.
        width: of a line, in points.
        dpi: of the picture.

    Returns:
        The lines; a word that is longer than a line goes on below.
    """
    lines: list[list[Letter]] = [[]]
    for first, word in words(text, parts):
        shown = [draw_character(character) for character in word]
        steps = [advance(character, dpi) for character in shown]
        space = advance(" ", dpi)
        if lines[-1]:
            left = lines[-1][-1].right
            if left + space + sum(steps) > width:
                lines.append([])
            else:
                lines[-1].append(Letter(first - 1 if first > 0 else -1, " ", left, left + space))
        for at, (character, step) in enumerate(zip(shown, steps, strict=True)):
            left = lines[-1][-1].right if lines[-1] else 0.0
            if lines[-1] and left + step > width:
                lines.append([])
                left = 0.0
            lines[-1].append(Letter(first + at if first >= 0 else -1, character, left, left + step))
    return lines


def words(text: str, parts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """Give each run of what is not white space with its first character; an ellipsis comes with -1."""
    shown = 0
    for start, end in parts:
        if start > shown:
            yield -1, "…"
        for run in re.finditer(r"\S+", text[start:end]):
            yield start + run.start(), run.group()
        shown = end
    if shown < len(text):
        yield -1, "…"


def stretches(lines: Sequence[Sequence[Letter]], spans: Sequence[tuple[int, int]]) -> list[list[Stretch]]:
    """Find where spans stand on each line, and give each a lane of its own below the line where they come near.

    Args:
        lines: of letters.
        spans: (start, end) characters; of two that are near the first in the list gets the upper lane.

    Returns:
        For each line its stretches, from a span's first letter on the line to its last.
    """
    found: list[list[Stretch]] = []
    reach = [
        [line for line, letters in enumerate(lines) if any(start <= letter.index < end for letter in letters)]
        for start, end in spans
    ]
    for line, letters in enumerate(lines):
        found.append([])
        for number, (start, end) in enumerate(spans):
            inside = [letter for letter in letters if start <= letter.index < end]
            if inside:
                left, right = inside[0].left, inside[-1].right
                near = {s.lane for s in found[-1] if left < s.right + NUMBER and s.left < right + NUMBER}
                lane = next(lane for lane in range(len(spans)) if lane not in near)
                opens, closes = line == reach[number][0], line == reach[number][-1]
                found[-1].append(Stretch(number, left, right, opens, closes, lane))
    return found


def pieces(letters: Sequence[Letter], spans: Sequence[tuple[int, int]]) -> Iterator[tuple[float, str]]:
    """Cut a line where spans start and end, so that these places hold at any resolution.

    Yields:
        The left edge of each piece in points, and the piece.
    """
    edges = {edge for span in spans for edge in span}
    start = 0
    for at in range(1, len(letters) + 1):
        if at == len(letters) or letters[at].index in edges:
            yield letters[start].left, "".join(letter.shown for letter in letters[start:at])
            start = at


def fit_lines(
    text: str, spans: Sequence[tuple[int, int]], width: float, height: float, dpi: float
) -> tuple[list[tuple[int, int]], list[list[Letter]], list[list[Stretch]]]:
    """Show as much of a text as fits: all of it, or what is near the spans.

    Args:
        text: the whole text.
        spans: (start, end) characters.
        width: of the lines with their indent, in points.
        height: of all lines, in points; the least that can be shown may be taller.
        dpi: of the picture.

    Returns:
        The (start, end) characters shown, the lines, and where the spans stand on each.
    """
    edges = [edge for span in spans for edge in span]
    for reach in (len(text), *REACHES):
        parts = parts_near(text, edges, reach)
        if reach > REACHES[-1] and sum(end - start for start, end in parts) > WHOLE:
            continue
        lines = set_lines(text, parts, width - INDENT, dpi)
        marks = stretches(lines, spans)
        if sum(map(line_height, marks)) <= height:
            break
    return parts, lines, marks


def line_height(marks: Sequence[Stretch]) -> float:
    """How many points a line takes with its underlines."""
    lanes = max((stretch.lane + 1 for stretch in marks), default=0)
    return LINE + LANE * lanes


def from_corner(ax: Axes) -> Transform:
    """Measure in points, to the right and down from an Axes' upper left corner: text fits its places at any size."""
    return Affine2D().scale(1 / 72, -1 / 72) + ax.figure.dpi_scale_trans + ScaledTranslation(0, 1, ax.transAxes)


def write_line(
    ax: Axes,
    points: Transform,
    top: float,
    letters: Sequence[Letter],
    spans: Sequence[tuple[int, int]],
    marks: Sequence[Stretch],
) -> None:
    """Write a line whose top is so many points below the corner, and underline the spans on it."""
    for left, piece in pieces(letters, spans):
        style = {"fontsize": SIZE, "fontfeatures": ["-kern", "-liga"], "parse_math": False, "gid": "text"}
        ax.text(INDENT + left, top + SIZE, piece, family=FONT, transform=points, **style)
    for stretch in marks:
        underline(ax, points, stretch, top)


def underline(ax: Axes, points: Transform, stretch: Stretch, top: float) -> None:
    """Underline what of a span stands on one line, with its rank before and a stroke up where it starts and ends."""
    left, right = INDENT + stretch.left, INDENT + stretch.right
    y = top + SIZE + 5 + LANE * stretch.lane
    first = stretch.span == 0
    colour = canvas.ORANGE if first else canvas.BLUE
    if first:
        ax.add_patch(Rectangle((left, top - 1), right - left, SIZE + 4, color=SHADE, transform=points, zorder=0))
    ends = [(left, y - 3)] * stretch.opens + [(left, y), (right, y)] + [(right, y - 3)] * stretch.closes
    style = {"color": colour, "linewidth": 2.2 if first else 1.2, "clip_on": False, "gid": "underline"}
    ax.plot(*zip(*ends, strict=True), transform=points, **style)
    style = {"fontsize": 7, "family": FONT, "weight": "bold", "ha": "right", "gid": "rank"}
    ax.text(left - 2, y + 2.5, str(stretch.span + 1), color=colour, transform=points, **style)
