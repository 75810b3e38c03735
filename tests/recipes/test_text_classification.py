"""The text-classification recipe: labels as a table, figures worked out by hand, the command end to end."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from encoder_lab import load
from recipes import text_classification as recipe
from recipes.emotion_data import Comment
from tests.recipes.small import run, small_base

NAMES = ["joy", "anger", "neutral"]
COMMENTS = [
    Comment("the cat sat", (0,), "a"), Comment("hello the dog", (1, 2), "b"), Comment("the river bank", (2,), "c"),
]  # fmt: skip


def test_a_comment_may_have_several_labels():
    table = recipe.label_table(COMMENTS, 3)
    assert table.tolist() == [[True, False, False], [False, True, True], [False, False, True]]


def test_a_label_that_is_there_weighs_more_and_padding_has_no_say():
    base, tokenizer = small_base()
    base.config.hidden_dropout_prob = base.config.attention_probs_dropout_prob = 0.0
    base.config.num_labels = 3
    model = recipe.RobertaForSequenceClassification(base.config).eval()
    rows = recipe.tokenize([c.text for c in COMMENTS], tokenizer)
    table = recipe.label_table(COMMENTS, 3)
    loss_at, steps = recipe.make_loss(model, rows, table, epochs=1)
    assert steps == 1
    logits = torch.cat([model(torch.tensor([row])).logits for row in rows])
    there = torch.tensor(table)
    by_hand = -torch.where(there, recipe.PRESENT * logits.sigmoid().log(), (1 - logits.sigmoid()).log()).mean()
    assert loss_at(0).item() == pytest.approx(by_hand.item(), abs=0.02)  # bfloat16


def trained(tmp_path, monkeypatch):
    """Run the recipe on a few comments."""
    monkeypatch.setattr(recipe, "load_comments", lambda _: (COMMENTS * 3, COMMENTS, COMMENTS))
    monkeypatch.setattr(recipe, "label_names", lambda _: NAMES)
    return run(recipe, monkeypatch, tmp_path)


@pytest.mark.more
def test_the_command_trains_saves_and_prints_its_figures(tmp_path, monkeypatch, capsys):
    out = trained(tmp_path, monkeypatch)
    printed = capsys.readouterr().out
    config = json.loads((out / "config.json").read_text())
    assert {w.dtype for w in load_file(out / "model.safetensors").values()} == {torch.float16}
    assert config["dtype"] == "float32"
    assert config["problem_type"] == "multi_label_classification"
    assert list(config["id2label"].values()) == NAMES
    for label, tuned in load("text-classification", out).thresholds.items():
        assert f"| {tuned:.2f} |" in next(line for line in printed.splitlines() if line.startswith(f"| {label} |"))
    assert "| macro-F1 at the tuned thresholds | 3 |" in printed and "| neutral | 2 |" in printed
    run(recipe, monkeypatch, tmp_path, "--evaluate")
    assert capsys.readouterr().out.strip() == printed[printed.index("| figure") :].strip()


@pytest.mark.more
def test_probabilities_come_back_in_the_order_of_the_texts(tmp_path, monkeypatch):
    checkpoint = load("text-classification", trained(tmp_path, monkeypatch))
    texts = ["the cat sat by the river bank, hello", "dog", "the river"]
    together = recipe.predict(checkpoint, texts)
    assert together.shape == (3, 3)
    for row, text in zip(together, texts, strict=True):
        assert row == pytest.approx(recipe.predict(checkpoint, [text])[0], abs=1e-5)


def test_figures_of_known_probabilities(monkeypatch):
    """Tuned on the first half, every threshold falls below 0.5 and the second half comes out whole."""
    found = np.array([[0.4, 0.1, 0.1], [0.1, 0.4, 0.4], [0.1, 0.1, 0.9]])
    monkeypatch.setattr(recipe, "predict", lambda *_: found)
    model = type("Model", (), {"config": type("Config", (), {"id2label": dict(enumerate(NAMES)), "num_labels": 3})})
    figures, thresholds = recipe.evaluate(type("Checkpoint", (), {"model": model}), COMMENTS, COMMENTS)
    assert thresholds == {"joy": 0.4, "anger": 0.4, "neutral": 0.4}
    lines = figures.splitlines()
    values = {line.split(" | ")[0].strip("| "): line.split(" | ")[2] for line in lines[2:6]}
    assert float(values["micro-F1 at 0.5"]) == pytest.approx(2 * 1 / (1 + 4), abs=1e-3)  # one of four labels found
    assert float(values["macro-F1 at 0.5"]) == pytest.approx((0 + 0 + 2 / 3) / 3, abs=1e-3)
    assert values["micro-F1 at the tuned thresholds"] == values["macro-F1 at the tuned thresholds"] == "1.000"
    assert lines[-1] == "| neutral | 2 | 0.40 | 1.00 |"
