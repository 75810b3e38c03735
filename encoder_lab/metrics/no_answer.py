"""When to say nothing: the threshold on the null margin above which a question is left without an answer."""

from dataclasses import dataclass

import numpy as np

from encoder_lab.metrics.ties import take_best


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ThresholdSweep:
    """What becomes of the same predictions at each threshold on the null margin. Axis M: thresholds tried."""

    thresholds: np.ndarray  # (M,) no unit, rising; a question whose null margin lies above is not answered
    exact: np.ndarray  # (M,) mean exact match, 0 to 1
    f1: np.ndarray  # (M,) mean F1, 0 to 1
    precision: np.ndarray  # (M,) of the questions answered, the share that have an answer; NaN if none is answered
    recall: np.ndarray  # (M,) of the questions that have an answer, the share answered; NaN if none has one
    best: float  # the threshold of the highest mean F1, as `best_threshold` finds it

    def __repr__(self) -> str:
        at = int(np.flatnonzero(self.thresholds == self.best)[0])
        columns = ("exact", "f1", "precision", "recall")
        figures = ", ".join(f"{name} {getattr(self, name)[at]:.3f}" for name in columns)
        ends = f"{self.thresholds[0]:.2f} to {self.thresholds[-1]:.2f}"
        return f"{len(self.thresholds)} thresholds from {ends}; best {self.best:.2f}: {figures}"


def score_at(margins: np.ndarray, answered: np.ndarray, unanswered: np.ndarray, threshold: float) -> np.ndarray:
    """Score each question, given that none is answered whose null margin is above a threshold.

    Args:
        margins: (N,) the null margin of each question, no unit; infinite where there is no span to answer with.
        answered: (N,) the question's score if its best span is given.
        unanswered: (N,) its score if nothing is answered: 1 if it has no answer, else 0.
        threshold: no unit.

    Returns:
        (N,) scores.

    Raises:
        ValueError: there are no questions, the shapes differ, or a number is NaN.

    Source: Devlin et al. 2019, section 4.3 (arXiv:1810.04805).
    """
    margins, answered, unanswered = _questions(margins, answered, unanswered)
    if np.isnan(threshold):
        raise ValueError("the threshold is NaN; give a number, or infinity to answer everything")
    return np.where(margins > threshold, unanswered, answered)


def best_threshold(margins: np.ndarray, answered: np.ndarray, unanswered: np.ndarray) -> tuple[float, float]:
    """Find the threshold on the null margin at which the questions score best.

    Args:
        margins: as in `score_at`, and so are the other two.
        answered: (N,)
        unanswered: (N,)

    Returns:
        (threshold, mean score there). Thresholds tried: midway between neighbouring margins, 1 below the lowest and
        1 above the highest finite one; of equally good ones the one nearest to 0, and the lower of two as near.

    Raises:
        ValueError: as in `score_at`, or no margin is finite.

    Source: Devlin et al. 2019, section 4.3; Rajpurkar et al. 2018, SQuAD 2.0's evaluation script.
    """
    margins, answered, unanswered = _questions(margins, answered, unanswered)
    tried = _thresholds_between(margins)
    best = take_best(tried, _totals_at(tried, margins, answered, unanswered), goal=0, rounding=1e-9)
    return best, float(score_at(margins, answered, unanswered, best).mean())


def sweep_thresholds(
    margins: np.ndarray, exact: np.ndarray, words: np.ndarray, answerable: np.ndarray, spoken: np.ndarray
) -> ThresholdSweep:
    """Try every threshold that tells some questions from others.

    Args:
        margins: (N,) the null margin of each question, no unit.
        exact: (N,) exact match of its best span.
        words: (N,) F1 of its best span.
        answerable: (N,) bool; True for a question that has an answer.
        spoken: (N,) bool; True for a best span that says anything at all.

    Raises:
        ValueError: the shapes differ, or no margin is finite.
    """
    if margins.shape != exact.shape:
        raise ValueError(f"margins are {margins.shape}; {len(exact)} predictions need ({len(exact)},)")
    silence = (~answerable).astype(float)  # what not answering scores, even where the right answer is but "the"
    best, _ = best_threshold(margins, words, silence)
    tried = _thresholds_between(margins)
    given, hits = (_totals_at(tried, margins, each.astype(float)) for each in (spoken, spoken & answerable))
    has_answer = np.full(len(tried), answerable.sum())
    return ThresholdSweep(
        thresholds=tried,
        exact=_totals_at(tried, margins, exact, silence) / len(exact),
        f1=_totals_at(tried, margins, words, silence) / len(exact),
        precision=_share(hits, given),
        recall=_share(hits, has_answer),
        best=best,
    )


def _thresholds_between(margins: np.ndarray) -> np.ndarray:
    """List every threshold that could tell some questions from others.

    Args:
        margins: (N,) no unit.

    Returns:
        (M,) rising: 1 below the lowest finite margin, midway between neighbours, 1 above the highest.

    Raises:
        ValueError: no margin is finite.
    """
    values = np.unique(margins[np.isfinite(margins)])
    if not len(values):
        raise ValueError("no margin is finite, so no threshold lies between them")
    return np.concatenate([[values[0] - 1], (values[:-1] + values[1:]) / 2, [values[-1] + 1]])


def _totals_at(
    thresholds: np.ndarray, margins: np.ndarray, answered: np.ndarray, unanswered: np.ndarray | float = 0.0
) -> np.ndarray:
    """Sum what `score_at` gives over all questions, at many thresholds in one pass.

    Args:
        thresholds: (M,) no unit.
        margins: as in `score_at`, and so are the other two.
        answered: (N,)
        unanswered: (N,), or one number for all.

    Returns:
        (M,) sums of scores.
    """
    order = np.argsort(margins)
    gains = np.cumsum((answered - unanswered)[order])  # by answering the questions with the lowest margins
    count = np.searchsorted(margins[order], thresholds, side="right")  # (M,) questions answered at each
    silent = np.broadcast_to(unanswered, margins.shape).sum()
    return silent + np.concatenate([[0.0], gains])[count]


def _questions(
    margins: np.ndarray, answered: np.ndarray, unanswered: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make float arrays of margins and scores; refuse what does not fit together."""
    margins, answered, unanswered = (np.asarray(column, dtype=float) for column in (margins, answered, unanswered))
    if margins.ndim != 1 or not margins.shape == answered.shape == unanswered.shape or not len(margins):
        shapes = f"margins are {margins.shape}, answered {answered.shape} and unanswered {unanswered.shape}"
        raise ValueError(f"{shapes}; all three must be (N,), one number a question")
    if np.isnan([margins, answered, unanswered]).any():
        raise ValueError("a margin or a score is NaN; each question needs three numbers")
    return margins, answered, unanswered


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide; NaN where the whole is nothing."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
