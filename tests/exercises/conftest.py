"""Tiny random checkpoints in the place of the bundled ones: what a check compares does not depend on training."""

import json
from collections.abc import Callable

import pytest

from encoder_lab import Checkpoint
from encoder_lab.exercises import exercise
from tests.families import save_tiny


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Give a folder with a tiny checkpoint of a task."""
    made: dict[str, str] = {}

    def folder(task: str) -> str:
        if task not in made:
            path = save_tiny(tmp_path_factory.mktemp("tiny"), task)
            settings = path / "tokenizer_config.json"
            longer = json.loads(settings.read_text()) | {"model_max_length": 62}  # a question with its context fits
            settings.write_text(json.dumps(longer))
            made[task] = str(path)
        return made[task]

    return folder


@pytest.fixture
def tiny_checkpoint(tiny_folder: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Checkpoint]:
    """Give the tiny checkpoint of a task, which the checks of its exercises load too."""

    def checkpoint(task: str) -> Checkpoint:
        monkeypatch.setenv("ENCODER_LAB_SOURCE", tiny_folder(task))
        exercise._load.cache_clear()  # a test may have changed its weights
        return exercise.checkpoint(task)

    return checkpoint


@pytest.fixture
def ck(tiny_checkpoint: Callable[[str], Checkpoint]) -> Checkpoint:
    """The tiny checkpoint for fill-mask."""
    return tiny_checkpoint("fill-mask")
