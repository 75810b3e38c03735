"""The text-classification figures: of known probabilities by hand, and in the order of the texts."""

import numpy as np
import pytest

from encoder_lab import load
from recipes import text_classification_figures as figures_of
from recipes.emotion_data import Comment, load_comments

NAMES = ["joy", "anger", "neutral"]
COMMENTS = [Comment("the cat sat", (0,), "a"), Comment("hello", (1, 2), "b"), Comment("the bank", (2,), "c")]


def test_probabilities_come_back_in_the_order_of_the_texts(trained):
    checkpoint = load("text-classification", trained / "text-classification")
    texts = ["the cat sat by the river bank, hello", "dog", "the river"]
    together = figures_of.predict(checkpoint, texts)
    assert together.shape == (3, 28)
    for row, text in zip(together, texts, strict=True):
        assert row == pytest.approx(figures_of.predict(checkpoint, [text])[0], abs=1e-5)


def test_figures_of_known_probabilities(monkeypatch, few_draws):
    """Tuned on the same comments, every threshold falls below 0.5 and all comes out right."""
    found = np.array([[0.4, 0.1, 0.1], [0.1, 0.4, 0.4], [0.1, 0.1, 0.9]])
    monkeypatch.setattr(figures_of, "predict", lambda *_: found)
    model = type("Model", (), {"config": type("Config", (), {"id2label": dict(enumerate(NAMES)), "num_labels": 3})})
    figures, thresholds = figures_of.evaluate(type("Checkpoint", (), {"model": model}), COMMENTS, COMMENTS)
    assert thresholds == {"joy": 0.4, "anger": 0.4, "neutral": 0.4}
    lines = figures.splitlines()
    values = {line.split(" | ")[0].strip("| "): line.split(" | ")[2] for line in lines[2:6]}
    assert float(values["micro-F1 at 0.5"]) == pytest.approx(2 * 1 / (1 + 4), abs=1e-3)  # one of four labels found
    assert float(values["macro-F1 at 0.5"]) == pytest.approx((0 + 0 + 2 / 3) / 3, abs=1e-3)
    assert values["micro-F1 at the tuned thresholds"] == values["macro-F1 at the tuned thresholds"] == "1.000"
    assert lines[-1] == "| neutral | 2 | 0.40 | 1.00 |"


def test_thresholds_are_tuned_on_neither_of_the_parts_that_are_measured(data, monkeypatch):
    _, tuning, choice, test = load_comments(data)
    asked = []
    monkeypatch.setattr(figures_of, "evaluate", lambda *given: asked.append(given) or (f"table {len(asked)}", given[1]))
    printed, thresholds = figures_of.card("a checkpoint", data)
    assert asked == [("a checkpoint", tuning, choice), ("a checkpoint", tuning, test)]
    assert printed == "choice:\ntable 1\n\ntest:\ntable 2" and thresholds == tuning
