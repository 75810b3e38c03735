"""Distillation: words found in both tokenizations, states averaged over them, and a student drawn to its teacher."""

import sys

import pytest
import torch
from torch.testing import assert_close
from transformers import BertModel, BertTokenizerFast

from recipes import distil
from recipes.base import from_minilm
from tests.families import byte_pairs

LINES = ["the cat sat by the river bank, hello hello the dog", "hello the dog sat", "the bank by the river"]


def both(minilm):
    """The two tokenizers."""
    return BertTokenizerFast(str(minilm / "vocab.txt"), do_lower_case=True), byte_pairs()


def test_states_are_averaged_over_the_tokens_of_a_word():
    hidden = torch.tensor([[[9.0], [1.0], [3.0], [5.0], [9.0]], [[9.0], [4.0], [9.0], [9.0], [9.0]]])  # (2, 5, 1)
    words = torch.tensor([[-1, 0, 0, 2, -1], [-1, 1, -1, -1, -1]])
    means, counts = distil.word_states(hidden, words, 3)
    assert_close(means[..., 0], torch.tensor([[2.0, 0, 5], [0, 4, 0]]))
    assert counts.tolist() == [[2, 0, 1], [0, 1, 0]]


def test_each_token_knows_its_word(minilm):
    theirs, ours = both(minilm)
    (example,) = distil.prepare(["the dog, hello"], theirs, ours)
    for tokenizer, ids, words in (
        (theirs, example.theirs, example.their_words), (ours, example.ours, example.our_words)
    ):  # fmt: skip
        assert words[0] == words[-1] == -1
        spelled = ["".join(tokenizer.decode([i]).replace("##", "").strip() for i, w in zip(ids, words, strict=True)
                           if w == word) for word in range(3)]  # fmt: skip
        assert spelled == ["the", "dog,", "hello"]


def test_a_student_that_reads_as_its_teacher_has_no_error(minilm):
    theirs, ours = both(minilm)
    teacher = BertModel.from_pretrained(minilm, add_pooling_layer=False).eval()
    student = from_minilm(minilm, ours).eval()
    (example,) = distil.prepare(["the dog"], theirs, ours)  # each word one piece on both sides, with one vector
    errors, cosine = distil.compare(teacher, student, [example])
    assert max(errors) < 1e-3 and cosine > 0.999
    (other,) = distil.prepare(["the cat"], theirs, ours)
    mixed = distil.Example(example.theirs, example.their_words, other.ours, other.our_words)
    assert distil.compare(teacher, student, [mixed])[0][0] > 0.1


def test_running_text_is_joined_and_shares_are_drawn():
    lines = ["a" * 400, "b" * 400, "c" * 400]
    assert distil._join(lines) == [lines[0] + " " + lines[1], lines[2]]
    texts = {name: [f"{name} {i}" for i in range(40)] for name in distil.SHARES}
    chosen = distil.choose_texts(texts)
    assert chosen == distil.choose_texts(texts)
    assert sum(text.startswith("nli") for text in chosen) == round(40 * distil.SHARES["nli"])


def test_the_command_draws_the_student_nearer_and_keeps_it(minilm, tmp_path, monkeypatch, capsys):
    texts = dict.fromkeys((*distil.SHARES, "squad_paragraphs"), LINES * 4)
    monkeypatch.setattr(distil, "fetch", lambda *_: minilm)
    monkeypatch.setattr(distil, "load_texts", lambda _: (texts, LINES))
    monkeypatch.setattr(distil, "make_tokenizer", lambda *_: byte_pairs())
    monkeypatch.setattr(distil, "BATCH_TOKENS", 64)
    command = ["distil", "--data", str(tmp_path), "--work", str(tmp_path / "work"), "--steps", "30"]
    monkeypatch.setattr(sys, "argv", command)
    distil.main()
    before, after = (line for line in capsys.readouterr().out.splitlines() if "held-out" in line)
    assert float(after.split("error ")[1].split()[0]) < float(before.split("error ")[1].split()[0])
    student, tokenizer = distil.load_base(tmp_path / "work")
    assert student.config.vocab_size == len(tokenizer)


def test_without_a_base_the_message_says_which_command_makes_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="run python -m recipes.distil first"):
        distil.load_base(tmp_path)
