"""The question-answering explorer: start and end under each word, the spans they make, and when to stay silent."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from traitlets import Float, Int, Unicode

from encoder_lab.shown import html
from encoder_lab.texts import say
from encoder_lab.widgets.head_switches import HeadSwitches
from encoder_lab.widgets.modules import module, style
from encoder_lab.widgets.still import BLUE, INK, SOFT, numbers, rect, still_form, svg, word

WARM = "#a33b00"
WIDE, LETTER = 88, 7.85  # letters a line of the still form has, and pixels a letter takes there
TALL, LANE = 44, 18  # pixels from line to line, and pixels of a bar of probability 1
LINES = 6  # lines of the still form, around the best answer


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the ranked answers."""

    text: str
    start: int  # character of the context
    end: int  # the character after the last one
    score: float  # 0 to 1
    window: int  # the window it was found in


@dataclass(frozen=True, slots=True)
class WindowView:
    """One window: the token that stands for no answer, then the context's tokens. Axes: N tokens, R rows, C columns."""

    positions: Sequence[int]  # (N) in the window, where the question stands too
    texts: Sequence[str]  # (N) each token's own characters; "" if another token has them
    gaps: Sequence[str]  # (N) what lies between the token before and this one
    spans: Sequence[tuple[int, int]]  # (N) characters of the context
    start: Sequence[float]  # (N) probability that the answer starts here
    end: Sequence[float]  # (N) probability that it ends here
    start_logits: Sequence[float]  # (N)
    end_logits: Sequence[float]  # (N)
    rows: Sequence[int]  # (R) tokens, of these N, that the grid shows as starts
    columns: Sequence[int]  # (C) tokens that it shows as ends
    grid: Sequence[Sequence[float]]  # (R, C) probability of each span


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What the question-answering explorer shows of one question, looking at one window."""

    question: str  # as typed
    length: int  # of the context in characters
    spans: Sequence[Shown]  # ranked
    null_score: float  # probability of no answer, the least of the windows
    null_margin: float  # no unit; above the threshold nothing is answered
    windows: Sequence[tuple[int, int, str, float]]  # (W) first character, the one after the last, best span, score
    window: int  # the one looked at
    max_answer_len: int  # tokens of the longest answer
    shown: WindowView
    without: str  # the answer with all heads on; "" if they are


class AnswerExplorer(HeadSwitches):
    """Ask a text: see each token as a start and as an end, the spans, the windows, and whether to answer at all."""

    NAME = "answer"
    INPUTS = ("question", "context", "max_answer_len", "window", "off")
    LOOKS = ("threshold",)
    _esm = module("answer")
    _css = style("answer")

    question = Unicode().tag(sync=True)
    context = Unicode().tag(sync=True)
    max_answer_len = Int(15).tag(sync=True)  # tokens
    window = Int(-1).tag(sync=True)  # -1: the one with the best answer
    threshold = Float(0.0).tag(sync=True)  # on the null margin, no unit; above it nothing is answered

    def __init__(self, look: Callable[[str, str, int, int, list], AnswerView], **state) -> None:
        """Show a first question.

        Args:
            look: (question, context, max_answer_len, window, off) -> what there is to see; a window that does not
                exist is taken as -1.
            state: `question`, `context`, `heads`, and whatever else differs from the start values.
        """
        self._look = look
        super().__init__(**state)

    def work_out(self, question: str, context: str, max_answer_len: int, window: int, off: list) -> dict:
        """Look for the answer, and at one window, with some heads off."""
        return {"answer": asdict(self._look(question, context, max_answer_len, window, off))}

    def still(self) -> str:
        """Draw the text around the best answer with both probabilities, and write down the ranked answers."""
        seen = self.answer
        best = seen["spans"][0] if seen["spans"] else None
        many = len(seen["windows"]) > 1
        rows = [[each["text"], f"{each['score']:.3f}", f"{each['start']}–{each['end']}", each["window"]][: 3 + many]
                for each in seen["spans"]]  # fmt: skip
        where = ""
        if many:
            where = say("explorers.answer.still_window", window=seen["window"], last=len(seen["windows"]) - 1)
        columns = ["column_answer", "column_score", "column_characters", "column_window"][: 3 + many]
        named = ", ".join(f"{row[0]} {row[1]}" for row in rows)
        return still_form(
            f"{self.title}: {seen['question']}",
            text_picture(seen["shown"], best and (best["start"], best["end"]), where),
            say("explorers.answer.still_description", where=where, answers=named),
            f"<p>{html(self._verdict(best))}</p>",
            self.still_switches(),
            numbers([self.phrases[column] for column in columns], rows),
        )

    def _verdict(self, best: dict | None) -> str:
        """Say whether the threshold lets the best answer through."""
        margin = self.answer["null_margin"]
        written, threshold = f"{margin:.2f}", f"{self.threshold:.2f}"
        if best is None or margin > self.threshold:
            return say("explorers.answer.still_silent", margin=written, threshold=threshold)
        return say("explorers.answer.still_answers", text=best["text"], margin=written, threshold=threshold)


def text_picture(seen: dict, best: tuple[int, int] | None, where: str = "") -> str:
    """Draw some lines of a window: under each token a bar for its start (left) and one for its end (right).

    Args:
        seen: a `WindowView` as a dictionary.
        best: the best answer's characters, which are underlined.
        where: what to add to the title.
    """
    lines = _broken(seen)
    marked = [best is not None and a < best[1] and b > best[0] for a, b in seen["spans"]]
    middle = next((row for row, line in enumerate(lines) for at, _ in line if marked[at]), 0)
    first = max(0, min(middle - LINES // 2, len(lines) - LINES))
    shapes = [word(4, 15, say("explorers.answer.still_picture", where=where), fill=SOFT)]
    for row, line in enumerate(lines[first : first + LINES]):
        top = 24 + TALL * row
        letters, reached = "", 0
        for at, column in line:
            text = _flat(seen["texts"][at])
            letters += " " * (column - reached) + text
            reached = column + len(text)
            left, right = 4 + LETTER * column, 4 + LETTER * reached
            if marked[at]:
                shapes.append(rect(left, top + 17, right - left, 2, INK))
            for value, x, fill in ((seen["start"][at], left, BLUE), (seen["end"][at], max(right - 5, left + 4), WARM)):
                if round(LANE * value):
                    shapes.append(rect(x, top + 20 + LANE * (1 - value), 4, LANE * value, fill))
        written = word(4, top + 14, letters)
        exact = f'<text font-family="monospace" xml:space="preserve" textLength="{round(LETTER * reached)}"'
        shapes.append(written.replace("<text", exact, 1))
    return svg(8 + LETTER * WIDE, 28 + TALL * min(LINES, len(lines)), *shapes)


def _broken(seen: dict) -> list[list[tuple[int, int]]]:
    """Break a window's text into lines of (token, column); a word stays whole unless it is longer than a line."""
    lines, column = [[]], 0
    texts, gaps = seen["texts"], seen["gaps"]
    begins = [bool(gap) or at <= 1 for at, gap in enumerate(gaps)]
    for at, text in enumerate(texts):
        after = next((i for i in range(at + 1, len(texts)) if begins[i]), len(texts))
        needed = sum(map(len, texts[at:after])) if begins[at] else len(text)
        space = int(begins[at] and at > 0)
        if lines[-1] and column + space + min(needed, WIDE) > WIDE:
            lines.append([])
            column, space = 0, 0
        lines[-1].append((at, column + space))
        column += space + len(text)
    return lines


def _flat(text: str) -> str:
    """Write a token on one line, with signs for what has no shape."""
    return "".join(letter if letter.isprintable() else "·" for letter in text.replace("\n", "⏎"))
