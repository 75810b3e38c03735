"""When to say nothing: the threshold on the null margin above which a question is left without an answer."""

import numpy as np

from encoder_lab.metrics.ties import take_best


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
    tried = thresholds_between(margins)
    best = take_best(tried, totals_at(tried, margins, answered, unanswered), goal=0, rounding=1e-9)
    return best, float(score_at(margins, answered, unanswered, best).mean())


def thresholds_between(margins: np.ndarray) -> np.ndarray:
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


def totals_at(
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
