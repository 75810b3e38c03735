"""The recipe of the bundled text-classification checkpoint: RoBERTa with a head for 28 emotions, several at a time.

    python -m recipes.text_classification --data FOLDER --work FOLDER

It starts from the encoder of `distil.py`. Cut off at any moment, the same command goes on from the last save. The
card's figures and thresholds come from `--evaluate`.

Source: Demszky et al. 2020, section 5 (arXiv:2005.00547).
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import PreTrainedTokenizerBase, RobertaForSequenceClassification

from encoder_lab.checkpoints import Checkpoint, load
from encoder_lab.forward.classify import read_heads
from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import DROPOUT, save, save_thresholds
from encoder_lab.metrics import bootstrap_interval, f1_scores, tune_thresholds
from encoder_lab.probabilities import sigmoid
from recipes.base import LONGEST
from recipes.classifier_loss import classifier_loss
from recipes.command import parse, recipe_parser
from recipes.distil import load_base
from recipes.emotion_data import Comment, label_names, load_comments
from recipes.loop import train
from recipes.originals import beside_original

SEED = 23
EPOCHS = 4
BATCH_TOKENS = 2_048
RATE = 2e-4
PRESENT = 2.0  # how much more a label that is there weighs than one that is not: else few pass 0.5


def tokenize(texts: list[str], tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
    """Turn each text into ids, `<s>` and `</s>` included."""
    return tokenizer(texts, truncation=True, max_length=LONGEST)["input_ids"]


def label_table(comments: list[Comment], count: int) -> np.ndarray:
    """Make (N, C) of bool: which labels each comment has."""
    table = np.zeros((len(comments), count), dtype=bool)
    for row, comment in zip(table, comments, strict=True):
        row[list(comment.labels)] = True
    return table


def make_loss(
    model: RobertaForSequenceClassification, rows: list[list[int]], labels: np.ndarray, epochs: int
) -> tuple[Callable[[int], Tensor], int]:
    """Return (step -> loss, number of steps): the mean binary cross-entropy over all labels."""
    lengths = [len(x) for x in rows]
    plan = [batch for epoch in range(epochs) for batch in plan_batches(lengths, BATCH_TOKENS, SEED + epoch)]
    targets = torch.tensor(labels, dtype=torch.float32)  # (N, C)
    compare = partial(binary_cross_entropy_with_logits, pos_weight=torch.full((labels.shape[1],), PRESENT))
    return classifier_loss(model, rows, targets, plan, compare, SEED), len(plan)


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


def main() -> None:
    """Train, save and evaluate; see the module's first lines."""
    arguments = parse(recipe_parser(__doc__, "text-classification"))

    training, tuning, held_out = load_comments(arguments.data)
    if not arguments.evaluate:
        base, tokenizer = load_base(arguments.work)
        names = label_names(arguments.data)
        base.config.hidden_dropout_prob = DROPOUT
        base.config.num_labels = len(names)
        base.config.id2label = dict(enumerate(names))
        base.config.label2id = {name: i for i, name in enumerate(names)}
        base.config.problem_type = "multi_label_classification"
        torch.manual_seed(SEED)
        model = RobertaForSequenceClassification(base.config)
        model.roberta.load_state_dict(base.state_dict())
        rows = tokenize([c.text for c in training], tokenizer)
        loss_at, steps = make_loss(model, rows, label_table(training, len(names)), EPOCHS)
        print(f"{steps:,} steps of at most {BATCH_TOKENS:,} ids")
        train(model, loss_at, steps=steps, rate=RATE, folder=arguments.work / "text_classification", save_every=250)
        save(model, tokenizer, arguments.out)
    checkpoint = load("text-classification", arguments.out)
    figures, thresholds = evaluate(checkpoint, tuning, held_out)
    save_thresholds(thresholds, arguments.out)
    print(figures, "", beside_original(checkpoint), sep="\n")


if __name__ == "__main__":
    main()
