"""The zero-shot figures: of known logits by hand, ranked as the pipeline ranks."""

import pytest
import torch
from transformers import ZeroShotClassificationPipeline

from encoder_lab import load
from recipes import zero_shot_figures as figures_of
from recipes.nli_data import Pair

PAIRS = [
    Pair("the cat sat", "the dog sat", 0, "mnli"), Pair("the river bank", "hello the dog", 1, "snli"),
    Pair("the dog", "dog", 2, "mnli"),
]  # fmt: skip
UNSEEN = {
    "animals": (
        ["cat", "dog"],
        [(f"the cat sat {i}", 0) for i in range(4)] + [(f"the dog sat {i}", 1) for i in range(4)],
    ),
    "places": (["cat river", "bank"], [("the bank", 1), ("my bank", 1), ("a river", 0), ("the river", 0)]),
}


@pytest.fixture
def checkpoint(trained):
    return load("zero-shot-classification", trained / "zero-shot-classification")


def test_premise_and_hypothesis_are_kept_apart(checkpoint):
    (row,) = figures_of.tokenize([("the cat", "the dog")], checkpoint.tokenizer)
    assert checkpoint.tokenizer.decode(row) == "<s>the cat</s></s>the dog</s>"


def test_ranking_is_the_pipeline_s(checkpoint):
    texts, labels = ["the cat sat by the river", "hello"], ["dog", "river bank", "cat"]
    pipeline = ZeroShotClassificationPipeline(model=checkpoint.model, tokenizer=checkpoint.tokenizer, device="cpu")
    ours = figures_of.rank(checkpoint, texts, labels, "the {}")
    for row, text in zip(ours.tolist(), texts, strict=True):
        theirs = pipeline(text, labels, hypothesis_template="the {}")
        assert [row[labels.index(name)] for name in theirs["labels"]] == pytest.approx(theirs["scores"], abs=1e-5)


@pytest.mark.parametrize("part", [0, 1])
def test_figures_of_known_logits(monkeypatch, part):
    """One of two MNLI pairs is read rightly; every text is said to be about a cat, so half of each family is right."""
    logits = {"dog sat": 0, "hello the dog": 1, "dog": 0}
    read = []

    def predict(_, pairs):
        read.extend(premise for premise, _ in pairs)
        rows = torch.zeros(len(pairs), 3)
        for row, (_, hypothesis) in zip(rows, pairs, strict=True):
            if hypothesis.startswith("This example"):
                row[2] = float("cat" in hypothesis)
            else:
                row[logits[hypothesis.removeprefix("the ")]] = 1.0
        return rows

    monkeypatch.setattr(figures_of, "predict", predict)
    rows = [line.split(" | ") for line in figures_of.evaluate(None, PAIRS, UNSEEN, part).splitlines()[2:]]
    assert [(row[0].strip("| "), row[1], row[2]) for row in rows] == [
        ("MNLI, unseen premises: accuracy among 3", "2", "0.500"),
        ("SNLI, unseen premises: accuracy among 3", "1", "1.000"),
        ("zero-shot, animals: accuracy among 2", "4", "0.500"),
        ("zero-shot, places: accuracy among 2", "2", "0.500"),
        ("zero-shot, mean of the 2 families", "6", "0.500"),
    ]
    assert ("the bank" in read, "my bank" in read) == ((True, False), (False, True))[part]


def test_the_mean_is_of_families_not_of_texts(monkeypatch):
    """Of the many animals none is right, of the few places all: one half."""
    unseen = {
        "animals": (["cat", "dog"], [("a", 1)] * 8),
        "places": (["cat river", "bank"], [("a", 0)] * 2),
    }

    def predict(_, pairs):
        return torch.tensor([[0.0, 0.0, float("cat" in hypothesis)] for _, hypothesis in pairs]).view(-1, 3)

    monkeypatch.setattr(figures_of, "predict", predict)
    table = figures_of.evaluate(None, PAIRS, unseen, 0)
    assert "| zero-shot, mean of the 2 families | 5 | 0.500 |" in table
