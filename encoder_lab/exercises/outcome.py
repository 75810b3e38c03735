"""What a check says: its verdict on an answer, help that was asked for, and how it stands with all exercises."""

from collections.abc import Iterator
from dataclasses import dataclass

from encoder_lab.shown import Shown, html
from encoder_lab.texts import say

RIGHT, WRONG, NOT_ANSWERED = "right", "wrong", "not answered"

_VERDICTS = {RIGHT: "checks.right", WRONG: "checks.not_yet_right", NOT_ANSWERED: "checks.not_answered"}
_MARKS = {RIGHT: "✓", WRONG: "✗", NOT_ANSWERED: "…"}
_COLOURS = {  # JupyterLab's own, so that both themes stay readable; the words say the same without colour
    RIGHT: "var(--jp-success-color1, #2e7d32)",
    WRONG: "var(--jp-warn-color1, #b26a00)",
    NOT_ANSWERED: "var(--jp-border-color1, #757575)",
}


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(Shown):
    """The verdict on one answer, printed in words and shown in colour."""

    name: str  # of the exercise
    status: str  # RIGHT, WRONG or NOT_ANSWERED
    message: str = ""  # what differs, what to do next, or a remark on a right answer
    hints: tuple[str, ...] = ()  # none, one, or two from the second wrong try on

    def _text(self) -> str:
        return " ".join([self._verdict(), *self._lines()])

    def _rich(self) -> str:
        title = f"<b>{_MARKS[self.status]} {html(self._verdict())}</b>"
        return _box(_COLOURS[self.status], title + "".join(f"<br>{html(line)}" for line in self._lines()))

    def _verdict(self) -> str:
        """Say in a sentence how it stands."""
        return say(_VERDICTS[self.status], name=self.name)

    def _lines(self) -> list[str]:
        """Give the message, if there is one, and the hints."""
        return [*filter(None, [self.message]), *(say("checks.hint", hint=hint) for hint in self.hints)]


@dataclass(frozen=True, slots=True, repr=False)
class Told(Shown):
    """A hint or a solution that somebody asked for."""

    name: str  # of the exercise
    lines: tuple[str, ...]
    code: str = ""  # of a solution

    def _text(self) -> str:
        return "\n".join([f"{self.name}: {' '.join(self.lines)}", *([self.code] if self.code else [])])

    def _rich(self) -> str:
        code = f"<pre><code>{html(self.code)}</code></pre>" if self.code else ""
        title = f"<b>{html(self.name)}</b>"
        return _box(_COLOURS[NOT_ANSWERED], title + "".join(f"<br>{html(line)}" for line in self.lines) + code)


@dataclass(frozen=True, slots=True, repr=False)
class Progress(Shown):
    """A notebook's exercises and questions: how long each takes, and how it stands."""

    rows: tuple[tuple[str, int, str], ...]  # name, minutes, status; "" before the first answer

    def _text(self) -> str:
        width = max((len(name) for name, *_ in self.rows), default=0)
        lines = (f"{mark} {name:{width}} {minutes:3} min  {word}" for mark, name, minutes, word in self._all())
        return "\n".join([self._summary(), *lines])

    def _rich(self) -> str:
        rows = "".join(
            f"<tr><td>{mark} {html(name)}</td><td>{minutes} min</td><td>{html(word)}</td></tr>"
            for mark, name, minutes, word in self._all()
        )
        return f"<b>{html(self._summary())}</b><table>{rows}</table>"

    def _all(self) -> Iterator[tuple[str, str, int, str]]:
        """Give each row's mark, name, minutes, and status in words."""
        words = {RIGHT: say("checks.is_right"), WRONG: say("checks.is_wrong"), NOT_ANSWERED: say("checks.is_open")}
        for name, minutes, status in self.rows:
            yield _MARKS[status or NOT_ANSWERED], name, minutes, words[status or NOT_ANSWERED]

    def _summary(self) -> str:
        """Say in a sentence how it stands."""
        if not self.rows:
            return say("checks.nothing_yet")
        left = sum(minutes for _, minutes, status in self.rows if status != RIGHT)
        right = sum(status == RIGHT for *_, status in self.rows)
        return say("checks.progress", right=right, count=len(self.rows), minutes=left)


def _box(colour: str, inside: str) -> str:
    """Put a bar of a colour beside escaped HTML."""
    return f'<div style="border-left: 4px solid {colour}; padding: 4px 10px">{inside}</div>'
