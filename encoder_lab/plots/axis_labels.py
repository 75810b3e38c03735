"""Text that can be drawn: whatever a student types becomes a short readable label; long token axes thin theirs."""

import math
import textwrap
from collections.abc import Sequence

from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, Locator

from encoder_lab.fonts import drawn, families, width

LABEL_SIZE = 9  # points; 12 pixels tall in a notebook
LINE = 1.3  # one line of text needs this many times its size


def readable(text: str, limit: int = 16) -> str:
    """Make any string drawable: no mathtext, no missing glyph, no control character, at most `limit` letters wide.

    Args:
        text: what a student typed, or a token of it.
        limit: the most letters kept; a longer text ends in an ellipsis. Hangul, Han and kana are two letters wide.

    Returns:
        The label, to be drawn in `families()`; "U+0E01" stands for a character that no font here has, "␣" for a blank
        text, and `$` is escaped.
    """
    shown = drawn(text, limit)
    return (shown if shown.strip() else "␣").replace("$", r"\$")


def wrapped(text: str, wide: int, lines: int) -> str:
    """Make any string drawable on a few lines; a longer text ends in an ellipsis.

    Args:
        text: what a student typed.
        wide: the most letters on a line.
        lines: the most lines.

    Returns:
        The label, see `readable`.
    """
    shown = readable(text, wide * lines + 1).replace(r"\$", "$")  # wrapped first, so that no line ends within "\$"
    wide = max(2, wide * len(shown) // width(shown))
    return "\n".join(textwrap.wrap(shown, wide, max_lines=lines, placeholder=" …")).replace("$", r"\$")


def probability_text(probability: float) -> str:
    """Write a probability to four digits or so, never a tiny one as 0 nor one short of certain as 1."""
    if probability in (0, 1):
        return f"{probability:.0f}"
    if probability > 0.99995:
        return ">0.9999"
    if probability >= 0.00095:
        return f"{probability:.4f}"
    if probability >= 0.000095:
        return f"{probability:.5f}"
    mantissa, power = f"{probability:.1e}".split("e")
    return f"{mantissa} × 10" + str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def hundredths(value: float) -> str:
    """Write a value to two decimals, with a true minus sign, and none before 0.00."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


class _LabelsThatFit(Locator):
    """Tick every position while the labels have room, else every 2nd, 5th, 10th …; worked out anew at each drawing.

    Args:
        count: how many positions there are.
        size: of the labels, in points.
        always: positions that come before all others.
    """

    def __init__(self, count: int, size: float, always: Sequence[int] = ()) -> None:
        self.count, self.size, self.always = count, size, always

    def __call__(self) -> list[int]:
        """Return the positions to label in what the axis shows now."""
        return self.tick_values(*self.axis.get_view_interval())

    def tick_values(self, vmin: float, vmax: float) -> list[int]:
        """Return the positions to label between vmin and vmax."""
        box, dpi = self.axis.axes.bbox, self.axis.axes.figure.dpi
        length = (box.width if self.axis.axis_name == "x" else box.height) * 72 / dpi  # points
        gap = abs(vmax - vmin) * self.size * LINE / max(length, 1)  # positions that one label covers
        if gap > 1:
            gap *= 1.5  # labels that leave some out read better with air between them
        step = next(n * 10**power for power in range(9) for n in (1, 2, 5) if n * 10**power >= gap)
        low, high = max(0, math.ceil(min(vmin, vmax))), min(self.count - 1, math.floor(max(vmin, vmax)))
        chosen: list[int] = []
        for position in (*self.always, *range(-(-low // step) * step, high + 1, step)):
            if low <= position <= high and all(abs(position - other) >= gap for other in chosen):
                chosen.append(position)
        return sorted(chosen)


class _PositionAndToken(Formatter):
    """Write the token; where tokens are left out and so it is wanted, its position before it, counted from 0."""

    def __init__(self, texts: Sequence[str], numbered: bool) -> None:
        self.texts, self.numbered = texts, numbered

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the token at a position, or nothing beside the tokens."""
        return self.texts[round(x)] if 0 <= round(x) < len(self.texts) else ""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the labels of all ticks together, for they depend on each other."""
        thinned = self.numbered and len(values) < len(self.texts)
        return [f"{round(value)} {self(value)}" if thinned else self(value) for value in values]


def label_axis(
    axis: Axis, labels: Sequence[str], size: float = LABEL_SIZE, always: Sequence[int] = (), numbered: bool = True
) -> None:
    """Label the positions 0, 1, 2 … of an axis, as many as fit.

    Args:
        axis: `ax.xaxis` (labels stand upright) or `ax.yaxis`.
        labels: drawable strings, see `readable`.
        size: of the text, in points.
        always: positions labelled before all others.
        numbered: where some are left out, write each one's position before it; False for labels that are numbers.
    """
    axis.set_major_locator(_LabelsThatFit(len(labels), size, always))
    axis.set_major_formatter(_PositionAndToken(labels, numbered))
    upright = {"labelrotation": 90} if axis.axis_name == "x" else {}
    axis.set_tick_params(labelsize=size, labelfontfamily=families(), length=2, **upright)
