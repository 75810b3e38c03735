"""Fonts for whatever a student types: a character is drawn by a font that has it, or else named by its code point.

DejaVu Sans, which comes with matplotlib, draws what it has, so that pictures look alike on every machine. The rest of
Hangul is drawn by `hangul.otf` beside this file (its licence: OFL.txt), everything else by a font that is installed.
matplotlib's settings stay as they are.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.path import Path as Outline
from matplotlib.textpath import text_to_path

FIRST = "DejaVu Sans"
HANGUL = Path(__file__).parent / "hangul.otf"
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")  # of no shape; they change how their neighbours are drawn
_IN_COLOUR = re.compile("colou?r|last ?resort|notdef|blank", re.IGNORECASE)  # fonts of pictures, and of boxes
_UNUSUAL = re.compile("bold|black|light|medium|thin|italic|oblique|condensed|narrow|mono|serif", re.IGNORECASE)
_STEPS = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C", Outline.CLOSEPOLY: "Z"}

_used = [FIRST]  # the families that texts have needed so far, in this order


def families() -> list[str]:
    """Name the fonts to draw with, the first that has a character draws it: call it after `drawn`."""
    return list(_used)


def drawn(text: str, limit: int) -> str:
    """Make any text drawable in `families`, at most `limit` letters wide; a longer one ends in an ellipsis.

    Args:
        text: what a student typed, or a token of it.
        limit: the most letters; Hangul, Han and kana are two letters wide.

    Returns:
        The text; a space for each white space, and "U+0E01" for a character that no font draws, or that has no shape.
    """
    shown, taken = "", 0
    signs = [_sign(text, at) for at in range(min(len(text), limit + 1))]
    widths = [width(sign) for sign in signs]
    if sum(widths) <= limit:
        return "".join(signs)
    for sign, wide in zip(signs, widths, strict=True):
        taken += wide
        if taken >= limit:
            break
        shown += sign
    return shown + "…"


def width(text: str) -> int:
    """Say how many letters wide a text is: what is as wide as high counts two."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


def plain(text: str) -> bool:
    """Say whether the first font draws all of a text, as any browser does."""
    return all(ord(character) in _first() for character in text)


def outline(text: str, size: float) -> tuple[str, float]:
    """Draw a text that is `drawn`, from right to left where its script runs so.

    Args:
        text: one line.
        size: of the letters, in pixels.

    Returns:
        (the letters' shapes as an SVG path that begins at 0, 0, how many pixels wide they are).
    """
    font = FontProperties(family=families(), size=size)
    points, codes = text_to_path.get_text_path(font, text)
    shape, scale = [], size / text_to_path.FONT_SCALE
    for vertices, code in Outline(scale * np.asarray(points), codes).iter_segments(curves=True, simplify=False):
        numbers = (f"{x:.1f} {-y:.1f}" for x, y in vertices.reshape(-1, 2))  # SVG counts downwards
        shape.append(_STEPS[code] + ("" if code == Outline.CLOSEPOLY else " ".join(numbers)))
    return "".join(shape), text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]


def _sign(text: str, at: int) -> str:
    """Write one character of a text so that it can be drawn."""
    character = text[at]
    if character.isspace():
        return " "
    if _JOINERS.fullmatch(character):
        neighbours = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
        drawable = len(neighbours) == 2 and all(map(_drawable, neighbours))
    else:
        drawable = character.isprintable() and _drawable(character)
    return character if drawable else f"U+{ord(character):04X}"


@cache
def _drawable(character: str) -> bool:
    """Say whether a font draws a character; the first that does is used from now on."""
    if ord(character) in _first():
        return True
    if get_font(HANGUL).get_char_index(ord(character)):
        _use(HANGUL)
        return True
    file = _installed().get(ord(character))
    if file is None or unicodedata.category(character)[0] == "C":
        return False
    _use(file)
    return True


def _use(file: str | Path) -> None:
    """Draw with a font from here on."""
    name = get_font(file).family_name
    if name in _used:
        return
    if name not in fontManager.get_font_names():
        fontManager.addfont(file)
    _used.append(name)


@cache
def _first() -> frozenset[int]:
    """Give the code points that the first font has."""
    return frozenset(get_font(findfont(FIRST)).get_charmap())


@cache
def _installed() -> dict[int, str]:
    """Find the file of an installed font for each code point that one has; upright ones of usual weight come first."""
    found: dict[int, str] = {}
    for file in sorted(findSystemFonts(), key=lambda file: (bool(_UNUSUAL.search(Path(file).name)), Path(file).name)):
        try:
            font = FT2Font(file)
        except (OSError, RuntimeError):  # not a font, whatever its name says
            continue
        if font.scalable and not _IN_COLOUR.search(font.family_name):
            found = dict.fromkeys(font.get_charmap(), file) | found
    return found
