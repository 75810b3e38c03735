"""What the tests of a head of one's own may ask for: a head on a tiny base."""

import pytest

from tests.grow.heads import tiny_checkpoint, tiny_head


@pytest.fixture(scope="package", params=["text-classification", "question-answering"])
def head(request, tmp_path_factory):
    """A fresh head of each task, on the tiny base of the other one."""
    bases = {"text-classification": "question-answering", "question-answering": "text-classification"}
    return tiny_head(tiny_checkpoint(tmp_path_factory.mktemp("tiny"), bases[request.param]), request.param)
