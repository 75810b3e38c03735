"""Checkpoints that several tests of the journeys share."""

import pytest

from encoder_lab import load
from encoder_lab.checkpoints import Checkpoint
from tests.families import save_tiny
from tests.forward.inference import with_names

LIMIT = 62  # tokens the tiny checkpoint reads


@pytest.fixture(scope="session")
def nli(tmp_path_factory) -> Checkpoint:
    """A tiny random checkpoint in float64 with the three logits of inference; tests do not change it."""
    task = "zero-shot-classification"
    checkpoint = load(task, save_tiny(tmp_path_factory.mktemp("tiny") / task, task))
    checkpoint.tokenizer.model_max_length = LIMIT
    return with_names(checkpoint, ("contradiction", "neutral", "entailment"))
