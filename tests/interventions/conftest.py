"""What these tests may ask for: a tiny checkpoint of every task in float64, and a text that it answers."""

from dataclasses import dataclass, replace

import pytest

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.interventions import watch
from encoder_lab.records import Target
from tests.families import HEADED
from tests.forward.inference import with_names

EXACT = {"rtol": 0, "atol": 1e-10}
TEXTS = {  # of each task: a text or a pair, and another of as many tokens
    "fill-mask": (("the cat sat by the [MASK]", None), ("the dog sat on a [MASK]", None)),
    "question-answering": (("the dog", "hello the cat sat by the bank"), ("the cat", "hello the dog sat by the bank")),
    "text-classification": (("the cat sat by the river", None), ("the dog sat by the river", None)),
    "zero-shot-classification": (("the cat sat", "hello the river"), ("the dog sat", "hello the river")),
}


@dataclass(frozen=True, eq=False)
class Case:
    """One task's tiny checkpoint, two texts with as many tokens, and what is watched in the first."""

    checkpoint: Checkpoint
    text: tuple[str, str | None]
    other: tuple[str, str | None]
    target: Target

    @property
    def two_sides(self) -> bool:
        return self.checkpoint.model.config.is_encoder_decoder

    @property
    def sides(self) -> tuple[str, ...]:
        return ("encoder", "decoder") if self.two_sides else ("encoder",)


@pytest.fixture(scope="package")
def every_case(new_tiny) -> dict[str, Case]:
    """A case for each task; tests do not change their checkpoints."""
    return {task: _case(new_tiny(task)) for task in HEADED}


@pytest.fixture(params=HEADED)
def case(request, every_case) -> Case:
    """One task after the other."""
    return every_case[request.param]


def _case(checkpoint: Checkpoint) -> Case:
    task = checkpoint.task
    checkpoint = replace(checkpoint, model=checkpoint.model.double())
    if task == "zero-shot-classification":
        checkpoint = with_names(checkpoint, ("contradiction", "neutral", "entailment"))
    text, other = TEXTS[task]
    return Case(checkpoint, text, other, watch(checkpoint, *text))
