"""Labels of which several may be right: a threshold for each, F1 over all."""

import numpy as np

from encoder_lab.metrics.ties import take_best


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
        thresholds[label] = take_best(tried, scores, goal=0.5, rounding=1e-12)
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


def _check_tables(name: str, table: np.ndarray, labels: np.ndarray) -> None:
    """Refuse two tables that are not (N, C) alike with something in them, or labels that are not bool."""
    if table.ndim != 2 or table.shape != labels.shape or not table.size:
        raise ValueError(f"{name} are {table.shape} and labels {labels.shape}; both must be (N, C), one row a text")
    if labels.dtype != bool:
        raise TypeError(f"labels are {labels.dtype}; they must be bool, True where a label is right")
