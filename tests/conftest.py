"""What every test may ask for: the bundled checkpoints, loaded once, and tiny ones of each task, written once."""

from functools import cache

import pytest
from hypothesis import settings

from encoder_lab import load
from tests.families import save_tiny

settings.register_profile("encoder_lab", deadline=None)  # no test fails because the machine is busy
settings.load_profile("encoder_lab")


@pytest.fixture(scope="session")
def bundled_checkpoint():
    """The bundled checkpoint of a task; tests do not change it."""
    return cache(lambda task: load(task, "bundled"))


@pytest.fixture(scope="session")
def fill_mask_checkpoint(bundled_checkpoint):
    """The bundled fill-mask checkpoint; tests do not change it."""
    return bundled_checkpoint("fill-mask")


@pytest.fixture(scope="session")
def new_tiny(tmp_path_factory):
    """A tiny random checkpoint of a task, a new one each time, with the same weights."""
    folder = cache(lambda task: save_tiny(tmp_path_factory.mktemp("tiny") / task, task))
    return lambda task: load(task, folder(task))
