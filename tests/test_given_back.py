"""Memory that a training is done with goes back: its optimiser, its gradients, and what the C library keeps."""

import gc
import re
import sys
import weakref
from pathlib import Path

import pytest
import torch

from encoder_lab import load
from encoder_lab.few_shot import fine_tune
from encoder_lab.grow import new_head, text_examples, train_head
from encoder_lab.surroundings import give_memory_back
from tests.families import save_tiny

TEXTS, LABELS = ["the cat sat", "a cat", "the dog sat", "a dog"], ["cat", "cat", "dog", "dog"]


def tune(checkpoint):
    return fine_tune(checkpoint, TEXTS, LABELS, steps=3)


def train(checkpoint):
    head = new_head(checkpoint, ["cat", "dog"])
    examples = text_examples(head, TEXTS, LABELS)
    return train_head(head, examples, examples, frozen=False, epochs=2)


@pytest.mark.parametrize("training", [tune, train])
def test_no_optimiser_and_no_gradient_outlives_a_training(training, tmp_path, monkeypatch):
    made = []

    class Watched(torch.optim.AdamW):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            made.append(
                (weakref.ref(self), [weakref.ref(each) for group in self.param_groups for each in group["params"]])
            )

    monkeypatch.setattr(torch.optim, "AdamW", Watched)
    checkpoint = load("text-classification", save_tiny(tmp_path / "tiny", "text-classification"))
    gc.disable()  # nobody else cleans up
    try:
        kept = training(checkpoint)
    finally:
        gc.enable()
    ((optimiser, weights),) = made
    assert kept is not None and optimiser() is None
    assert [each().shape for each in weights if each() is not None and each().grad is not None] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux' C library keeps what is freed in pieces")
def test_what_was_freed_in_pieces_goes_back_to_the_system():
    def private():
        return int(re.search(r"Private_Dirty: +(\d+)", Path("/proc/self/smaps_rollup").read_text(encoding="ascii"))[1])

    pieces = [torch.ones(4_000) for _ in range(10_000)]  # 16 kB each
    pieces = pieces[::100]  # between them the rest is free
    before = private()
    give_memory_back()
    assert before - private() > 100_000 and len(pieces) == 100
