"""What notebook 07 says of the curve; each docstring names the cell that says it."""

import numpy as np

from encoder_lab import load
from encoder_lab.few_shot import full_learning_curve, nearest_centroid, sentence_vectors
from encoder_lab.samples import topics


def test_one_example_is_worth_more_than_the_name_but_not_to_fine_tuning():
    """07-52: centroids and probe are ahead with every draw, fine-tuning from two on."""
    curve = full_learning_curve()
    for method in ("nearest centroid", "linear probe"):
        assert curve.accuracy[method].min() > curve.zero_shot
    tuned = curve.accuracy["fine-tuning"]
    assert abs(tuned[0].mean() - curve.zero_shot) < 0.02 and tuned[1:].min() > curve.zero_shot


def test_a_name_is_worth_one_example_to_the_same_encoder():
    """07-54: 0.86 against a mean of 0.85, and the zero-shot checkpoint is beaten."""
    curve, ck = full_learning_curve(), load("fill-mask", "bundled")
    test = [each for each in topics() if each.part == "test"]
    names = sorted({each.label for each in test})
    found = nearest_centroid(sentence_vectors(ck, names), names, sentence_vectors(ck, [each.text for each in test]))
    right = np.mean(found == np.array([each.label for each in test]))
    assert (round(right, 2), round(curve.accuracy["nearest centroid"][0].mean(), 2)) == (0.86, 0.85)
    assert right - 1.96 * (right * (1 - right) / 200) ** 0.5 > curve.zero_shot


def test_fine_tuning_is_not_ahead_at_any_number_of_examples():
    """07-56: behind in every draw with one example, ahead in two of five at most with more."""
    curve = full_learning_curve()
    tuned, probe = curve.accuracy["fine-tuning"], curve.accuracy["linear probe"]
    assert (tuned[0] < probe[0]).all() and (tuned > probe).sum(axis=1).max() == 2
    spread = [tuned.std(axis=1, ddof=1), probe.std(axis=1, ddof=1), (tuned - probe).std(axis=1, ddof=1)]
    steadier = spread[2] < np.minimum(spread[0], spread[1])
    assert steadier.any() and not steadier.all()
