"""A tiny random checkpoint in the place of the bundled one: what a check compares does not depend on training."""

from pathlib import Path

import pytest

from encoder_lab import Checkpoint
from encoder_lab.exercises import exercise
from tests.families import save_tiny


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny BertForMaskedLM."""
    return save_tiny(tmp_path_factory.mktemp("tiny"), "fill-mask")


@pytest.fixture
def ck(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    """The tiny checkpoint, which the checks load too."""
    monkeypatch.setenv("ENCODER_LAB_SOURCE", str(tiny_folder))
    exercise._load.cache_clear()  # a test may have changed its weights
    return exercise.checkpoint()
