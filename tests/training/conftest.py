"""What the tests of training may ask for: a data folder of invented lines, a fresh head on a tiny base."""

import pytest

from tests.training.heads import tiny_checkpoint, tiny_head
from tests.training.stand_in import write_data


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder on which every loader works."""
    return write_data(tmp_path / "data", monkeypatch)


@pytest.fixture(scope="package", params=["text-classification", "question-answering"])
def head(request, tmp_path_factory):
    """A fresh head of each task, on the tiny base of the other one."""
    bases = {"text-classification": "question-answering", "question-answering": "text-classification"}
    return tiny_head(tiny_checkpoint(tmp_path_factory.mktemp("tiny"), bases[request.param]), request.param)
