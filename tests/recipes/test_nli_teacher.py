"""The teacher of the zero-shot recipe: pairs as read, its answers kept for each pair, the command end to end."""

import sys

import pytest
import torch
from torch.testing import assert_close
from transformers import MPNetConfig, MPNetForSequenceClassification, MPNetModel

from recipes import nli_teacher as recipe
from recipes.nli_data import Pair
from tests.families import FORWARD, HEADS, WIDTH, byte_pairs

PAIRS = [
    Pair("the cat sat", "the dog sat", 0, "mnli"), Pair("the cat sat", "hello the dog", 1, "mnli"),
    Pair("the river bank", "hello", 1, "snli"), Pair("the dog", "dog", 2, "mnli"),
]  # fmt: skip


@pytest.fixture
def warm(tmp_path):
    """A tiny warm start."""
    tokenizer = byte_pairs()
    torch.manual_seed(6)
    config = MPNetConfig(
        vocab_size=len(tokenizer), hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS,
        intermediate_size=FORWARD, max_position_embeddings=258,
    )  # fmt: skip
    tokenizer.save_pretrained(tmp_path / "warm")
    MPNetModel(config).save_pretrained(tmp_path / "warm")
    return tmp_path / "warm"


@pytest.fixture
def command(warm, tmp_path, monkeypatch):
    """Run the command on a few pairs."""
    monkeypatch.setattr(recipe, "fetch", lambda *_: warm)
    monkeypatch.setattr(recipe, "load_nli", lambda _: (PAIRS, PAIRS))
    monkeypatch.setattr(recipe, "reworded_pairs", lambda pairs: [("the old cat sat", pairs[0].hypothesis)])
    monkeypatch.setattr(recipe, "nearest_pairs", lambda pairs, *_: [("hello", pairs[-1].hypothesis)])
    monkeypatch.setattr(recipe, "READINGS", {"mnli": 4, "snli": 1})
    monkeypatch.setattr(recipe, "PAIRS_A_SAVE", 2)

    def run(*more):
        places = ["nli_teacher", "--data", str(tmp_path), "--work", str(tmp_path / "work")]
        monkeypatch.setattr(sys, "argv", [*places, *more])
        recipe.main()
        return tmp_path / "work"

    return run


def teacher(folder):
    model = MPNetForSequenceClassification.from_pretrained(folder, num_labels=3).eval()
    return model, byte_pairs()


def test_it_is_asked_about_mnli_s_pairs_and_those_made_of_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="lacks the teacher's questions; run python -m recipes"):
        recipe.asked(PAIRS, tmp_path)
    recipe.write_pairs([("the old cat sat", "the dog sat")], tmp_path / recipe.REWORDED)
    recipe.write_pairs([("hello", "dog")], tmp_path / recipe.NEAREST)
    questions = recipe.asked(PAIRS, tmp_path)
    assert questions[:3] == [pair for pair in PAIRS if pair.source == "mnli"]
    assert {pair.source for pair in questions[3:-2]} == {"recombined"}
    assert ("hello the dog", "the dog sat") in {(pair.premise, pair.hypothesis) for pair in questions}
    assert questions[-2:] == [
        Pair("the old cat sat", "the dog sat", None, "reworded"), Pair("hello", "dog", None, "nearest"),
    ]  # fmt: skip


def test_an_answer_does_not_depend_on_its_neighbours(warm):
    model, tokenizer = teacher(warm)
    rows = recipe.tokenize(PAIRS, tokenizer)
    alone = torch.cat([recipe.answer(model, [row]) for row in rows])
    assert_close(recipe.answer(model, rows), alone, rtol=0, atol=0.01)  # bfloat16
    assert_close(alone.sum(-1), torch.ones(len(PAIRS)))


def test_the_command_trains_asks_and_keeps_the_answers(command, capsys):
    work = command()
    assert "SNLI, unseen premises: " in capsys.readouterr().out
    questions = recipe.asked(PAIRS, work)
    assert {pair.source for pair in questions} == {"mnli", "recombined", "reworded", "nearest"}
    answers = recipe.load_answers(work, questions)
    assert set(answers) == {(pair.premise, pair.hypothesis) for pair in questions}
    model, tokenizer = teacher(work / "nli_teacher")
    for pair in questions:
        said = recipe.answer(model, recipe.tokenize([pair], tokenizer))[0]
        assert_close(answers[pair.premise, pair.hypothesis], said, rtol=0, atol=0.01)


def test_a_cut_run_goes_on_with_what_has_not_been_asked(command, monkeypatch):
    work = command()
    parts = sorted((work / "nli_answers").iterdir())
    parts[1].unlink()
    questions = recipe.asked(PAIRS, work)
    with pytest.raises(FileNotFoundError, match="lacks the teacher's answers; run python -m recipes.nli_"):
        recipe.load_answers(work, questions)
    for name in ("reworded_pairs", "nearest_pairs"):  # are there already
        monkeypatch.setattr(recipe, name, lambda *_: pytest.fail("made a second time"))
    calls = []
    whole = recipe.answer
    monkeypatch.setattr(recipe, "answer", lambda *x: calls.append(len(x[1])) or whole(*x))
    command()
    assert calls == [3, 1, 2]  # the two held-out sets, then the part that was gone
    assert len(recipe.load_answers(work, questions)) == len(questions)
