"""What the recipes' tests may ask for: a data folder of invented lines, and a work folder to train in."""

import shutil
from functools import partial
from pathlib import Path

import pytest
import torch

from encoder_lab.checkpoints import TASKS
from encoder_lab.metrics import bootstrap_interval
from recipes import everything, text_classification_figures
from tests.recipes.small import shrink
from tests.recipes.stand_in import write_data


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder on which every loader works."""
    return write_data(tmp_path / "data", monkeypatch)


@pytest.fixture(scope="package")
def prepared(tmp_path_factory) -> Path:
    """A work folder that holds what every task's training reads, and nothing more; to be read, not written."""
    folder = tmp_path_factory.mktemp("recipes")
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch, folder)
        everything.prepare(write_data(folder / "data", patch), folder / "work", tuple(TASKS))
    return folder / "work"


@pytest.fixture
def small(monkeypatch, tmp_path) -> None:
    """Let every recipe train tiny models in few steps."""
    shrink(monkeypatch, tmp_path)


@pytest.fixture(scope="package")
def trained(prepared, tmp_path_factory) -> Path:
    """The four tiny checkpoints that a run makes which nothing cuts off, in one folder."""
    folder = tmp_path_factory.mktemp("trained")
    shutil.copytree(prepared, folder / "work")
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch, folder)
        everything.run(folder / "work", folder / "out", torch.device("cpu"), tuple(TASKS))
    return folder / "out"


@pytest.fixture
def few_draws(monkeypatch) -> None:
    """Let the intervals of 28 labels be drawn twenty times, where a thousand take half a minute."""
    monkeypatch.setattr(text_classification_figures, "bootstrap_interval", partial(bootstrap_interval, draws=20))
