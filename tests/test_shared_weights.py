"""The bundled weights in float32: mapped where they were made, whole or not there at all, and never other weights."""

import shutil
import sys
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

from encoder_lab import lab, load, shared_weights
from encoder_lab.checkpoints import BUNDLED, TASKS
from encoder_lab.shared_weights import find_shared, share

WEIGHTS = BUNDLED / "question-answering" / "model.safetensors"


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(shared_weights, "FOLDER", tmp_path / "share" / "encoder_lab")
    return shared_weights.FOLDER


def same(one, other):
    one, other = one.model.state_dict(), other.model.state_dict()
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def mapped_from(model):
    """The files in which the kernel finds a model's weights; None for memory of the process's own."""
    regions = []
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        bounds, *_, name = line.split(maxsplit=5)
        regions.append((*(int(bound, 16) for bound in bounds.split("-")), name if name.startswith("/") else None))
    places = [weight.data_ptr() for weight in model.parameters()]
    return {name for start, end, name in regions if any(start <= place < end for place in places)}


@pytest.mark.parametrize("task", TASKS)
def test_what_is_loaded_is_the_same_without_and_with_it(task):
    without = load(task)
    share([BUNDLED / task / "model.safetensors"])
    for source in (None, BUNDLED / task):
        checkpoint = load(task, source)
        assert same(without, checkpoint)
        assert {weight.dtype for weight in checkpoint.model.parameters()} == {torch.float32}
        assert not checkpoint.model.training and not any(w.requires_grad for w in checkpoint.model.parameters())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says which file a piece of memory belongs to")
@pytest.mark.parametrize("source", [None, BUNDLED / "question-answering"])
def test_all_weights_are_the_file_s_own_pages(source):
    assert mapped_from(load("question-answering", source).model) == {None}
    share([WEIGHTS])
    assert mapped_from(load("question-answering", source).model) == {str(find_shared(WEIGHTS))}


def test_who_writes_on_the_weights_changes_neither_the_file_nor_another_checkpoint():
    share([WEIGHTS])
    first, second = load("question-answering"), load("question-answering")
    for weight in first.model.parameters():
        weight.zero_()
    assert same(second, load("question-answering")) and not same(first, second)


def test_nobody_writes_on_it_and_nothing_is_left_beside_it(folder):
    share([WEIGHTS])
    assert list(folder.iterdir()) == [find_shared(WEIGHTS)]
    assert find_shared(WEIGHTS).stat().st_mode & 0o222 == 0


def test_a_second_time_nothing_is_written():
    share([WEIGHTS])
    before = find_shared(WEIGHTS).stat()
    share([WEIGHTS])
    assert find_shared(WEIGHTS).stat() == before


def flip_a_bit(raw):
    return raw[:-1] + bytes([raw[-1] ^ 1])


@pytest.mark.parametrize("damage", [flip_a_bit, lambda raw: raw[:-1], lambda raw: raw + b"\0", lambda raw: b""])
def test_what_is_damaged_is_not_used_and_made_again(damage):
    without = load("question-answering")
    share([WEIGHTS])
    file = find_shared(WEIGHTS)
    whole = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(damage(whole))
    assert find_shared(WEIGHTS) is None and same(without, load("question-answering"))
    share([WEIGHTS])
    assert find_shared(WEIGHTS).read_bytes() == whole


def test_other_weights_are_not_used_and_go_when_the_bundled_ones_are_new(folder, tmp_path):
    old = tmp_path / "model.safetensors"
    shutil.copy(BUNDLED / "fill-mask" / "model.safetensors", old)
    share([old])
    assert find_shared(WEIGHTS) is None and find_shared(old)
    shutil.copy(WEIGHTS, old)
    assert find_shared(old) is None
    share([old])
    assert list(folder.iterdir()) == [find_shared(old)] == [find_shared(WEIGHTS)]


def test_what_cannot_be_written_whole_is_not_there_at_all(folder, monkeypatch):
    def half(tensors, file):
        file.write_bytes(b"half")
        raise SafetensorError("No space left on device")

    monkeypatch.setattr(shared_weights, "save_file", half)
    with pytest.raises(OSError, match="float32 form of .*model.safetensors could not be written: No space left"):
        share([WEIGHTS])
    assert list(folder.iterdir()) == []


def test_a_folder_of_one_s_own_is_read_as_it_is(tmp_path, monkeypatch):
    mine = shutil.copytree(BUNDLED / "question-answering", tmp_path / "mine" / "question-answering")
    monkeypatch.setattr("encoder_lab.folders.find_shared", lambda weights: pytest.fail("nobody has shared these"))
    load("question-answering", mine)


def test_the_command_shares_what_is_bundled(folder, capsys):
    lab.main(["share"])
    assert all(find_shared(BUNDLED / task / "model.safetensors") for task in TASKS)
    assert str(folder) in capsys.readouterr().out


def test_the_command_says_in_one_sentence_what_is_in_the_way(folder):
    folder.parent.write_text("not a folder", encoding="utf-8")
    with pytest.raises(SystemExit, match="^Encoder Lab: .*share"):
        lab.main(["share"])


@pytest.mark.parametrize("writable", [True, False])
def test_opening_the_course_shares_where_it_can(folder, tmp_path, monkeypatch, writable):
    opened = []
    monkeypatch.setattr(lab, "start", lambda notebook, trusted: opened.append(notebook))
    if not writable:
        folder.parent.write_text("not a folder", encoding="utf-8")
    lab.main([], lab.COURSE, tmp_path / "my_notebooks")
    assert len(opened) == 1
    assert bool(find_shared(WEIGHTS)) == writable
