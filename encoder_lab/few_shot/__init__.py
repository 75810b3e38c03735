"""Few-shot classification: a handful of labelled examples as centroids, as a linear probe, as fine-tuning.

python -m encoder_lab.few_shot    measures the full learning curve that notebook 07 draws
"""

from encoder_lab.few_shot.curve import METHODS, LearningCurve, full_learning_curve, learning_curve
from encoder_lab.few_shot.fine_tuning import fine_tune
from encoder_lab.few_shot.methods import centroids, draw_examples, linear_probe, nearest_centroid
from encoder_lab.few_shot.vectors import pool, sentence_vectors

__all__ = [
    "METHODS",
    "LearningCurve",
    "centroids",
    "draw_examples",
    "fine_tune",
    "full_learning_curve",
    "learning_curve",
    "linear_probe",
    "nearest_centroid",
    "pool",
    "sentence_vectors",
]
