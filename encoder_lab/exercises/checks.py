"""`check`: one callable attribute for each exercise, which counts wrong tries and hands out hints."""

from collections import Counter
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.exercises.outcome import RIGHT, WRONG, Outcome
from encoder_lab.texts import say


class Checks:
    """The checks of all notebooks: `check.<name>(answer)`; press Tab after the dot to see the names."""

    def __init__(self, exercises: Iterable[Exercise | Quiz]) -> None:
        self._exercises = {exercise.name: exercise for exercise in exercises}
        self._wrong_tries: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Callable[..., Outcome]:
        exercises = self.__dict__.get("_exercises", {})
        if name.startswith("_") or name not in exercises:
            raise AttributeError(f"there is no exercise {name!r}; {_near(name, exercises)}")
        exercise = exercises[name]

        def check_answer(answer: object = ...) -> Outcome:
            return self._answer(exercise, answer)

        check_answer.__name__, check_answer.__doc__ = name, exercise.task
        return check_answer

    def __dir__(self) -> list[str]:
        return sorted(self._exercises)

    def __repr__(self) -> str:
        return say("checks.all_checks", count=len(self._exercises))

    def _answer(self, exercise: Exercise | Quiz, answer: object) -> Outcome:
        """Judge an answer; the first wrong try earns one hint, the later ones two."""
        status, message = exercise.judge(answer)
        if status == RIGHT:
            self._wrong_tries[exercise.name] = 0
        if status != WRONG:
            return Outcome(exercise.name, status, message)
        self._wrong_tries[exercise.name] += 1
        return Outcome(exercise.name, status, message, exercise.hints[: self._wrong_tries[exercise.name]])


def _near(name: str, names: Iterable[str]) -> str:
    """Name the exercises spelled most like `name`, or say how to list them."""
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    return f"near it are {', '.join(near)}" if near else "type check. and press Tab to see them all"
