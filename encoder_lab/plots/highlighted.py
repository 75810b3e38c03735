"""Answers in their context: the text itself, each answer marked where it stands, and ranked below."""

from collections.abc import Sequence
from dataclasses import dataclass

from encoder_lab.plots.arguments import checked_array, checked_pair
from encoder_lab.plots.axis_labels import probability_text
from encoder_lab.shown import Shown, html

BEST = "background: #fbdcc4; color: #111111; border-bottom: 3px solid #a33b00"  # both colours, for both themes
OTHER = "background: #dbe9f6; color: #111111; border-bottom: 1px solid #0b5cad"
BOX = "white-space: pre-wrap; line-height: 1.8; max-height: 24em; overflow: auto"  # a long text scrolls


@dataclass(frozen=True, slots=True, repr=False)
class _HighlightedContext(Shown):
    """A text and its answers, which a notebook shows as marked text."""

    text: str
    spans: Sequence[tuple[int, int, float]]  # (start, end, score), ranked

    def _text(self) -> str:
        return "\n".join(f"{rank}  {score}  {answer}" for rank, score, answer in self._ranking())

    def _rich(self) -> str:
        edges = sorted({0, len(self.text), *(edge for start, end, _ in self.spans for edge in (start, end))})
        pieces = "".join(self._piece(start, end) for start, end in zip(edges, edges[1:], strict=False))
        table = "".join(map(_row, [("rank", "score (0 to 1)", "answer"), *self._ranking()]))
        return f'<div style="{BOX}">{pieces}</div><table>{table}</table>'

    def _ranking(self) -> list[tuple[int, str, str]]:
        """Give each answer's rank, score and text."""
        ranked = enumerate(self.spans, 1)
        return [(rank, probability_text(score), self.text[start:end]) for rank, (start, end, score) in ranked]

    def _piece(self, start: int, end: int) -> str:
        """Mark a piece of the text within which no answer begins or ends; ranks stand where answers begin."""
        around = [rank for rank, (first, last, _) in enumerate(self.spans, 1) if first <= start and end <= last]
        beginning = [str(rank) for rank in around if self.spans[rank - 1][0] == start]
        ranks = f"<sup>{' '.join(beginning)}</sup>" if beginning else ""
        written = ranks + html(self.text[start:end])
        return f'<mark style="{BEST if 1 in around else OTHER}">{written}</mark>' if around else written


def highlighted_context(text: str, spans: Sequence[tuple[int, int, float]]) -> _HighlightedContext:
    """Show a context with its answers marked: the likeliest in another colour, each rank before its first letter.

    Args:
        text: the context.
        spans: (start, end, score), in any order: the first character, the one after the last, and 0 to 1.

    Returns:
        What a notebook shows as marked text with a table of ranks, scores and answers; as text, the ranking.

    Raises:
        ValueError: the text is blank; there are no spans; a span is empty, reversed or outside the text, or its score
            outside 0 to 1.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"text is {text!r:.40}; give a string with at least one word")
    return _HighlightedContext(text, sorted(_checked_spans(spans, len(text)), key=lambda span: -span[2]))


def _checked_spans(spans: Sequence[tuple[int, int, float]], length: int) -> list[tuple[int, int, float]]:
    """Return spans as whole numbers with their scores, or say in one sentence what is wrong with them."""
    places, scores = [], []
    for place, span in enumerate(spans):
        name = f"spans[{place}]"
        if not isinstance(span, Sequence) or len(span) != 3:
            raise ValueError(f"{name} is {span!r:.60}; give (start, end, score)")
        start, end = checked_pair(name, span[:2], "(start, end, score), the first two in whole characters")
        if not 0 <= start < end <= length:
            fault = "is empty" if start == end else "is outside the text"
            raise ValueError(f"{name} runs from {start} to {end} and {fault}, whose {length} characters start at 0")
        places.append((start, end))
        scores.append(span[2])
    if not places:
        raise ValueError("spans are empty; give at least one (start, end, score)")
    scores = checked_array("scores", scores, (len(places),), f"{len(places)} spans", 0, 1)
    return [(*place, float(score)) for place, score in zip(places, scores, strict=True)]


def _row(values: Sequence[object]) -> str:
    """Write a row of the table."""
    cells = "".join(f'<td style="text-align: left">{html(value)}</td>' for value in values)
    return f"<tr>{cells}</tr>"
