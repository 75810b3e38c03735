"""A checkpoint of another task is refused in one sentence by everything that needs a certain one."""

import re

import pytest

from encoder_lab import answer, classify, explore, fill_mask, load, zero_shot

CALLS = {
    "fill_mask": (fill_mask, "fill-mask", ("The [MASK] sat.",)),
    "answer": (answer, "question-answering", ("Who sat?", "The cat sat.")),
    "classify": (classify, "text-classification", ("the cat",)),
    "zero_shot": (zero_shot, "zero-shot-classification", ("the cat", ["cat"])),
    "explore.fill_mask": (explore.fill_mask, "fill-mask", ()),
    "explore.answer": (explore.answer, "question-answering", ()),
    "explore.classify": (explore.classify, "text-classification", ()),
    "explore.zero_shot": (explore.zero_shot, "zero-shot-classification", ()),
}


@pytest.fixture(scope="module")
def checkpoints():
    """One checkpoint that is not right for fill-mask, and one that is right for nothing else."""
    return load("question-answering"), load("fill-mask")


@pytest.mark.parametrize("name", CALLS)
def test_a_checkpoint_of_another_task_is_refused(checkpoints, name):
    call, task, given = CALLS[name]
    other = checkpoints[task != "fill-mask"]
    said = f"this checkpoint is for {other.task}; {name} needs load({task!r})"
    with pytest.raises(ValueError, match=re.escape(said)):
        call(other, *given)
