"""How well the text-classification checkpoint finds emotions; each label's threshold is tuned on other comments."""

from pathlib import Path

import numpy as np
import torch

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.classify import read_heads
from encoder_lab.metrics import bootstrap_interval, f1_scores, tune_thresholds
from encoder_lab.probabilities import sigmoid
from recipes.emotion_data import Comment, load_comments
from recipes.text_classification import label_table, tokenize


def card(checkpoint: Checkpoint, data: Path) -> tuple[str, dict[str, float]]:
    """Measure the checkpoint; returns its card's tables and the thresholds."""
    _, tuning, choice, test = load_comments(data)
    (first, _), (second, thresholds) = (evaluate(checkpoint, tuning, part) for part in (choice, test))
    return f"choice:\n{first}\n\ntest:\n{second}", thresholds


def predict(checkpoint: Checkpoint, texts: list[str]) -> np.ndarray:
    """Give each text the probability of each label, (N, C)."""
    rows = [torch.tensor(row) for row in tokenize(texts, checkpoint.tokenizer)]
    return sigmoid(read_heads(checkpoint, rows).logits).numpy()


def evaluate(checkpoint: Checkpoint, tuning: list[Comment], held_out: list[Comment]) -> tuple[str, dict[str, float]]:
    """Give the card's figures as tables, and each label's threshold: tuned on `tuning`, measured on `held_out`."""
    names = [checkpoint.model.config.id2label[i] for i in range(checkpoint.model.config.num_labels)]
    known, truth = label_table(tuning, len(names)), label_table(held_out, len(names))
    thresholds = tune_thresholds(predict(checkpoint, [c.text for c in tuning]), known).round(2)
    probabilities = predict(checkpoint, [c.text for c in held_out])
    table = ["| figure | comments | value | 95 % interval |", "| --- | ---: | ---: | --- |"]
    for bound, said in ((0.5, "at 0.5"), (thresholds, "at the tuned thresholds")):
        answers = probabilities >= bound
        for number, kind in enumerate(("micro", "macro")):
            value = f1_scores(answers, truth)[number]
            low, high = bootstrap_interval(
                lambda draw, answers=answers, number=number: f1_scores(answers[draw], truth[draw])[number], len(truth)
            )
            table.append(f"| {kind}-F1 {said} | {len(truth):,} | {value:.3f} | {low:.3f} to {high:.3f} |")
    table += ["", "| label | comments that have it | threshold | F1 there |", "| --- | ---: | ---: | ---: |"]
    for i, name in enumerate(names):
        value = f1_scores(probabilities[:, [i]] >= thresholds[i], truth[:, [i]])[1]
        table.append(f"| {name} | {truth[:, i].sum()} | {thresholds[i]:.2f} | {value:.2f} |")
    return "\n".join(table), dict(zip(names, thresholds.tolist(), strict=True))
