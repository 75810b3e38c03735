"""The two records a notebook's checks are made of: an exercise, and a quiz question."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
import transformers  # its model classes are fetched where they are used: they take seconds to import

import encoder_lab
from encoder_lab.exercises.compare import NotAnswered, Wrong, demand_answer, short
from encoder_lab.exercises.outcome import NOT_ANSWERED, RIGHT, WRONG

LETTERS = "abcdef"  # of a quiz's options


@dataclass(frozen=True, eq=False, slots=True)
class Exercise:
    """One exercise: what the student reads and is given, and the function that compares the answer."""

    name: str  # the check is `check.<name>(answer)`
    task: str  # markdown, one to four sentences
    given: str  # code of the cell that prepares values; "" where there is none
    cell: str  # code of the student's cell, with `...` where the answer belongs
    answer: str  # the name the student's cell gives to the answer
    compare: Callable[[object], str | None]  # raises `Wrong`; may return a remark on a right answer
    hints: tuple[str, str]  # shown after the first and the second wrong try
    checkpoint: str = "fill-mask"  # the task of the checkpoint that the notebook calls `ck`

    @property
    def check(self) -> str:
        """The code of the cell after the student's."""
        return f"check.{self.name}({self.answer})"

    @property
    def reminder(self) -> str:
        """What to do when the answer is still `...`."""
        return "Replace the ... in the cell above, run it, then run this cell again."

    def judge(self, answer: object) -> tuple[str, str]:
        """Compare an answer with the right one.

        Returns:
            (status, message); see `Outcome`.
        """
        try:
            demand_answer(answer)
            return RIGHT, self.compare(answer) or ""
        except NotAnswered:
            return NOT_ANSWERED, self.reminder
        except Wrong as wrong:
            return WRONG, str(wrong)


@dataclass(frozen=True, eq=False, slots=True)
class Quiz:
    """One question with lettered options; each wrong one has its explanation."""

    name: str  # begins with "quiz_"
    question: str
    options: tuple[str, ...]  # a), b), c) … in this order
    right: str  # the letter
    remarks: tuple[str, ...]  # one an option: why it is wrong, or what to remember when it is right

    hints = ()  # the remark on the option chosen says enough

    @property
    def task(self) -> str:
        """The question and its options as markdown."""
        options = (f"- {letter}) {option}" for letter, option in zip(LETTERS, self.options, strict=False))
        return "\n".join([self.question, "", *options])

    @property
    def check(self) -> str:
        """The code of the cell below the question, where the student answers."""
        return f"check.{self.name}(...)"

    @property
    def reminder(self) -> str:
        """What to do when the answer is still `...`."""
        return 'Replace the ... by the letter of your choice, as in "a", and run this cell again.'

    def judge(self, answer: object) -> tuple[str, str]:
        """Say whether the letter is the right one, and why not; see `Exercise.judge`."""
        letters = LETTERS[: len(self.options)]
        if answer is ...:
            return NOT_ANSWERED, self.reminder
        letter = answer.strip(" ().").lower() if isinstance(answer, str) else ""
        if len(letter) != 1 or letter not in letters:
            return WRONG, f"{short(answer)} is none of the options; they are {', '.join(letters)}."
        return RIGHT if letter == self.right else WRONG, self.remarks[letters.index(letter)]


def checkpoint(task: str = "fill-mask") -> encoder_lab.Checkpoint:
    """Load the checkpoint the notebooks load, once."""
    return _load(task, os.environ.get("ENCODER_LAB_SOURCE"))


def run_given(code: str, task: str = "fill-mask") -> dict[str, object]:
    """Run the code of a given cell, so that a check works with exactly the student's values.

    Args:
        code: it may use what the notebooks import (torch, the package's names, a class of `transformers`) and `ck`.
        task: which task's checkpoint `ck` is.

    Returns:
        Every name the code can see and makes.
    """
    names = {name: getattr(encoder_lab, name) for name in encoder_lab.__all__}
    names |= {"torch": torch, "BertForSequenceClassification": transformers.BertForSequenceClassification}
    if re.search(r"\bck\b", code):
        names["ck"] = checkpoint(task)
    exec(code, names)
    return names


@lru_cache(maxsize=len(encoder_lab.TASKS))
def _load(task: str, source: str | None) -> encoder_lab.Checkpoint:
    """Load one checkpoint; `source` is part of the key only so that a changed environment is noticed."""
    return encoder_lab.load(task, source)
