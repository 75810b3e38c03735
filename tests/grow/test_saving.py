"""Saving: an ordinary folder that `load` takes, whole or not at all, and nothing overwritten unasked."""

import copy
import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import load_file
from torch.testing import assert_close
from transformers import AutoModelForQuestionAnswering, AutoModelForSequenceClassification

from encoder_lab import answer, classify, load
from encoder_lab.checkpoints import Thresholds
from encoder_lab.grow import saving as folder_module
from encoder_lab.grow.head import new_head
from encoder_lab.grow.saving import save_checkpoint
from tests.grow.heads import CONTEXTS, QUESTIONS, TEXTS, same, weights


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_a_saved_head_is_loaded_again_by_load_and_by_transformers(head, tmp_path):
    before, names = weights(head), dict(head.model.config.id2label)
    folder = save_checkpoint(head, tmp_path / "mine" / "head")
    assert folder == tmp_path / "mine" / "head" and [each.name for each in folder.parent.iterdir()] == ["head"]
    config = json.loads((folder / "config.json").read_text())
    assert config["dtype"] == "float32" and config["architectures"] == [type(head.model).__name__]
    assert {weight.dtype for weight in load_file(folder / "model.safetensors").values()} == {torch.float16}
    again = load(head.task, folder)
    assert again.model.dtype == torch.float32 and again.model.config.id2label == names
    for name, weight in again.model.state_dict().items():
        assert_close(weight, before[name].half().float(), rtol=0, atol=0, msg=name)
    if head.task == "text-classification":
        ours, theirs = (classify(each, TEXTS) for each in (head, again))
        for one, other in zip(ours, theirs, strict=True):
            assert_close(other.logits.double(), one.logits, rtol=0, atol=0.02)
        assert AutoModelForSequenceClassification.from_pretrained(folder).config.id2label == names
    else:
        assert answer(again, QUESTIONS[0], CONTEXTS[0]).spans[0].text in CONTEXTS[0]
        assert AutoModelForQuestionAnswering.from_pretrained(folder).dtype == torch.float32


def test_what_was_saved_stays_as_it_was_and_no_bar_is_shown(head, tmp_path, capsys):
    before, settings = weights(head), copy.deepcopy(head.tokenizer.init_kwargs)
    save_checkpoint(head, tmp_path / "head")
    assert capsys.readouterr().err == "" and transformers.utils.logging.is_progress_bar_enabled()
    assert same(before, weights(head)) and head.tokenizer.init_kwargs == settings


def test_thresholds_are_kept_and_replaced_with_their_checkpoint(head, tmp_path):
    tuned = replace(head, thresholds=Thresholds({"x": 0.25}))
    folder = save_checkpoint(tuned, tmp_path / "head")
    assert load(head.task, folder).thresholds == {"x": 0.25}
    assert load(head.task, save_checkpoint(head, folder, overwrite=True)).thresholds == {}


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch])
def test_what_exists_is_not_overwritten_unasked(head, tmp_path, make):
    place = tmp_path / "head"
    make(place)
    with pytest.raises(FileExistsError, match="exists already; take another name, or overwrite=True to replace it"):
        save_checkpoint(head, place)
    assert list(tmp_path.iterdir()) == [place] and (place.is_file() or not list(place.iterdir()))


def test_a_checkpoint_is_replaced_when_asked(head, tmp_path):
    folder = save_checkpoint(head, tmp_path / "head")
    (folder / "README.md").write_text("mine")
    old = files(folder)
    changed = new_head(head, ["x", "y", "z"], seed=4)
    save_checkpoint(changed, folder, overwrite=True)
    assert load("text-classification", folder).model.config.num_labels == 3
    assert files(folder)["model.safetensors"] != old["model.safetensors"]
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("other", ["thesis.docx", "a folder"])
def test_a_folder_with_other_things_is_never_replaced(head, tmp_path, other):
    folder = save_checkpoint(head, tmp_path / "head")
    (folder / other).mkdir() if other == "a folder" else (folder / other).write_text("years of work")
    with pytest.raises(FileExistsError, match=f"holds more than a checkpoint: {other}; take another name"):
        save_checkpoint(head, folder, overwrite=True)
    assert (folder / other).exists() and (folder / "model.safetensors").is_file()
    assert list(tmp_path.iterdir()) == [folder]


def test_a_file_is_never_replaced(head, tmp_path):
    (tmp_path / "head").write_text("mine")
    with pytest.raises(FileExistsError, match="holds more than a checkpoint"):
        save_checkpoint(head, tmp_path / "head", overwrite=True)
    assert (tmp_path / "head").read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


def raise_interrupt():
    raise KeyboardInterrupt


def send_signal():
    signal.raise_signal(signal.SIGINT)


# What saving goes through, and at which of its calls it is interrupted.
PLACES = [
    (folder_module, "save", 1),
    (folder_module, "_refuse_other_files", 1),
    (json, "loads", 1),
    (json, "dumps", 1),
    (Path, "write_text", 1),
    (Path, "rename", 1),
    (Path, "rename", 2),
    (Path, "exists", 2),
    (torch.nn.Module, "half", 1),
    (copy, "deepcopy", 1),
    (copy, "deepcopy", 2),
    (shutil, "rmtree", 1),
]


@pytest.mark.parametrize("happens", [raise_interrupt, send_signal])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("owner, name, count", PLACES)
def test_a_stop_at_any_moment_leaves_the_old_folder_or_the_new_one(
    head, tmp_path, monkeypatch, owner, name, count, after, happens
):
    folder = save_checkpoint(new_head(head, ["x", "y", "z"]), tmp_path / "head")
    old = files(folder)
    save_checkpoint(head, tmp_path / "wanted")
    new = files(tmp_path / "wanted")
    shutil.rmtree(tmp_path / "wanted")
    function, calls = getattr(owner, name), []

    def interrupted(*given, **more):
        calls.append(1)
        now = len(calls) == count
        if now and not after:
            happens()
        try:
            return function(*given, **more)
        finally:
            if now and after:
                happens()

    monkeypatch.setattr(owner, name, interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(head, folder, overwrite=True)
    monkeypatch.undo()
    assert len(calls) >= count
    found = files(folder)
    assert found in (old, new)
    if happens is send_signal:
        assert found == new  # it was noted, and the work was finished first
    left = [each for each in tmp_path.iterdir() if each != folder]
    assert left == [] or (name == "rmtree" and happens is raise_interrupt and not after)
    load(head.task if found == new else "text-classification", folder)


@pytest.mark.parametrize("owner, name, count", [place for place in PLACES if place[:2] != (Path, "rename")])
def test_a_stop_while_a_new_folder_is_written_leaves_none(head, tmp_path, monkeypatch, owner, name, count):
    function, calls = getattr(owner, name), []

    def interrupted(*given, **more):
        calls.append(1)
        if len(calls) == count:
            raise KeyboardInterrupt
        return function(*given, **more)

    monkeypatch.setattr(owner, name, interrupted)
    try:
        save_checkpoint(head, tmp_path / "head")
    except KeyboardInterrupt:
        pass
    monkeypatch.undo()
    if (tmp_path / "head").exists():
        load(head.task, tmp_path / "head")
    elif name != "rmtree":
        assert list(tmp_path.iterdir()) == []
