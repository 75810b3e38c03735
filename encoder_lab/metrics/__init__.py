"""How good answers are: exact match and F1 of spans, "no answer", predicted labels, bootstrap intervals.

scikit-learn is imported where it is used: it takes about a second, which counting matched words need not wait for.
"""

from encoder_lab.metrics.bootstrap import bootstrap_interval
from encoder_lab.metrics.evaluation import SpanEvaluation, evaluate_spans
from encoder_lab.metrics.labels import (
    LabelScores,
    co_occurrence,
    f1_scores,
    label_scores,
    precision_recall,
    tune_thresholds,
)
from encoder_lab.metrics.no_answer import ThresholdSweep, best_threshold, score_at
from encoder_lab.metrics.spans import exact_match, f1, normalize_answer

__all__ = [
    "LabelScores",
    "SpanEvaluation",
    "ThresholdSweep",
    "best_threshold",
    "bootstrap_interval",
    "co_occurrence",
    "evaluate_spans",
    "exact_match",
    "f1",
    "f1_scores",
    "label_scores",
    "normalize_answer",
    "precision_recall",
    "score_at",
    "tune_thresholds",
]
