"""Loading: bundled and from a folder; one clear sentence for each failure."""

import copy
import json
import pickle
import shutil

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from encoder_lab.checkpoints import TASKS, load
from tests.families import HEADED, save_tiny, tiny


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A tiny checkpoint folder for each task."""
    root = tmp_path_factory.mktemp("checkpoints")
    return {task: save_tiny(root / task, task) for task in TASKS}


@pytest.fixture
def folder(folders, tmp_path):
    """A tiny fill-mask folder that a test may damage."""
    return shutil.copytree(folders["fill-mask"], tmp_path / "mine")


def test_the_bundled_checkpoint(fill_mask_checkpoint):
    assert (fill_mask_checkpoint.task, fill_mask_checkpoint.source) == ("fill-mask", "bundled")
    assert fill_mask_checkpoint.revision is None
    model = fill_mask_checkpoint.model
    assert not model.training and next(model.parameters()).dtype == torch.float32
    assert not any(p.requires_grad for p in model.parameters())
    assert fill_mask_checkpoint.tokenizer.model_max_length == 512


@pytest.mark.parametrize("task", TASKS)
def test_a_local_folder_of_each_task(folders, task):
    checkpoint = load(task, folders[task])
    assert type(checkpoint.model) is HEADED[task]
    assert checkpoint.source == str(folders[task])
    assert checkpoint.tokenizer.model_max_length == 32


def test_the_longest_text_is_what_the_positions_allow(folders, tmp_path):
    for task, longest in {"fill-mask": 64, "question-answering": 62, "zero-shot-classification": 64}.items():
        place = shutil.copytree(folders[task], tmp_path / task)
        told = json.loads((place / "tokenizer_config.json").read_text())
        (place / "tokenizer_config.json").write_text(json.dumps(told | {"model_max_length": 10**30}))
        assert load(task, place).tokenizer.model_max_length == longest


def test_the_environment_names_the_source(folder, monkeypatch):
    monkeypatch.setenv("ENCODER_LAB_SOURCE", str(folder.rename(folder.parent / "fill-mask").parent))
    assert load("fill-mask").source == str(folder.parent / "fill-mask")
    with pytest.raises(ValueError, match="ENCODER_LAB_SOURCE is .* there is no folder .*question-answering"):
        load("question-answering")
    assert load("fill-mask", "bundled").source == "bundled"


def test_thresholds_come_with_the_folder_and_cannot_be_changed(folder):
    assert load("fill-mask", folder).thresholds == {}
    (folder / "thresholds.json").write_text('{"joy": 0.25, "anger": -1}')
    checkpoint = load("fill-mask", folder)
    assert checkpoint.thresholds == {"joy": 0.25, "anger": -1} and "joy" in repr(checkpoint.thresholds)
    with pytest.raises(TypeError, match="does not support item assignment"):
        checkpoint.thresholds["joy"] = 0.5
    again = pickle.loads(pickle.dumps(checkpoint)), copy.deepcopy(checkpoint)
    assert [each.thresholds for each in again] == [checkpoint.thresholds] * 2


@pytest.mark.parametrize("written", ["{", "[0.5]", '{"joy": "much"}', '{"joy": NaN}', '{"joy": null}'])
def test_damaged_thresholds(folder, written):
    (folder / "thresholds.json").write_text(written)
    with pytest.raises(OSError, match=r"thresholds.json is damaged: it must hold names with a number each, as"):
        load("fill-mask", folder)


def test_the_pinned_revisions_are_whole_commits():
    assert set(TASKS) == set(HEADED)
    assert all(len(t.revision) == 40 and set(t.revision) <= set("0123456789abcdef") for t in TASKS.values())


def test_the_progress_bar_setting_is_put_back(folder):
    setting = transformers.utils.logging
    for wanted, switch in ((True, setting.enable_progress_bar), (False, setting.disable_progress_bar)):
        switch()
        load("fill-mask", folder)
        assert setting.is_progress_bar_enabled() is wanted
    setting.enable_progress_bar()
    shutil.rmtree(folder)
    with pytest.raises(ValueError):
        load("fill-mask", folder)
    assert setting.is_progress_bar_enabled()


def test_loading_prints_nothing(folder, capfd):
    load("fill-mask", folder)
    assert capfd.readouterr() == ("", "")


def test_the_cpu_is_the_default_and_auto_takes_what_is_there(folder):
    assert load("fill-mask", folder).model.device.type == "cpu"
    there = torch.accelerator.current_accelerator()
    assert load("fill-mask", folder, device="auto").model.device.type == (there.type if there else "cpu")


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "xyz"])
def test_a_device_that_is_not_there(folder, device):
    with pytest.raises(ValueError, match=f"the device '{device}' cannot be used here; leave it out for the CPU"):
        load("fill-mask", folder, device=device)


def test_an_unknown_task_lists_the_known():
    known = "fill-mask, question-answering, text-classification, zero-shot-classification"
    with pytest.raises(ValueError, match=f"unknown task 'fill_mask'; the tasks are {known}"):
        load("fill_mask")


def test_an_unknown_source():
    with pytest.raises(
        ValueError, match="unknown source 'bundle'; there is no such folder, and a repository of the hub is"
    ):
        load("fill-mask", "bundle")


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "model.safetensors"])
def test_a_folder_that_lacks_a_file(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"mine has no {name}; a checkpoint folder holds what save_pretrained"):
        load("fill-mask", folder)


def test_a_folder_without_a_tokenizer(folder):
    for name in ("tokenizer.json", "vocab.txt"):
        (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match="mine has no tokenizer.json; save the tokenizer beside the model"):
        load("fill-mask", folder)


def test_a_folder_of_another_architecture(folders):
    with pytest.raises(
        ValueError,
        match="holds RobertaForQuestionAnswering, for question-answering; fill-mask needs RobertaForMaskedLM",
    ):
        load("fill-mask", folders["question-answering"])


def test_weights_that_are_not_safetensors_are_not_read(folder):
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match="has no model.safetensors"):
        load("fill-mask", folder)


@pytest.mark.parametrize("damage", ["half", "empty", "text", "header"])
def test_damaged_weights(folder, damage):
    path = folder / "model.safetensors"
    good = path.read_bytes()
    path.write_bytes({"half": good[: len(good) // 2], "empty": b"", "text": b"<html>", "header": b"\xff" * 9}[damage])
    with pytest.raises(OSError, match="model.safetensors is damaged .*; fetch or save it again"):
        load("fill-mask", folder)


def test_a_damaged_configuration(folder):
    (folder / "config.json").write_text('{"architectures": ')
    with pytest.raises(OSError, match=r"config.json is damaged \(JSONDecodeError: .*\); fetch or save it again"):
        load("fill-mask", folder)


def test_weights_that_lack_a_tensor(folder):
    weights = load_file(folder / "model.safetensors")
    del weights["bert.encoder.layer.1.output.dense.bias"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ValueError, match="lacks 1 weights, the first is bert.encoder.layer.1.output.dense.bias"):
        load("fill-mask", folder)


def test_a_tokenizer_with_more_tokens_than_the_model(folder):
    tiny(HEADED["fill-mask"], 37).float().save_pretrained(folder)
    with pytest.raises(ValueError, match="mine has 41 tokens for 37 embeddings"):
        load("fill-mask", folder)
