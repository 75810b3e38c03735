"""The bundled folders: small, float16 on disk and float32 in memory, described by their cards, the same in 4.57.6."""

import json
import re

import pytest
import torch
import transformers
from safetensors import safe_open
from torch.testing import assert_close

from encoder_lab import answer, classify, zero_shot
from encoder_lab.checkpoints import BUNDLED, TASKS, load
from recipes.originals import ANSWER, CONTEXT, EMOTIONS, PREMISE, QUESTION, TOPICS
from tests.oracles.bundled import FIXTURE, INPUTS, hashes, logits_of

MIB = 2**20
LARGEST = {"zero-shot-classification": 40 * MIB}
TOGETHER = 136 * MIB
ORACLE = json.loads(FIXTURE.read_text(encoding="utf-8"))
EACH = pytest.mark.parametrize("task", TASKS)
BYTE_PAIRS = [task for task in TASKS if task != "fill-mask"]


def size(folder) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def test_every_task_has_its_folder():
    assert {folder.name for folder in BUNDLED.iterdir() if folder.is_dir()} == set(TASKS)


@EACH
def test_it_is_small(task):
    assert size(BUNDLED / task) <= LARGEST.get(task, 32 * MIB)


def test_together_they_are_small():
    assert sum(size(BUNDLED / task) for task in TASKS) <= TOGETHER


@EACH
def test_weights_are_float16_on_disk(task):
    with safe_open(BUNDLED / task / "model.safetensors", framework="pt") as file:
        assert {file.get_slice(name).get_dtype() for name in file.keys()} == {"F16"}


@EACH
def test_the_card_names_its_files(task):
    card = (BUNDLED / task / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| (\S+) \| `([0-9a-f]{64})` \|$", card, re.MULTILINE))
    actual = hashes(BUNDLED / task)
    assert stated == {name: actual[name] for name in ("model.safetensors", "tokenizer.json")}


@pytest.mark.parametrize(
    ("task", "stated"),
    [
        ("question-answering", r"^\| \"(no answer)\" at \| `null_margin` above (-?[\d.]+)"),
        ("text-classification", r"^\| (\w+) \| +\d+ \| (\d\.\d+) \|"),
    ],
)
def test_the_card_states_the_thresholds_that_come_with_the_checkpoint(task, stated):
    card = (BUNDLED / task / "README.md").read_text(encoding="utf-8")
    on_card = {name.replace("no answer", "null_margin"): float(at) for name, at in re.findall(stated, card, re.M)}
    checkpoint = load(task)
    assert on_card == checkpoint.thresholds == load(task, BUNDLED / task).thresholds
    names = {"null_margin"} if task == "question-answering" else set(checkpoint.model.config.label2id)
    assert set(checkpoint.thresholds) == names


@EACH
def test_plain_transformers_reads_what_4_57_6_read(task):
    oracle = ORACLE["folders"].get(task)
    assert oracle and oracle["sha256"] == hashes(BUNDLED / task), f"{task} has changed: run `make oracle`"
    assert oracle["dtypes"] == ["torch.float32"]
    model = getattr(transformers, TASKS[task].architecture).from_pretrained(BUNDLED / task).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(BUNDLED / task)
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    for texts, theirs in zip(INPUTS[TASKS[task].architecture], oracle["answers"], strict=True):
        ours = logits_of(model, tokenizer, texts)
        assert ours["ids"] == theirs["ids"], texts
        assert_close(torch.tensor(ours["logits"]), torch.tensor(theirs["logits"]), rtol=1e-3, atol=1e-3)


def test_the_question_is_answered_as_the_original_does():
    (span,) = answer(load("question-answering"), QUESTION, CONTEXT).spans
    assert (span.text, span.start, span.end) == ANSWER[:3]


@pytest.mark.parametrize("text", EMOTIONS)
def test_the_first_emotion_is_the_original_s(text):
    assert classify(load("text-classification"), text).ranked[0].label == EMOTIONS[text][0]


def test_the_first_topic_is_the_original_s():
    found = zero_shot(load("zero-shot-classification"), PREMISE, sorted(TOPICS))
    assert found.ranked[0].label == next(iter(TOPICS)) == "travel"


def test_the_classification_heads_are_the_originals_but_for_their_width():
    classifier = load("text-classification").model.classifier
    width = classifier.dense.in_features
    assert (classifier.dense.out_features, classifier.out_proj.in_features) == (width, width)
    assert classifier.out_proj.out_features == 28
    assert load("zero-shot-classification").model.classification_head.out_proj.out_features == 3


@EACH
def test_a_cut_or_missing_weight_file_is_said(task, tmp_path):
    for file in (BUNDLED / task).iterdir():
        if file.suffix == ".json":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(FileNotFoundError, match=r"has no model\.safetensors"):
        load(task, tmp_path)
    with (BUNDLED / task / "model.safetensors").open("rb") as whole:
        (tmp_path / "model.safetensors").write_bytes(whole.read(100_000))
    with pytest.raises(OSError, match="is damaged"):
        load(task, tmp_path)


def test_the_byte_level_tokenizers_are_one():
    assert len({hashes(BUNDLED / task)["tokenizer.json"] for task in BYTE_PAIRS}) == 1


ODD = ("😀", "👩‍👩‍👧", "猫が好き", "안녕하세요", "مرحبا", "e\u0301", "\x00\x07\x1b", "\u200b", "\n\t\n",
       "a  b", "\ufeff", "ﬁ ½ 𝔸")  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_any_text_comes_back_and_nothing_is_unknown(text):
    tokenizer = transformers.AutoTokenizer.from_pretrained(BUNDLED / "question-answering")
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids, clean_up_tokenization_spaces=False) == text


def test_special_tokens_stand_where_roberta_has_them():
    tokenizer = transformers.AutoTokenizer.from_pretrained(BUNDLED / "question-answering")
    ends = tokenizer.convert_ids_to_tokens([0, 1, 2, 3, len(tokenizer) - 1])
    assert ends == ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    assert tokenizer.decode(tokenizer("cat", "dog")["input_ids"]) == "<s>cat</s></s>dog</s>"
    assert sorted(tokenizer.get_vocab().values()) == list(range(len(tokenizer)))
