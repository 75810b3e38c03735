"""Labels of which several may be right: a threshold for each, precision and recall, F1, which come together."""

from dataclasses import dataclass

import numpy as np

from encoder_lab.metrics.ties import take_best


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class LabelScores:
    """How good each label's predictions are. Axis C: labels."""

    precision: np.ndarray  # (C,) of the texts it is predicted for, the share where it is right; NaN if there are none
    recall: np.ndarray  # (C,) of the texts where it is right, the share it is predicted for; NaN if there are none
    f1: np.ndarray  # (C,) their harmonic mean, 0 if one of them is 0 or NaN; NaN if both are NaN
    support: np.ndarray  # (C,) texts where it is right

    def __repr__(self) -> str:
        lines = [f"{'label':>5}{'precision':>11}{'recall':>8}{'f1':>7}{'support':>9}"]
        rows = zip(self.precision, self.recall, self.f1, self.support, strict=True)
        lines += [f"{i:5}{p:11.3f}{r:8.3f}{f:7.3f}{n:9,}" for i, (p, r, f, n) in enumerate(rows)]
        return "\n".join(lines)


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

    Source: Lipton et al. 2014 (arXiv:1402.1892).
    """
    probabilities, labels = np.asarray(probabilities, dtype=float), np.asarray(labels)
    _check_tables("probabilities", probabilities, labels)
    thresholds = np.full(labels.shape[1], 0.5)
    for label in np.flatnonzero(labels.any(axis=0)):
        tried, precision, recall = precision_recall(probabilities[:, label], labels[:, label])
        scores = 2 * precision * recall / np.maximum(precision + recall, 1e-300)  # 0 where both are 0
        thresholds[label] = take_best(tried, scores, goal=0.5, rounding=1e-12)
    return thresholds


def precision_recall(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Measure one label's precision and recall at every threshold that makes a difference.

    Args:
        probabilities: (N,) the label's probability for each text, 0 to 1.
        labels: (N,) bool; True where the label is right, in one text at least.

    Returns:
        (thresholds, precision, recall), each (M,), thresholds rising: the different probabilities there are. The
        label is predicted from the threshold up.

    Raises:
        TypeError: `labels` are not bool.
        ValueError: there is nothing in them, the shapes differ, a probability is not within 0 to 1, or the label is
            never right.

    Source: scikit-learn's `precision_recall_curve`, without its last point, which has no threshold.
    """
    from sklearn.metrics import precision_recall_curve

    probabilities, labels = np.asarray(probabilities, dtype=float), np.asarray(labels)
    if probabilities.ndim != 1 or probabilities.shape != labels.shape:
        shapes = f"probabilities are {probabilities.shape} and labels {labels.shape}"
        raise ValueError(f"{shapes}; give those of one label, (N,) each")
    _check_tables("probabilities", probabilities[:, None], labels[:, None])
    if not labels.any():
        raise ValueError("the label is never right in these texts, so recall means nothing; take another label")
    precision, recall, thresholds = precision_recall_curve(labels, probabilities)
    return thresholds, precision[:-1], recall[:-1]


def label_scores(predictions: np.ndarray, labels: np.ndarray) -> LabelScores:
    """Measure each label's precision, recall and F1.

    Args:
        predictions: (N, C) bool; True where the label is predicted, such as `probabilities >= thresholds`.
        labels: (N, C) bool; True where the label is right.

    Returns:
        Precision, recall, F1 and support of each label.

    Raises:
        TypeError: either is not bool.
        ValueError: there is nothing in them, or the shapes differ.

    Source: scikit-learn's `precision_recall_fscore_support`.
    """
    from sklearn.metrics import precision_recall_fscore_support

    predictions, labels = _check_predictions(predictions, labels)
    each = [
        precision_recall_fscore_support(right, said, average="binary", zero_division=np.nan)[:3]
        for said, right in zip(predictions.T, labels.T, strict=True)
    ]
    return LabelScores(*np.array(each, dtype=float).T, labels.sum(axis=0))


def co_occurrence(predictions: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Measure which labels are predicted where a label is right.

    Args:
        predictions: (N, C) bool; True where the label is predicted.
        labels: (N, C) bool; True where the label is right.

    Returns:
        (C, C) shares, 0 to 1: of the texts where the row's label is right, how many have the column's label
        predicted. The diagonal is each label's recall; a row need not sum to 1, since a text may have several labels
        or none. NaN in the whole row of a label that is never right.

    Raises:
        TypeError: either is not bool.
        ValueError: there is nothing in them, or the shapes differ.
    """
    predictions, labels = _check_predictions(predictions, labels)
    support = labels.sum(axis=0)
    together = labels.T.astype(float) @ predictions  # (C, C) texts
    return together / np.where(support > 0, support, np.nan)[:, None]


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

    predictions, labels = _check_predictions(predictions, labels)
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
    if table.dtype != bool and not ((table >= 0) & (table <= 1)).all():
        raise ValueError("a probability is not within 0 to 1; turn logits into probabilities first")


def _check_predictions(predictions: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return predicted and right labels as arrays; refuse what is not two alike tables of bool."""
    predictions, labels = np.asarray(predictions), np.asarray(labels)
    if predictions.dtype != bool:
        raise TypeError(f"predictions are {predictions.dtype}; they must be bool, True where a label is predicted")
    _check_tables("predictions", predictions, labels)
    return predictions, labels
