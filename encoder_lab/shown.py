"""Text as it is shown, so that what is shown is what was typed: in HTML, in a picture, printed on any terminal."""

import re
import sys
from html import escape

# What has no shape, turns the letters after it round, or is half a character: no page, picture or file holds it well.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
PLAIN = {"–": "-", "−": "-", "…": "...", "·": ".", "×": "x", "“": '"', "”": '"', "✓": "+", "✗": "x", "→": "->"}


def visible(text: str) -> str:
    r"""Write each character that cannot be seen as Python does, such as `\u202e`; all others stay."""
    return UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def shorten(text: str, most: int = 80) -> str:
    """Keep a text of at most `most` characters as it is; a longer one ends in an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def html(text: object) -> str:
    """Write a text, or anything else, for a place within `frame`: no markup acts in it, and all of it can be seen."""
    return escape(visible(str(text)))


def frame(inside: str) -> str:
    """Put escaped HTML where MathJax sets no formula: `$5` stays five dollars.

    The first class is the word of MathJax 3 and 4 (JupyterLab, Notebook 7, the web book), the second that of MathJax 2
    (nbconvert's pages).
    """
    return f'<div class="mathjax_ignore tex2jax_ignore">{inside}</div>'


def printable(text: str) -> str:
    """Write a text with the signs that standard output has, such as a Korean or Japanese terminal's.

    What it lacks becomes a plainer sign, or else is written as Python does.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"

    def fitting(sign: str) -> str:
        try:
            sign.encode(encoding)
            return sign
        except UnicodeEncodeError:
            return PLAIN.get(sign) or sign.encode("unicode_escape").decode("ascii")

    return "".join(map(fitting, visible(text)))


class Shown:
    """What shows itself as text, and in a notebook as more than text: a subclass gives `_text`, and `_rich` if any."""

    __slots__ = ()

    def _text(self) -> str:
        """Give the printed form."""
        raise NotImplementedError

    def _rich(self) -> str | None:
        """Give escaped HTML, or None where a notebook shows the printed form too."""
        return None

    def _remarks(self) -> tuple[str, ...]:
        """Give what its reader would not expect, a sentence each; it stands below both forms."""
        return ()

    def __repr__(self) -> str:
        return printable("\n".join([self._text(), *(f"  note: {remark}" for remark in self._remarks())]))

    def _repr_html_(self) -> str | None:
        rich = self._rich()
        return None if rich is None else frame(rich + "".join(f"<p>{html(remark)}</p>" for remark in self._remarks()))
