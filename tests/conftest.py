"""What every test may ask for: the bundled checkpoint, loaded once; two threads, so that figures repeat."""

import pytest

from encoder_lab import load


@pytest.fixture(scope="session")
def fill_mask_checkpoint():
    """The bundled fill-mask checkpoint; tests do not change it."""
    return load("fill-mask", "bundled")
