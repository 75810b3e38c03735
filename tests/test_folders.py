"""What is wrong with a checkpoint folder is said in one sentence; what it says of itself is kept."""

import json
import os
import shutil
import sys

import pytest
import torch
from transformers import AutoTokenizer

from encoder_lab import answer, classify, load, tokenize
from encoder_lab.checkpoints import BUNDLED
from encoder_lab.folders import UnreadableName
from encoder_lab.grow import save_checkpoint
from tests.families import save_tiny, tiny_of, word_pieces

LABELS = 5


@pytest.fixture(scope="module")
def tiny_classifier(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("tiny") / "mine", "text-classification")


@pytest.fixture
def folder(tiny_classifier, tmp_path):
    """A tiny text-classification folder that a test may damage."""
    return shutil.copytree(tiny_classifier, tmp_path / "mine")


def change(file, **changes):
    told = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(told | changes), encoding="utf-8")


BROKEN = (b"{", b"[]", b"\xff\xfe", b"", b'{"model": {"type": "BPE"}}', b"{}")
DAMAGES = [(name, text) for name in ("tokenizer.json", "config.json") for text in BROKEN]
DAMAGES += [("tokenizer_config.json", text) for text in BROKEN[:4]]  # it may say nothing, or something else


@pytest.mark.parametrize(("name", "written"), DAMAGES)
def test_a_damaged_file_is_named(folder, name, written, capfd):
    (folder / name).write_bytes(written)
    with pytest.raises((OSError, ValueError)) as failure:
        load("text-classification", folder)
    said = str(failure.value)
    assert "mine" in said and "\n" not in said
    assert f"{name} is damaged (" in said or "holds no named architecture" in said
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"vocab_size": "x"},
        {"hidden_size": 14},
        {"id2label": ["a"]},
        {"id2label": {"a": "b"}},
        {"hidden_act": "nothing"},
    ],
)
def test_a_configuration_that_describes_no_model(folder, changes, capfd):
    change(folder / "config.json", **changes)
    with pytest.raises(OSError, match=r"mine.config\.json is damaged \(.*\); fetch or save it again"):
        load("text-classification", folder)
    assert capfd.readouterr() == ("", "")


def test_weights_of_another_shape_than_the_configuration_s(folder, capfd):
    change(folder / "config.json", id2label={"0": "a", "1": "b"}, label2id={"a": 0, "b": 1})
    with pytest.raises(
        ValueError, match=r"has classifier.out_proj.bias of shape \(5,\) and config.json asks for \(2,\)"
    ):
        load("text-classification", folder)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("numbers", [range(1, LABELS + 1), (0, 1, 2, 3, 7), (-1, 0, 1, 2, 3)])
def test_labels_that_are_not_numbered_from_0(folder, numbers):
    change(folder / "config.json", id2label={str(i): f"label {i}" for i in numbers}, label2id=None)
    with pytest.raises(ValueError, match=r"config\.json must name the labels 0 to 4 in id2label, each with a text; it"):
        load("text-classification", folder)


def test_a_label_that_is_no_text(folder):
    change(folder / "config.json", id2label={str(i): i for i in range(LABELS)}, label2id=None)
    with pytest.raises(ValueError, match="each with a text"):
        load("text-classification", folder)


def test_labels_numbered_in_two_ways(folder):
    names = {str(i): f"label {i}" for i in range(LABELS)}
    change(folder / "config.json", id2label=names, label2id={f"label {i}": LABELS - 1 - i for i in range(LABELS)})
    said = r"contradicts itself: label2id gives 'label 0' the number 4, and id2label calls that 'label 4'; mend one"
    with pytest.raises(ValueError, match=said):
        load("text-classification", folder)
    change(folder / "config.json", label2id={f"label {i}": i for i in range(LABELS)})
    assert classify(load("text-classification", folder), "the cat").labels == tuple(names.values())


def test_a_tokenizer_file_with_a_normalizer_of_its_own_is_kept(tmp_path):
    folder = shutil.copytree(BUNDLED / "question-answering", tmp_path / "qa")
    change(folder / "tokenizer.json", normalizer={"type": "Lowercase"})
    for place in (folder, save_checkpoint(load("question-answering", folder), tmp_path / "again")):
        checkpoint = load("question-answering", place)
        assert tokenize(checkpoint.tokenizer, "WHO").ids.tolist() == tokenize(checkpoint.tokenizer, "who").ids.tolist()
        found = answer(checkpoint, "WHO WAS BORN?", "IN 1820 ANNA DE VRIES WAS BORN IN AMSTERDAM.")
        assert found.spans[0].text == "DE VRIES"


def test_a_tokenizer_file_that_cuts_text_in_its_own_way_is_kept(folder):
    alone = load("text-classification", folder).tokenizer
    told = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    change(folder / "tokenizer.json", pre_tokenizer=told["pre_tokenizer"] | {"add_prefix_space": True})
    assert load("text-classification", folder).tokenizer.tokenize("the cat")[0] != alone.tokenize("the cat")[0]


def test_an_ordinary_folder_is_read_as_transformers_reads_it():
    for folder in BUNDLED.iterdir():
        if folder.is_dir():
            theirs = AutoTokenizer.from_pretrained(folder).backend_tokenizer.to_str()
            assert load(folder.name, folder).tokenizer.backend_tokenizer.to_str() == theirs


@pytest.mark.parametrize("task", ["", None, 3, ["fill-mask"]])
def test_a_task_that_is_none(task):
    with pytest.raises(ValueError, match="unknown task .*; the tasks are fill-mask, "):
        load(task)


@pytest.mark.parametrize("source", ["", 0, False, b"bundled"])
def test_a_source_that_is_none(source):
    with pytest.raises(ValueError, match="the source is .*; give 'bundled', 'hub' or a folder, or leave it out"):
        load("fill-mask", source)


@pytest.mark.parametrize("device", [-1, 99, True, "", "meta", 1.5, ["cpu"]])
def test_a_device_that_is_none(folder, device):
    with pytest.raises(ValueError, match="the device .* cannot be used here; leave it out for the CPU, or 'auto'"):
        load("text-classification", folder, device=device)


def test_device_0_is_the_first_accelerator(folder):
    if torch.accelerator.is_available():
        assert load("text-classification", folder, device=0).model.device.index == 0
    else:
        with pytest.raises(ValueError, match="the device 0 cannot be used here"):
            load("text-classification", folder, device=0)


def test_the_settings_of_transformers_are_put_back(folder):
    from transformers.utils import logging

    before = logging.get_verbosity()
    load("text-classification", folder)
    assert logging.get_verbosity() == before


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_folder_whose_name_is_no_utf_8_is_said_to_be_that(folder, tmp_path):
    folder = folder.rename(tmp_path / os.fsdecode("모형".encode("euc-kr")))
    with pytest.raises(UnreadableName, match=r"the name of .*/\\udcb8.* is not written in UTF-8 .*; give it another"):
        load("text-classification", folder)


@pytest.mark.parametrize("family", ["DeBERTa-v2", "DeBERTa-v3"])
def test_a_deberta_s_head_is_the_one_that_its_weights_are_for(family, tmp_path):
    """`transformers` makes up the head of a checkpoint whose configuration, as that of the first ones, names none."""
    model = tiny_of(family, "fill-mask").float()
    model.save_pretrained(tmp_path)
    word_pieces(tmp_path).save_pretrained(tmp_path)
    told = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    told.pop("legacy", None)
    (tmp_path / "config.json").write_text(json.dumps(told), encoding="utf-8")
    ids = torch.tensor([[5, 6, 7]])
    assert torch.equal(load("fill-mask", tmp_path).model(ids).logits, model(ids).logits)
