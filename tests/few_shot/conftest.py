"""What the few-shot tests may ask for: tiny checkpoints of every task, in float64."""

from dataclasses import replace

import pytest

from encoder_lab import load
from tests.families import HEADED, save_tiny


@pytest.fixture(scope="package", params=HEADED)
def every_checkpoint(request, tmp_path_factory):
    """A tiny checkpoint of each task, through `load`, in float64."""
    return _tiny(request.param, tmp_path_factory)


@pytest.fixture(scope="package")
def checkpoint(tmp_path_factory):
    """A tiny fill-mask checkpoint in float64."""
    return _tiny("fill-mask", tmp_path_factory)


def _tiny(task, tmp_path_factory):
    loaded = load(task, save_tiny(tmp_path_factory.mktemp("tiny") / task, task))
    return replace(loaded, model=loaded.model.double())
