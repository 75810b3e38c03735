"""What the tests of the checks share: given values, reference answers, and how a wrong answer is refused."""

import re

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.exercise import Exercise
from encoder_lab.exercises.outcome import WRONG
from encoder_lab.exercises.solutions import solved_cell

EXERCISES = {e.name: e for exercises in NOTEBOOKS.values() for e in exercises if isinstance(e, Exercise)}
QUIZZES = {e.name: e for exercises in NOTEBOOKS.values() for e in exercises if not isinstance(e, Exercise)}
NOTEBOOK_OF = {e.name: number for number, exercises in NOTEBOOKS.items() for e in exercises}


def reference(name: str) -> object:
    """The reference answer of one exercise, worked out from what the exercise gives."""
    exercise = EXERCISES[name]
    names = exercise.run_given()
    if re.search(r"\bck\b", cell := solved_cell(exercise)):
        names["ck"] = exercise.load()
    exec(cell, names)
    return names[exercise.answer]


def given_to(name: str) -> dict[str, object]:
    """The names that the given cell of an exercise makes."""
    return EXERCISES[name].run_given()


def slip(exercise: str, **answers: object) -> None:
    """Demand that each answer is wrong, and that what is said is the sentence of the slip it is called by."""
    for name, answer in answers.items():
        assert EXERCISES[exercise].judge(answer) == (WRONG, EXERCISES[exercise].say(name)), name


def refuse(name: str, answer: object, *expected: str) -> str:
    """Demand that the answer is wrong and the message holds each of `expected`; give the message."""
    status, message = EXERCISES[name].judge(answer)
    assert status == WRONG, f"{answer!r} passed as {status}"
    for part in expected:
        assert part in message, message
    assert "\n" not in message and "Traceback" not in message
    return message
