"""The zero-shot recipe: pairs as read, figures worked out by hand, the command end to end."""

import json

import pytest
import torch
from safetensors.torch import load_file
from torch.testing import assert_close
from transformers import ZeroShotClassificationPipeline

from encoder_lab import load
from recipes import zero_shot as recipe
from recipes.nli_data import Pair
from tests.recipes.small import run, small_base

PAIRS = [
    Pair("the cat sat", "the dog sat", 0, "mnli"), Pair("the river bank", "hello the dog", 1, "snli"),
    Pair("the dog", "dog", 2, "mnli"), Pair("hello", "hello hello", 2, "counterfactual-snli"),
]  # fmt: skip
MAYBE = torch.tensor([0.2, 0.3, 0.5])
UNSEEN = {"animals": (["cat", "dog"], [("the cat sat", 0), ("the dog sat", 1), ("hello the dog", 1)])}


def test_premise_and_hypothesis_are_kept_apart():
    _, tokenizer = small_base()
    (row,) = recipe.tokenize([("the cat", "the dog")], tokenizer)
    assert tokenizer.decode(row) == "<s>the cat</s></s>the dog</s>"


def test_a_target_is_the_label_s_the_teacher_s_or_the_mean_of_both():
    pairs = [PAIRS[0], PAIRS[1], Pair("dog", "cat", None, "recombined")]
    said = torch.tensor([0.2, 0.3, 0.5])
    targets = recipe.make_targets(pairs, {("the cat sat", "the dog sat"): said, ("dog", "cat"): said})
    assert_close(targets, torch.tensor([[0.6, 0.15, 0.25], [0, 1, 0], [0.2, 0.3, 0.5]]))


def words(pair):
    return pair.premise, pair.hypothesis


def trained(tmp_path, monkeypatch):
    """Run the recipe on a few pairs."""
    monkeypatch.setattr(recipe, "load_nli", lambda _: (PAIRS * 2, PAIRS))
    made = [Pair("cat", "dog", None, source) for source in ("recombined", "reworded")]
    near = [Pair(premise, "dog", None, "nearest") for premise in ("hello", "the river")]
    monkeypatch.setattr(recipe, "asked", lambda training, _: [*training, *made, *near])
    monkeypatch.setattr(recipe, "thin", lambda pairs, _: pairs[:1])
    monkeypatch.setattr(recipe, "load_answers", lambda _, pairs: dict.fromkeys(map(words, pairs), MAYBE))
    monkeypatch.setattr(recipe, "load_topics", lambda _: [])
    monkeypatch.setattr(recipe, "load_unseen", lambda _: UNSEEN)
    return run(recipe, monkeypatch, tmp_path)


def test_the_command_trains_saves_and_prints_its_figures(tmp_path, monkeypatch, capsys):
    out = trained(tmp_path, monkeypatch)
    printed = capsys.readouterr().out
    config = json.loads((out / "config.json").read_text())
    assert {w.dtype for w in load_file(out / "model.safetensors").values()} == {torch.float16}
    assert config["dtype"] == "float32"
    assert config["id2label"] == {"0": "contradiction", "1": "neutral", "2": "entailment"}
    assert "| MNLI, unseen premises: accuracy among 3 | 2 |" in printed
    assert "| zero-shot, animals: accuracy among 2 | 3 |" in printed
    run(recipe, monkeypatch, tmp_path, "--evaluate")
    assert capsys.readouterr().out.strip() == printed[printed.index("| figure") :].strip()


def test_the_rounds_draw_from_labelled_and_made_pairs_each_once(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(recipe, "train_rounds", lambda *given: seen.append(given[2]))
    trained(tmp_path, monkeypatch)
    made = [(pair.premise, pair.hypothesis, pair.source) for pair in seen[0][len(PAIRS) * 2 :]]
    assert seen[0][: len(PAIRS) * 2] == PAIRS * 2
    assert made == [("cat", "dog", "recombined"), ("cat", "dog", "reworded"), ("hello", "dog", "nearest")]


def test_what_is_saved_is_the_mean_of_both_rounds_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(recipe, "RATE", 20.0)  # one step of 200 of warm-up must show
    out = trained(tmp_path, monkeypatch)
    first, second = (load_file(next(tmp_path.rglob(f"zero_shot_{n}/*.weights.safetensors"))) for n in (1, 2))
    assert not torch.equal(first["classification_head.dense.weight"], second["classification_head.dense.weight"])
    saved = load_file(out / "model.safetensors")
    for name in first.keys() & saved.keys():
        assert_close(saved[name].float(), (first[name] + second[name]) / 2, rtol=1e-3, atol=1e-6)
    assert "classification_head.dense.weight" in saved


def test_ranking_is_the_pipeline_s(tmp_path, monkeypatch):
    checkpoint = load("zero-shot-classification", trained(tmp_path, monkeypatch))
    texts, labels = ["the cat sat by the river", "hello"], ["dog", "river bank", "cat"]
    pipeline = ZeroShotClassificationPipeline(model=checkpoint.model, tokenizer=checkpoint.tokenizer, device="cpu")
    ours = recipe.rank(checkpoint, texts, labels, "the {}")
    for row, text in zip(ours.tolist(), texts, strict=True):
        theirs = pipeline(text, labels, hypothesis_template="the {}")
        assert [row[labels.index(name)] for name in theirs["labels"]] == pytest.approx(theirs["scores"], abs=1e-5)


def test_figures_of_known_logits(monkeypatch):
    """Two of three premises are read rightly, and two of three texts get their label."""
    logits = {"dog sat": 0, "hello the dog": 1, "dog": 0}

    def predict(_, pairs):
        rows = torch.zeros(len(pairs), 3)
        for row, (premise, hypothesis) in zip(rows, pairs, strict=True):
            if hypothesis.startswith("This example"):
                row[2] = float(("cat" in hypothesis) == (premise != "the dog sat"))
            else:
                row[logits[hypothesis.removeprefix("the ")]] = 1.0
        return rows

    monkeypatch.setattr(recipe, "predict", predict)
    held = [p for p in PAIRS if p.source != "counterfactual-snli"]
    rows = [line.split(" | ") for line in recipe.evaluate(None, held, UNSEEN).splitlines()[2:]]
    assert [(row[0].strip("| "), row[2]) for row in rows] == [
        ("MNLI, unseen premises: accuracy among 3", "0.500"),
        ("SNLI, unseen premises: accuracy among 3", "1.000"),
        ("zero-shot, animals: accuracy among 2", "0.667"),
    ]
