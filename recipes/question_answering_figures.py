"""How well the question-answering checkpoint answers questions of articles kept out, and keeps silent without one."""

from pathlib import Path

import numpy as np

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward import answer
from encoder_lab.metrics import bootstrap_interval, evaluate_spans, score_at
from recipes.qa_data import Question, load_squad

READ = 384  # tokens of a window
STRIDE = 128  # tokens that neighbouring windows share
ANSWER = 30  # tokens of the longest answer considered


def card(checkpoint: Checkpoint, data: Path) -> tuple[str, dict[str, float]]:
    """Measure the checkpoint; returns its card's table and the threshold."""
    _, choice, test = load_squad(data)
    return evaluate(checkpoint, choice, test)


def predict(checkpoint: Checkpoint, questions: list[Question]) -> tuple[list[str], np.ndarray]:
    """Answer each question from its context, as `answer` does.

    Returns:
        (the likeliest span's text whatever the margin, null margin (N,)).
    """
    asked, contexts = [each.question for each in questions], [each.context for each in questions]
    longest = min(READ, checkpoint.tokenizer.model_max_length)
    found = answer(checkpoint, asked, contexts, max_answer_len=ANSWER, max_seq_len=longest, doc_stride=STRIDE)
    return [each.spans[0].text for each in found], np.array([each.null_margin for each in found])


def evaluate(checkpoint: Checkpoint, tuning: list[Question], held_out: list[Question]) -> tuple[str, dict[str, float]]:
    """Give the card's figures as a table, and the threshold: tuned on `tuning`, measured on `held_out`."""
    every = [*tuning, *held_out]
    texts, margins = predict(checkpoint, every)
    answers = [q.answers for q in every]
    found = evaluate_spans(texts, answers)
    forced, exact, answerable = found.f1, found.exact, found.answerable
    nothing = (~answerable).astype(float)
    cut = len(tuning)
    threshold = round(evaluate_spans(texts[:cut], answers[:cut], margins[:cut]).sweep.best, 1)
    late = np.arange(len(every)) >= cut
    rows = {
        "F1, answerable questions, best span forced (all held-out articles)": forced[answerable],
        "exact match, the same": exact[answerable],
        f"F1, all questions, threshold {threshold:.1f} (reporting articles)":
            score_at(margins, forced, nothing, threshold)[late],
        f"exact match, all questions, threshold {threshold:.1f}": score_at(margins, exact, nothing, threshold)[late],
        "F1, all questions, threshold 0.0": score_at(margins, forced, nothing, 0.0)[late],
        "F1, all questions, nothing ever answered": nothing[late],
    }  # fmt: skip
    table = ["| figure | questions | value | 95 % interval |", "| --- | ---: | ---: | --- |"]
    for name, scores in rows.items():
        low, high = bootstrap_interval(lambda draw, scores=scores: scores[draw].mean(), len(scores))
        table.append(f"| {name} | {len(scores):,} | {scores.mean():.3f} | {low:.3f} to {high:.3f} |")
    share = np.mean((margins <= threshold)[late] == answerable[late])
    table.append(f"| answers where there is one, is silent where there is none | {late.sum():,} | {share:.3f} | |")
    return "\n".join(table), {"null_margin": threshold}
