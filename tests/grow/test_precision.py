"""A model of 16 bits is not trained: its numbers are too coarse for small steps, and losses would be no numbers."""

import copy
from dataclasses import replace

import pytest
import torch

from encoder_lab import classify, explore, trace
from encoder_lab.few_shot import fine_tune
from encoder_lab.grow import train_head
from tests.grow.heads import examples, tiny_checkpoint, tiny_head

TEXTS, LABELS = ["the cat", "the dog", "a cat", "a dog"], ["cat", "dog", "cat", "dog"]


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_it_is_refused_for_training_and_taken_for_reading(tmp_path, kind):
    head = tiny_head(tiny_checkpoint(tmp_path, "text-classification"), "text-classification")
    coarse = replace(head, model=copy.deepcopy(head.model).to(kind))
    said = f"this model's weights are {kind}, too coarse for the small steps of {{}}; give it 32 bits, as load does"
    with pytest.raises(ValueError, match=said.format("train_head")):
        train_head(coarse, *examples(head))
    with pytest.raises(ValueError, match=said.format("fine_tune")):
        fine_tune(coarse, TEXTS, LABELS)
    assert classify(coarse, "the cat").logits.dtype == kind
    assert "looks most at" in explore.attention(trace(coarse, "the cat")).still()
