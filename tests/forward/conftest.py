"""Checkpoints that several tests of the journeys share."""

import pytest

from encoder_lab.checkpoints import Checkpoint
from tests.forward.inference import with_names

LIMIT = 62  # tokens the tiny checkpoint reads


@pytest.fixture(scope="session")
def nli(new_tiny) -> Checkpoint:
    """A tiny random checkpoint in float64 with the three logits of inference; tests do not change it."""
    checkpoint = new_tiny("zero-shot-classification")
    checkpoint.tokenizer.model_max_length = LIMIT
    return with_names(checkpoint, ("contradiction", "neutral", "entailment"))
