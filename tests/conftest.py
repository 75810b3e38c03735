"""What every test may ask for: the bundled checkpoint, loaded once; two threads, so that figures repeat."""

import pytest
from hypothesis import settings

from encoder_lab import load

settings.register_profile("encoder_lab", deadline=None)  # no test fails because the machine is busy
settings.load_profile("encoder_lab")


@pytest.fixture(scope="session")
def fill_mask_checkpoint():
    """The bundled fill-mask checkpoint; tests do not change it."""
    return load("fill-mask", "bundled")
