"""`check`: one callable attribute for each exercise, which counts wrong tries and hands out hints and solutions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.exercises.outcome import RIGHT, WRONG, Outcome, Progress, Told
from encoder_lab.exercises.solutions import solved_cell
from encoder_lab.texts import say

_TRIES = 2  # wrong ones, after which a solution is given without a word


@dataclass(eq=False)
class Check:
    """One exercise's check: call it with the answer; `hint()` and `solution()` help without one."""

    exercise: Exercise | Quiz
    status: str = ""  # of the last answer; "" before the first
    _wrong_tries: int = field(default=0, init=False)
    _hints_asked: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.__name__, self.__doc__ = self.exercise.name, self.exercise.task

    def __call__(self, answer: object = ...) -> Outcome:
        """Judge an answer; the first wrong try earns one hint, the later ones two."""
        self.status, message = self.exercise.judge(answer)
        if self.status == RIGHT:
            self._wrong_tries = self._hints_asked = 0
        if self.status != WRONG:
            return Outcome(self.exercise.name, self.status, message)
        self._wrong_tries += 1
        return Outcome(self.exercise.name, self.status, message, self.exercise.hints[: self._hints()])

    def hint(self) -> Told:
        """Give the next hint, and those before it; no try is needed."""
        self._hints_asked = self._hints() + 1
        hints = self.exercise.hints[: self._hints_asked]
        lines = [say("checks.hint", hint=hint) for hint in hints] or [say("checks.quiz_hint")]
        return Told(self.exercise.name, tuple(lines))

    def solution(self) -> Told:
        """Show the reference solution; who has not tried twice is told so, with a smile."""
        early = self.status != RIGHT and self._wrong_tries < _TRIES
        line = say("checks.early_solution" if early else "checks.solution")
        if isinstance(self.exercise, Quiz):
            return Told(
                self.exercise.name, (line, f"{self.exercise.right}) {self.exercise.judge(self.exercise.right)[1]}")
            )
        return Told(self.exercise.name, (line,), solved_cell(self.exercise))

    def _hints(self) -> int:
        """Count the hints that have been earned or asked for."""
        return min(max(self._wrong_tries, self._hints_asked), len(self.exercise.hints))


class Checks:
    """The checks of all notebooks: `check.<name>(answer)`; press Tab after the dot to see the names."""

    def __init__(self, exercises: Iterable[Exercise | Quiz]) -> None:
        self._checks = {exercise.name: Check(exercise) for exercise in exercises}

    def __getattr__(self, name: str) -> Check:
        checks = self.__dict__.get("_checks", {})
        if name.startswith("_") or name not in checks:
            raise AttributeError(f"there is no exercise {name!r}; {_near(name, checks)}")
        return checks[name]

    def __dir__(self) -> list[str]:
        return sorted([*self._checks, "progress"])

    def __repr__(self) -> str:
        return say("checks.all_checks", count=len(self._checks))

    def progress(self) -> Progress:
        """Show at a glance how it stands with the exercises of the notebook whose checks have run here."""
        begun = {check.exercise.notebook for check in self._checks.values() if check.status}
        rows = [
            (check.exercise.name, check.exercise.minutes, check.status)
            for check in self._checks.values()
            if check.exercise.notebook in begun
        ]
        return Progress(tuple(rows))


def _near(name: str, names: Iterable[str]) -> str:
    """Name the exercises spelled most like `name`, or say how to list them."""
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    return f"near it are {', '.join(near)}" if near else "type check. and press Tab to see them all"
