"""What the recipes' tests may ask for: a data folder of invented lines."""

import pytest

from tests.training.stand_in import write_data


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder on which every loader works."""
    return write_data(tmp_path / "data", monkeypatch)
