"""What the few-shot tests may ask for: tiny checkpoints of every task, in float64."""

from dataclasses import replace

import pytest

from tests.families import HEADED


@pytest.fixture(scope="package", params=HEADED)
def every_checkpoint(request, new_tiny):
    """A tiny checkpoint of each task, through `load`, in float64."""
    return _double(new_tiny(request.param))


@pytest.fixture(scope="package")
def checkpoint(new_tiny):
    """A tiny fill-mask checkpoint in float64."""
    return _double(new_tiny("fill-mask"))


def _double(loaded):
    return replace(loaded, model=loaded.model.double())
