"""How good answers are: exact match and F1 of spans, thresholds, bootstrap intervals.

scikit-learn is imported where it is used: it takes about a second, which counting matched words need not wait for.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize_answer(text: str) -> str:
    """Take from an answer what does not count: upper case, ASCII punctuation, a, an, the, and extra white space.

    Source: Rajpurkar et al. 2016, section 6.1 (arXiv:1606.05250); the same order as SQuAD's evaluation script.
    """
    without_articles = re.sub(r"\b(a|an|the)\b", " ", text.lower().translate(NO_PUNCTUATION))
    return " ".join(without_articles.split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """Say whether a predicted answer is one of the right ones, once both are normalised.

    Args:
        prediction: the predicted answer; "" for no answer.
        answers: the right answers; none for a question without an answer, to which only an empty prediction is right.
            Answers of which nothing is left do not count.

    Returns:
        1.0 or 0.0.

    Raises:
        TypeError: `answers` is one string.

    Source: Rajpurkar et al. 2018 (arXiv:1806.03822), SQuAD 2.0's evaluation script.
    """
    return float(normalize_answer(prediction) in _right_answers(answers))


def f1(prediction: str, answers: Sequence[str]) -> float:
    """Measure how many words a predicted answer shares with the right one it is nearest to.

    Args:
        prediction: the predicted answer; "" for no answer.
        answers: as in `exact_match`.

    Returns:
        0 to 1: the harmonic mean of precision and recall over the words of the normalised answers. Where either
        side has no words, 1 if neither has, else 0.

    Raises:
        TypeError: `answers` is one string.

    Source: Rajpurkar et al. 2016, section 6.1; Rajpurkar et al. 2018, SQuAD 2.0's evaluation script.
    """
    said = normalize_answer(prediction).split()
    return max(_word_f1(said, right.split()) for right in _right_answers(answers))


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
    values = np.unique(margins[np.isfinite(margins)])
    if not len(values):
        raise ValueError("no margin is finite, so no threshold lies between them")
    tried = np.concatenate([[values[0] - 1], (values[:-1] + values[1:]) / 2, [values[-1] + 1]])
    order = np.argsort(margins)
    gains = np.cumsum((answered - unanswered)[order])  # by answering the questions with the lowest margins
    totals = np.concatenate([[0.0], gains])[np.searchsorted(margins[order], tried, side="right")]
    best = _nearest(tried[totals >= totals.max() - 1e-9], 0)  # sums of the same scores differ by rounding
    return best, float(score_at(margins, answered, unanswered, best).mean())


def tune_thresholds(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Find for each label the threshold at which predicting it from there up has the highest F1.

    Args:
        probabilities: (N, C) each label's probability for each text, 0 to 1.
        labels: (N, C) bool; True where the label is right.

    Returns:
        (C,) thresholds, each one of the label's own probabilities; of equally good ones the one nearest to 0.5, and
        the lower of two as near. 0.5 for a label that is never right.

    Raises:
        TypeError: `labels` are not bool.
        ValueError: there is nothing in them, the shapes differ, or a probability is not within 0 to 1.

    Source: Lipton et al. 2014 (arXiv:1402.1892); scikit-learn's `precision_recall_curve`.
    """
    from sklearn.metrics import precision_recall_curve

    probabilities, labels = np.asarray(probabilities, dtype=float), np.asarray(labels)
    _check_tables("probabilities", probabilities, labels)
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise ValueError("a probability is not within 0 to 1; turn logits into probabilities first")
    thresholds = np.full(labels.shape[1], 0.5)
    for label in np.flatnonzero(labels.any(axis=0)):
        precision, recall, tried = precision_recall_curve(labels[:, label], probabilities[:, label])
        precision, recall = precision[:-1], recall[:-1]  # the last point is the curve's end and has no threshold
        scores = 2 * precision * recall / np.maximum(precision + recall, 1e-300)  # 0 where both are 0
        thresholds[label] = _nearest(tried[scores >= scores.max() - 1e-12], 0.5)
    return thresholds


def f1_scores(predictions: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Measure predicted labels: F1 over all decisions together, and the mean of every label's own F1.

    Args:
        predictions: (N, C) bool; True where the label is predicted.
        labels: (N, C) bool; True where the label is right.

    Returns:
        (micro, macro) F1, both 0 to 1; a label neither predicted nor right counts as 0.

    Raises:
        TypeError: either is not bool.
        ValueError: there is nothing in them, or the shapes differ.

    Source: scikit-learn's `f1_score`.
    """
    from sklearn.metrics import f1_score

    predictions, labels = np.asarray(predictions), np.asarray(labels)
    _check_tables("predictions", predictions, labels)
    if predictions.dtype != bool:
        raise TypeError(f"predictions are {predictions.dtype}; they must be bool, True where a label is predicted")
    if labels.shape[1] == 1:  # scikit-learn takes one column for two classes and would score the absent one too
        only = float(f1_score(labels[:, 0], predictions[:, 0], zero_division=0))
        return only, only
    micro, macro = (f1_score(labels, predictions, average=each, zero_division=0) for each in ("micro", "macro"))
    return float(micro), float(macro)


def bootstrap_interval(
    statistic: Callable[[np.ndarray], float], count: int, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Say how far a number measured on some examples may be off, by measuring it on examples drawn from them anew.

    Args:
        statistic: takes (count,) indices of examples, some twice and some never, and gives the number.
        count: how many examples there are.
        draws: how often to draw.
        seed: what the draws are made from; the same seed gives the same interval.

    Returns:
        (low, high), in the statistic's unit: the 95 % percentile interval.

    Raises:
        ValueError: `count` or `draws` is below 1.

    Source: Efron and Tibshirani 1993, chapter 13.
    """
    for name, number in (("count", count), ("draws", draws)):
        if number < 1:
            raise ValueError(f"{name} is {number}; it must be 1 or more")
    generator = np.random.default_rng(seed)
    values = [statistic(generator.integers(count, size=count)) for _ in range(draws)]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _right_answers(answers: Sequence[str]) -> list[str]:
    """Normalise the right answers and leave out the empty ones; [""] if none is left."""
    if isinstance(answers, str):
        raise TypeError(f"answers is the string {answers!r}; put it in a list: [{answers!r}]")
    return [right for right in map(normalize_answer, answers) if right] or [""]


def _word_f1(said: list[str], right: list[str]) -> float:
    """Work out F1 over the words of two answers, each word as often as it stands in both."""
    if not said or not right:
        return float(said == right)
    shared = sum((Counter(said) & Counter(right)).values())
    return 2 * shared / (len(said) + len(right))  # 2·P·R / (P + R) with P = shared / said and R = shared / right


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


def _check_tables(name: str, table: np.ndarray, labels: np.ndarray) -> None:
    """Refuse two tables that are not (N, C) alike with something in them, or labels that are not bool."""
    if table.ndim != 2 or table.shape != labels.shape or not table.size:
        raise ValueError(f"{name} are {table.shape} and labels {labels.shape}; both must be (N, C), one row a text")
    if labels.dtype != bool:
        raise TypeError(f"labels are {labels.dtype}; they must be bool, True where a label is right")


def _nearest(values: np.ndarray, goal: float) -> float:
    """Take the value nearest to the goal, and the lower of two as near; the values run upwards."""
    return float(values[np.abs(values - goal).argmin()])
