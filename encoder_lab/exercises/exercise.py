"""The two records a notebook's checks are made of: an exercise, and a quiz question. Their words are in `texts`."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
import transformers  # its model classes are fetched where they are used: they take seconds to import
from torch import Tensor

import encoder_lab
from encoder_lab import texts
from encoder_lab.exercises.compare import Wrong, as_numbers, near, same_numbers, short
from encoder_lab.exercises.outcome import NOT_ANSWERED, RIGHT, WRONG

LETTERS = "abcdef"  # of a quiz's options


@dataclass(frozen=True, eq=False, slots=True)
class Exercise:
    """One exercise: its texts' file, and the function that compares an answer with the right one."""

    notebook: str  # "notebook_01", the file in `texts`
    compare: Callable[[object, "Exercise"], str | None]  # raises `Wrong`; may return a remark on a right answer
    minutes: int  # that it takes, as its cell says
    decimals: int | None = None  # as many of its numbers are enough; None where code gives them, or they are whole
    checkpoint: str = "fill-mask"  # the task of the checkpoint that the notebook calls `ck`

    @property
    def name(self) -> str:
        """The comparison's name without its underscore; the check is `check.<name>(answer)`."""
        return self.compare.__name__.removeprefix("_")

    @property
    def task(self) -> str:
        """What is to be done: markdown, one to four sentences."""
        return self.say("task")

    @property
    def note(self) -> str:
        """The line above the task: how long it takes, and to how many decimals numbers are asked for."""
        key = "checks.minutes" if self.decimals is None else "checks.minutes_and_decimals"
        return texts.say(key, minutes=self.minutes, decimals=self.decimals)

    @property
    def given(self) -> str:
        """Code of the cell that prepares values; "" where there is none."""
        return self.say("given")

    @property
    def cell(self) -> str:
        """Code of the student's cell, with `...` where the answer belongs."""
        return self.say("cell")

    @property
    def answer(self) -> str:
        """The name that the student's cell gives to the answer."""
        return re.findall(r"^(\w+) = ", self.cell, re.MULTILINE)[-1]

    @property
    def hints(self) -> tuple[str, str]:
        """What is said after the first and after the second wrong try."""
        return self.say("hint_1"), self.say("hint_2")

    @property
    def check(self) -> str:
        """The code of the cell after the student's."""
        return f"check.{self.name}({self.answer})"

    @property
    def reminder(self) -> str:
        """What to do when the answer is still `...`."""
        return texts.say("checks.exercise_reminder")

    def say(self, name: str, /, **values: object) -> str:
        """Give one of the exercise's own texts; see `texts.say`."""
        return texts.say(f"{self.notebook}.{self.name}.{name}", **values)

    def run_given(self) -> dict[str, object]:
        """Run the given code, so that a check works with exactly the student's values.

        Returns:
            Every name the code can see and makes: what the notebooks import, and `ck` where it is asked for.
        """
        names = {name: getattr(encoder_lab, name) for name in encoder_lab.__all__}
        names |= {"torch": torch, "BertForSequenceClassification": transformers.BertForSequenceClassification}
        if re.search(r"\bck\b", self.given):
            names["ck"] = self.load()
        exec(self.given, names)
        return names

    def load(self) -> encoder_lab.Checkpoint:
        """Load the checkpoint that the notebook calls `ck`, once."""
        return checkpoint(self.checkpoint)

    def same(
        self,
        answer: object,
        wanted: Tensor,
        slips: Mapping[str, Tensor | Sequence[float] | float | tuple] | None = None,
        *,
        tell: bool = False,
        what: str = "",
    ) -> None:
        """Demand the right numbers, at the precision asked for.

        Args:
            answer: numbers of any kind.
            wanted: the right ones; see `same_numbers`.
            slips: the name of a slip's sentence -> the numbers that this slip gives, a tuple where it gives several.
            tell: whether the wanted value may be shown.
            what: how a sentence about the answer begins.

        Raises:
            Wrong: in the sentence of a slip, if the answer is just what it gives, or with the first difference.
        """
        try:
            same_numbers(answer, wanted, decimals=self.decimals, tell=tell, what=what)
        except Wrong:
            numbers = as_numbers(answer, what).squeeze()
            for name, slipped in (slips or {}).items():
                for values in slipped if isinstance(slipped, tuple) else (slipped,):
                    values = torch.as_tensor(values, dtype=torch.float64, device="cpu").squeeze()
                    if numbers.shape == values.shape and bool(near(numbers, values, self.decimals).all()):
                        raise Wrong(self.say(name)) from None
            raise

    def judge(self, answer: object) -> tuple[str, str]:
        """Compare an answer with the right one.

        Returns:
            (status, message); see `Outcome`.
        """
        inside = answer.values() if isinstance(answer, Mapping) else answer if isinstance(answer, list | tuple) else ()
        if answer is ... or any(item is ... for item in inside):
            return NOT_ANSWERED, self.reminder
        try:
            return RIGHT, self.compare(answer, self) or ""
        except Wrong as wrong:
            return WRONG, str(wrong)


@dataclass(frozen=True, eq=False, slots=True)
class Quiz:
    """One question with lettered options, of which one is right."""

    notebook: str  # "notebook_01", the file in `texts`
    name: str  # begins with "quiz_"
    right: str  # the letter

    hints = ()  # the remark on the option chosen says enough
    minutes = 2

    @property
    def options(self) -> dict[str, str]:
        """What there is to choose from, by letter."""
        words = texts.below(f"{self.notebook}.{self.name}")
        return {letter: words[letter] for letter in LETTERS if letter in words}

    @property
    def task(self) -> str:
        """The question and its options as markdown."""
        options = (f"- {letter}) {option}" for letter, option in self.options.items())
        return "\n".join([texts.say(f"{self.notebook}.{self.name}.question"), "", *options])

    @property
    def check(self) -> str:
        """The code of the cell below the question, where the student answers."""
        return f"check.{self.name}(...)"

    @property
    def reminder(self) -> str:
        """What to do when the answer is still `...`."""
        return texts.say("checks.quiz_reminder")

    def judge(self, answer: object) -> tuple[str, str]:
        """Say whether the letter is the right one, and why not; see `Exercise.judge`."""
        if answer is ...:
            return NOT_ANSWERED, self.reminder
        letter = answer.strip(" ().").lower() if isinstance(answer, str) else ""
        if letter not in self.options:
            return WRONG, texts.say("checks.no_option", answer=short(answer), letters=", ".join(self.options))
        remark = texts.say(f"{self.notebook}.{self.name}.{letter}_remark")
        return RIGHT if letter == self.right else WRONG, remark


def checkpoint(task: str = "fill-mask") -> encoder_lab.Checkpoint:
    """Load the checkpoint the notebooks load, once."""
    return _load(task, os.environ.get("ENCODER_LAB_SOURCE"))


@lru_cache(maxsize=len(encoder_lab.TASKS))
def _load(task: str, source: str | None) -> encoder_lab.Checkpoint:
    """Load one checkpoint; `source` is part of the key only so that a changed environment is noticed."""
    return encoder_lab.load(task, source)
