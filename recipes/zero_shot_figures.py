"""How well the zero-shot checkpoint judges unseen premises, and finds topics among labels it was never trained on."""

import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.zero_shot import nli_logits
from encoder_lab.metrics import bootstrap_interval
from encoder_lab.probabilities import label_probabilities
from recipes.base import LONGEST
from recipes.nli_data import Pair, load_nli
from recipes.topic_data import CONTRADICTION, ENTAILMENT, load_unseen

SEED = 24
TEMPLATE = "This example is about {}."
PER_LABEL = 40  # texts of each unseen label


def card(checkpoint: Checkpoint, data: Path) -> tuple[str, dict[str, float]]:
    """Measure the checkpoint; returns its card's tables, and no thresholds."""
    (_, choice, test), unseen = load_nli(data), load_unseen(data)
    tables = [evaluate(checkpoint, pairs, unseen, part) for part, pairs in enumerate((choice, test))]
    return "choice:\n{}\n\ntest:\n{}".format(*tables), {}


def tokenize(pairs: list[tuple[str, str]], tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
    """Turn (premise, hypothesis) into `<s> premise </s></s> hypothesis </s>`."""
    premises, hypotheses = zip(*pairs, strict=True)
    return tokenizer(list(premises), list(hypotheses), truncation="only_first", max_length=LONGEST)["input_ids"]


def predict(checkpoint: Checkpoint, pairs: list[tuple[str, str]]) -> Tensor:
    """Give each pair its three logits, (N, 3)."""
    return nli_logits(checkpoint, [torch.tensor(row) for row in tokenize(pairs, checkpoint.tokenizer)])


def rank(checkpoint: Checkpoint, texts: list[str], labels: list[str], template: str) -> Tensor:
    """Give each text a probability for each label, (N, C); the labels exclude one another."""
    logits = predict(checkpoint, [(text, template.format(label)) for text in texts for label in labels])
    return label_probabilities(logits.view(len(texts), len(labels), -1), ENTAILMENT, CONTRADICTION, multi_label=False)


def evaluate(checkpoint: Checkpoint, held_out: list[Pair], unseen: dict, part: int) -> str:
    """Lay out the card's figures: three-way accuracy on unseen premises, topics among labels never trained on.

    Args:
        checkpoint: what is measured.
        held_out: pairs.
        unseen: what `load_unseen` gives.
        part: 0 or 1, which half of each label's texts: for choosing among recipes, or for the card.
    """
    rows = {}
    for source in ("mnli", "snli"):
        pairs = [pair for pair in held_out if pair.source == source]
        best = predict(checkpoint, [(p.premise, p.hypothesis) for p in pairs]).argmax(-1).numpy()
        rows[f"{source.upper()}, unseen premises: accuracy among 3"] = best == [p.label for p in pairs]
    draw = random.Random(SEED)
    for name, (labels, texts) in unseen.items():
        by_label = [[x for x in texts if x[1] == i][part::2] for i in range(len(labels))]
        chosen = [x for xs in by_label for x in draw.sample(xs, min(PER_LABEL, len(xs)))]
        best = rank(checkpoint, [text for text, _ in chosen], labels, TEMPLATE).argmax(-1).numpy()
        rows[f"zero-shot, {name}: accuracy among {len(labels)}"] = best == [i for _, i in chosen]
    topics = [right for name, right in rows.items() if name.startswith("zero-shot")]
    rows[f"zero-shot, mean of the {len(topics)} families"] = topics
    table = ["| figure | texts | value | 95 % interval |", "| --- | ---: | ---: | --- |"]
    for name, right in rows.items():
        families = right if isinstance(right, list) else [right]
        # each text counts as much as its family's size allows, so that the mean is one of families
        weight = np.concatenate([np.full(len(x), 1 / (len(x) * len(families))) for x in families])
        every = np.concatenate(families)
        low, high = bootstrap_interval(
            lambda draw, every=every, weight=weight: np.average(every[draw], weights=weight[draw]), len(every)
        )
        table.append(f"| {name} | {len(every):,} | {np.sum(every * weight):.3f} | {low:.3f} to {high:.3f} |")
    return "\n".join(table)
