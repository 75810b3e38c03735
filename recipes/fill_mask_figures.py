"""How well the fill-mask checkpoint guesses words of text kept out, source by source."""

import math
from pathlib import Path

import torch
from scipy.stats import binomtest

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.grow import masked_lm
from encoder_lab.grow.batches import plan_batches
from recipes import corpus
from recipes.fill_mask import SEED, make_examples, student_reads
from recipes.rows import Rows
from recipes.vocabulary import SPECIAL


def card(checkpoint: Checkpoint, data: Path) -> tuple[str, dict[str, float]]:
    """Measure the checkpoint; returns its card's tables, and no thresholds."""
    _, choice, test = corpus.load_corpus(data)
    parts = (("choice:", choice), ("test:", test))
    return "\n\n".join(f"{part}\n{report(evaluate(checkpoint, make_examples(texts)))}" for part, texts in parts), {}


@torch.inference_mode()
def evaluate(checkpoint: Checkpoint, kept_out: dict[str, Rows]) -> dict[str, tuple[int, int, int, float]]:
    """Guess 15 % of the tokens of text kept out, each behind [MASK].

    Returns:
        source -> (tokens guessed, top-1 right, top-5 right, sum of -log probabilities).
    """
    tokenizer, figures = checkpoint.tokenizer, {}
    for name, rows in kept_out.items():
        draw = torch.Generator().manual_seed(SEED)
        count, first, five, cost = 0, 0, 0, 0.0
        for batch in plan_batches(rows.sizes, 2_048, SEED):
            ids, mask = rows.batch(batch, tokenizer.pad_token_id)
            chosen = masked_lm.choose(ids, ids < len(SPECIAL), draw)
            inputs = torch.where(chosen, tokenizer.mask_token_id, ids)
            right_ids = ids[chosen][:, None]
            logits, _ = student_reads(checkpoint.model, inputs, mask, chosen)
            log_probabilities = logits.log_softmax(-1)  # (N, V)
            right = log_probabilities.topk(5).indices == right_ids
            count += len(right)
            first += int(right[:, 0].sum())
            five += int(right.sum())
            cost -= float(log_probabilities.gather(1, right_ids).sum())
        figures[name] = (count, first, five, cost)
    return figures


def report(figures: dict[str, tuple[int, int, int, float]]) -> str:
    """Lay the figures out as the model card's table."""
    modern = {s.name for s in corpus.SOURCES if s.modern}
    rows = dict(figures)
    rows["**all modern sources**"] = tuple(map(sum, zip(*(figures[n] for n in figures if n in modern), strict=True)))
    rows["**all sources**"] = tuple(map(sum, zip(*figures.values(), strict=True)))
    table = ["| text kept out | tokens guessed | top-1 | 95 % interval | top-5 | 95 % interval | perplexity |",
             "| --- | ---: | ---: | --- | ---: | --- | ---: |"]  # fmt: skip
    for name, (count, first, five, cost) in rows.items():
        table.append(
            f"| {name} | {count:,} | {_share(first, count)} | {_share(five, count)} | {math.exp(cost / count):.1f} |"
        )
    return "\n".join(table)


def _share(right: int, count: int) -> str:
    """Write a share with its Wilson interval, which takes the tokens for independent of one another."""
    interval = binomtest(right, count).proportion_ci(method="wilson")
    return f"{right / count:.3f} | {interval.low:.3f} to {interval.high:.3f}"
