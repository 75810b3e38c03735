"""The recipe of the bundled zero-shot checkpoint: BART trained on inference, and on what texts are about.

    python -m recipes.zero_shot --data FOLDER --work FOLDER

Its encoder starts from the one of `distil.py` (run with `--steps 2800` for the bundled weights), its decoder from that
one's last layers; beside people's labels it learns what the teacher of `nli_teacher.py` says. It is trained in two
rounds, each with a rate that rises and falls; what is saved is the mean of the weights at both ends. Cut off at any
moment, the same command goes on from the last save. The card's figures come from `--evaluate`.

Source: Lewis et al. 2020, section 3.1 (arXiv:1910.13461); Yin et al. 2019 (arXiv:1909.00161); Hinton et al. 2015
(arXiv:1503.02531); the mean: Izmailov et al. 2018, section 3.2 (arXiv:1803.05407).
"""

import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import BartForSequenceClassification, PreTrainedTokenizerBase

from encoder_lab.checkpoints import Checkpoint, load
from encoder_lab.forward.zero_shot import nli_logits
from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import save
from encoder_lab.metrics import bootstrap_interval
from encoder_lab.probabilities import label_probabilities
from recipes.base import LONGEST, to_bart
from recipes.classifier_loss import classifier_loss
from recipes.command import parse, recipe_parser
from recipes.distil import load_base
from recipes.loop import train
from recipes.nearest_pairs import thin
from recipes.nli_data import LABELS, Pair, choose_pairs, load_nli
from recipes.nli_teacher import asked, load_answers
from recipes.originals import beside_original
from recipes.topic_data import CONTRADICTION, ENTAILMENT, load_topics, load_unseen, make_pairs

SEED = 24
# How often each source is read in all, round by round; a part of a reading draws that share of the pairs
ROUNDS = (
    {"mnli": 2.0, "snli": 1.0, "counterfactual-snli": 0.35, "recombined": 1.0, "nearest": 1.0, "reworded": 0.5,
     "topic": 0.7},
    {"mnli": 1.0, "snli": 0.5, "counterfactual-snli": 0.25, "recombined": 0.4, "nearest": 0.5, "reworded": 0.2,
     "topic": 0.5},
)  # fmt: skip
TEMPLATE = "This example is about {}."  # for the unseen labels
PER_LABEL = 60  # texts of each unseen label that are measured
BATCH_TOKENS = 2_048
RATE = 2e-4


def tokenize(pairs: list[tuple[str, str]], tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
    """Turn (premise, hypothesis) into `<s> premise </s></s> hypothesis </s>`."""
    premises, hypotheses = zip(*pairs, strict=True)
    return tokenizer(list(premises), list(hypotheses), truncation="only_first", max_length=LONGEST)["input_ids"]


def make_targets(pairs: list[Pair], answers: dict[tuple[str, str], Tensor]) -> Tensor:
    """Give each pair the probabilities it is drawn to: the label's 1, the teacher's, or the mean of both.

    Args:
        pairs: N pairs.
        answers: (premise, hypothesis) -> (3,) the teacher's probabilities; a pair without a label needs one.

    Returns:
        (N, 3), each row sums to 1.
    """
    rows = []
    for pair in pairs:
        said = [] if pair.label is None else [torch.eye(len(LABELS))[pair.label]]
        answer = answers.get((pair.premise, pair.hypothesis))
        rows.append(torch.stack(said if answer is None else [*said, answer]).mean(0))
    return torch.stack(rows)


def train_rounds(
    model: BartForSequenceClassification,
    tokenizer: PreTrainedTokenizerBase,
    pairs: list[Pair],
    answers: dict[tuple[str, str], Tensor],
    work: Path,
) -> None:
    """Train `model` in place, round by round, and leave it with the mean of the weights at the rounds' ends.

    Args:
        model: the start.
        tokenizer: the model's.
        pairs: what `ROUNDS` draws from.
        answers: as in `make_targets`.
        work: where each round keeps its progress.
    """
    ends = []
    for number, readings in enumerate(ROUNDS):
        seed = SEED + number
        chosen = choose_pairs(pairs, readings, seed)
        rows = tokenize([(p.premise, p.hypothesis) for p in chosen], tokenizer)
        plan = plan_batches([len(x) for x in rows], BATCH_TOKENS, seed)
        loss_at = classifier_loss(model, rows, make_targets(chosen, answers), plan, cross_entropy, seed)
        print(f"round {number + 1}: {len(chosen):,} pairs, {sum(map(len, rows)):,} ids, {len(plan):,} steps")
        train(model, loss_at, steps=len(plan), rate=RATE, folder=work / f"zero_shot_{number + 1}", save_every=250)
        ends.append({name: value.clone() for name, value in model.state_dict().items()})
    model.load_state_dict({name: torch.stack([end[name] for end in ends]).mean(0) for name in ends[0]})


def predict(checkpoint: Checkpoint, pairs: list[tuple[str, str]]) -> Tensor:
    """Give each pair its three logits, (N, 3)."""
    return nli_logits(checkpoint, [torch.tensor(row) for row in tokenize(pairs, checkpoint.tokenizer)])


def rank(checkpoint: Checkpoint, texts: list[str], labels: list[str], template: str) -> Tensor:
    """Give each text a probability for each label, (N, C); the labels exclude one another."""
    logits = predict(checkpoint, [(text, template.format(label)) for text in texts for label in labels])
    return label_probabilities(logits.view(len(texts), len(labels), -1), ENTAILMENT, CONTRADICTION, multi_label=False)


def evaluate(checkpoint: Checkpoint, held_out: list[Pair], unseen: dict) -> str:
    """Lay out the card's figures: three-way accuracy on unseen premises, topics among labels never trained on."""
    rows = {}
    for source in ("mnli", "snli"):
        pairs = [pair for pair in held_out if pair.source == source]
        best = predict(checkpoint, [(p.premise, p.hypothesis) for p in pairs]).argmax(-1).numpy()
        rows[f"{source.upper()}, unseen premises: accuracy among 3"] = best == [p.label for p in pairs]
    draw = random.Random(SEED)
    for name, (labels, texts) in unseen.items():
        by_label = [[x for x in texts if x[1] == i] for i in range(len(labels))]
        chosen = [x for xs in by_label for x in draw.sample(xs, min(PER_LABEL, len(xs)))]
        best = rank(checkpoint, [text for text, _ in chosen], labels, TEMPLATE).argmax(-1).numpy()
        rows[f"zero-shot, {name}: accuracy among {len(labels)}"] = best == [i for _, i in chosen]
    table = ["| figure | texts | value | 95 % interval |", "| --- | ---: | ---: | --- |"]
    for name, right in rows.items():
        low, high = bootstrap_interval(lambda draw, right=right: right[draw].mean(), len(right))
        table.append(f"| {name} | {len(right):,} | {np.mean(right):.3f} | {low:.3f} to {high:.3f} |")
    return "\n".join(table)


def main() -> None:
    """Train, save and evaluate; see the module's first lines."""
    arguments = parse(recipe_parser(__doc__, "zero-shot-classification"))

    training, held_out = load_nli(arguments.data)
    if not arguments.evaluate:
        base, tokenizer = load_base(arguments.work)
        torch.manual_seed(SEED)
        model = to_bart(base, LABELS)
        questions = asked(training, arguments.work)
        answers = load_answers(arguments.work, questions)
        near = thin([pair for pair in questions if pair.source == "nearest"], answers)
        made = [pair for pair in questions if pair.source in ("recombined", "reworded")]
        pairs = [*training, *made, *near, *make_pairs(load_topics(arguments.data), SEED)]
        train_rounds(model, tokenizer, pairs, answers, arguments.work)
        save(model, tokenizer, arguments.out)
    checkpoint = load("zero-shot-classification", arguments.out)
    print(evaluate(checkpoint, held_out, load_unseen(arguments.data)), "", beside_original(checkpoint), sep="\n")


if __name__ == "__main__":
    main()
