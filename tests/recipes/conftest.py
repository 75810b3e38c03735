"""What the recipes' tests may ask for: a data folder of invented lines and a warm start."""

import pytest
from transformers import BertModel

from tests.families import HEADED, tiny, word_pieces
from tests.recipes.stand_in import write_data


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
