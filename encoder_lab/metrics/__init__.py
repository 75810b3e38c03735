"""How good answers are: exact match and F1 of spans, "no answer", predicted labels, bootstrap intervals.

scikit-learn is imported where it is used: it takes about a second, which counting matched words need not wait for.
"""

from encoder_lab.metrics.bootstrap import bootstrap_interval
from encoder_lab.metrics.evaluation import SpanEvaluation, ThresholdSweep, evaluate_spans
from encoder_lab.metrics.labels import f1_scores, tune_thresholds
from encoder_lab.metrics.no_answer import best_threshold, score_at
from encoder_lab.metrics.spans import exact_match, f1, normalize_answer

__all__ = [
    "SpanEvaluation",
    "ThresholdSweep",
    "best_threshold",
    "bootstrap_interval",
    "evaluate_spans",
    "exact_match",
    "f1",
    "f1_scores",
    "normalize_answer",
    "score_at",
    "tune_thresholds",
]
