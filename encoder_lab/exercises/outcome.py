"""What a check says: right, not answered yet, or wrong with the first thing that differs and a hint."""

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
        lines = "".join(f"<br>{html(line)}" for line in self._lines())
        return f'<div style="border-left: 4px solid {_COLOURS[self.status]}; padding: 4px 10px">{title}{lines}</div>'

    def _verdict(self) -> str:
        """Say in a sentence how it stands."""
        return say(_VERDICTS[self.status], name=self.name)

    def _lines(self) -> list[str]:
        """Give the message, if there is one, and the hints."""
        return [*filter(None, [self.message]), *(say("checks.hint", hint=hint) for hint in self.hints)]
