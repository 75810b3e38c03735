"""What the tests of training may ask for: a data folder of invented lines, a warm start, a head on a tiny base."""

import pytest
from transformers import BertModel

from tests.families import HEADED, tiny, word_pieces
from tests.training.heads import tiny_checkpoint, tiny_head
from tests.training.stand_in import write_data


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder on which every loader works."""
    return write_data(tmp_path / "data", monkeypatch)


@pytest.fixture
def minilm(tmp_path):
    """A tiny warm start."""
    folder = tmp_path / "minilm"
    folder.mkdir()
    word_pieces(folder)
    config = tiny(HEADED["fill-mask"]).config
    config.layer_norm_eps = 1e-5  # as the student's
    BertModel(config, add_pooling_layer=False).float().save_pretrained(folder)
    return folder


@pytest.fixture(scope="package", params=["text-classification", "question-answering"])
def head(request, tmp_path_factory):
    """A fresh head of each task, on the tiny base of the other one."""
    bases = {"text-classification": "question-answering", "question-answering": "text-classification"}
    return tiny_head(tiny_checkpoint(tmp_path_factory.mktemp("tiny"), bases[request.param]), request.param)
