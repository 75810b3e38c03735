"""The warm start is taken only if it is the published one."""

import pytest

from encoder_lab.training.minilm import INSIDE, fetch_minilm


def test_other_weights_are_refused(tmp_path):
    (tmp_path / INSIDE).mkdir(parents=True)
    (tmp_path / INSIDE / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ValueError, match="MiniLM's model.safetensors has SHA-256 .*; the published one is 53aa5117"):
        fetch_minilm(tmp_path)
