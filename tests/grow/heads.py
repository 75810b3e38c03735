"""What the tests of a head of one's own share: tiny checkpoints in float64, and two sets of examples for each task."""

from dataclasses import replace

import torch

from encoder_lab import Checkpoint, load
from encoder_lab.grow.head import Examples, new_head, new_span_head, span_examples, text_examples
from tests.families import save_tiny

TEXTS = ["the cat sat", "a cat", "hello cat", "the cat by the bank", "the dog sat", "a dog", "hello dog", "dog ? dog ?"]
NAMES = ["meow"] * 4 + ["woof"] * 4
UNSEEN, ITS_NAMES = ["the cat by the river", "cat ! cat !", "the dog by the river", "dog ! dog !"], NAMES[2:6]
QUESTIONS = ["who sat", "where", "who sat by the bank", "where sat the dog"]
CONTEXTS = ["the cat sat", "hello by the bank", "hello the dog sat by the bank", "the dog sat by the river hello"]
ANSWERS = ["cat", "the bank", "the dog", "by the river"]


def tiny_checkpoint(folder, task: str) -> Checkpoint:
    """A tiny random checkpoint of a task, through `load`, in float64."""
    loaded = load(task, save_tiny(folder / task, task))
    return replace(loaded, model=loaded.model.double())


def tiny_head(base: Checkpoint, task: str) -> Checkpoint:
    """A fresh head on its base."""
    return new_head(base, ["meow", "woof"]) if task == "text-classification" else new_span_head(base)


def examples(head: Checkpoint) -> tuple[Examples, Examples]:
    """A training and a validation set for its task."""
    if head.task == "text-classification":
        return text_examples(head, TEXTS, NAMES), text_examples(head, UNSEEN, ITS_NAMES)
    learned = span_examples(head, QUESTIONS, CONTEXTS, ANSWERS)
    return learned, span_examples(head, QUESTIONS[::-1], CONTEXTS[::-1], ["dog sat", "sat", "hello", "sat"])


def weights(checkpoint: Checkpoint) -> dict[str, torch.Tensor]:
    """A copy of every weight."""
    return {name: value.clone() for name, value in checkpoint.model.state_dict().items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    """Whether two sets of weights agree bit for bit."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
