"""A list of predicted answers, measured: SQuAD 2.0's figures, and every threshold for "no answer"."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from encoder_lab.metrics.no_answer import ThresholdSweep, sweep_thresholds
from encoder_lab.metrics.spans import check_answers, exact_match, f1, normalize_answer


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class SpanEvaluation:
    """How good predicted answers are. Axis N: questions."""

    exact: np.ndarray  # (N,) 1 or 0: exact match of each prediction as given
    f1: np.ndarray  # (N,) 0 to 1
    answerable: np.ndarray  # (N,) bool; True for a question that has an answer
    summary: dict[str, float]  # SQuAD 2.0's names, means from 0 to 1: exact, f1, total, HasAns_exact, NoAns_f1 …
    sweep: ThresholdSweep | None  # None without margins

    def __repr__(self) -> str:
        lines = [f"{'':8}{'questions':>9}{'exact':>8}{'f1':>8}"]
        for name, prefix in (("all", ""), ("HasAns", "HasAns_"), ("NoAns", "NoAns_")):
            if f"{prefix}total" in self.summary:
                total, exact, words = (self.summary[prefix + key] for key in ("total", "exact", "f1"))
                lines.append(f"{name:8}{total:9,}{exact:8.3f}{words:8.3f}")
        return "\n".join(lines if self.sweep is None else [*lines, repr(self.sweep)])


def evaluate_spans(
    predictions: Sequence[str], answers: Sequence[Sequence[str]], margins: np.ndarray | None = None
) -> SpanEvaluation:
    """Measure predicted answers, and with null margins every threshold for "no answer".

    Args:
        predictions: N predicted answers; "" for no answer. With margins: the best span of each question, whatever
            its margin.
        answers: for each question its right answers; an empty list if it has none. As in SQuAD's script a list of
            nothing but empty answers is one that has an answer (HasAns), to which only an empty prediction is right.
        margins: (N,) the null margin of each question, no unit; infinite where there is no span to answer with.

    Returns:
        Exact match and F1 of every prediction as given and their means: over all questions, over those that have an
        answer (HasAns) and over those that have none (NoAns); a kind of which there is no question has no means. With
        margins: for each threshold that tells questions apart the means if only the questions up to it are
        answered. Precision and recall ask whether the right questions are answered, not whether rightly. A
        prediction of which `normalize_answer` leaves nothing is no answer.

    Raises:
        TypeError: `predictions` is one string, a prediction is no string, a question's answers are no list of strings.
        ValueError: there are no questions, the lists differ in length, a margin is NaN or none is finite.

    Source: Rajpurkar et al. 2018 (arXiv:1806.03822), SQuAD 2.0's evaluation script, whose percentages are shares here;
    precision and recall are its "oracle" curve's.
    """
    _check(predictions, answers)
    exact, words = (
        np.array([measure(said, right) for said, right in zip(predictions, answers, strict=True)])
        for measure in (exact_match, f1)
    )
    answerable = np.array([len(right) > 0 for right in answers])
    summary: dict[str, float] = {}
    for prefix, which in (("", answerable | True), ("HasAns_", answerable), ("NoAns_", ~answerable)):
        if which.any():
            summary[f"{prefix}exact"] = float(exact[which].mean())
            summary[f"{prefix}f1"] = float(words[which].mean())
            summary[f"{prefix}total"] = int(which.sum())
    sweep = None
    if margins is not None:
        spoken = np.array([normalize_answer(said) != "" for said in predictions])
        sweep = sweep_thresholds(np.asarray(margins, dtype=float), exact, words, answerable, spoken)
    return SpanEvaluation(exact, words, answerable, summary, sweep)


def _check(predictions: Sequence[str], answers: Sequence[Sequence[str]]) -> None:
    """Refuse lists that are not N predictions and N lists of answers."""
    if isinstance(predictions, str):
        raise TypeError(f"predictions is the string {predictions!r:.60}; put it in a list, one a question")
    if len(predictions) != len(answers) or not len(predictions):
        counts = f"there are {len(predictions)} predictions and {len(answers)} lists of answers"
        raise ValueError(f"{counts}; give one of each for every question")
    for place, (said, right) in enumerate(zip(predictions, answers, strict=True)):
        check_answers(said, right, f"[{place}]")
