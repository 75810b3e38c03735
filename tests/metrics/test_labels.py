"""Thresholds of labels, precision, recall and F1: by hand, one by one, and against scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from encoder_lab.metrics import co_occurrence, f1_scores, label_scores, precision_recall, tune_thresholds

NAN = math.nan


def test_tune_thresholds_by_hand():
    probabilities = [[0.9, 0.2, 0.7, 0.1], [0.8, 0.6, 0.6, 0.3], [0.3, 0.4, 0.3, 0.6], [0.1, 0.1, 0.2, 0.8]]
    labels = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [1, 1, 0, 1], [0, 0, 0, 1]], dtype=bool)
    # label 0: 0.8 from 0.3 up; label 1: all right at 0.4; label 2 is never right; label 3 always: all from 0.1 up
    assert tune_thresholds(probabilities, labels).tolist() == [0.3, 0.4, 0.5, 0.1]


def test_of_equally_good_probabilities_the_one_nearest_to_a_half_is_taken():
    labels = np.array([[True], [False], [False], [True]])
    # from the first up: precision 1, recall 1/2; from the last up: precision 1/2, recall 1
    assert tune_thresholds([[0.9], [0.6], [0.3], [0.05]], labels).tolist() == [0.9]
    assert tune_thresholds([[0.95], [0.6], [0.3], [0.1]], labels).tolist() == [0.1]
    assert tune_thresholds([[0.75], [0.6], [0.3], [0.25]], labels).tolist() == [0.25]  # as near as 0.75


@st.composite
def tables(draw):
    """Draw probabilities and labels, (N, C) each."""
    texts, count = draw(st.integers(1, 9)), draw(st.integers(1, 3))
    size = texts * count
    probabilities = draw(st.lists(st.integers(0, 16).map(lambda n: n / 16), min_size=size, max_size=size))
    labels = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return np.reshape(probabilities, (texts, count)), np.reshape(labels, (texts, count))


@given(tables())
def test_tuned_thresholds_are_the_best_of_all(drawn):
    probabilities, labels = drawn
    found = tune_thresholds(probabilities, labels)
    for label in range(labels.shape[1]):
        tried, right = probabilities[:, label], labels[:, label]
        if not right.any():
            assert found[label] == 0.5
            continue
        scores = {each: f1_score(right, tried >= each, zero_division=0) for each in sorted(set(tried.tolist()))}
        best = [each for each, score in scores.items() if score > max(scores.values()) - 1e-9]
        assert found[label] == min(best, key=lambda each: abs(each - 0.5))


def test_f1_scores_by_hand():
    labels = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=bool)
    predictions = np.array([[1, 0, 0], [1, 0, 1], [1, 1, 0]], dtype=bool)
    # label 0: 2 right, 1 too many: 4/5; label 1: 1 right, 1 missed: 2/3; label 2: 1 too many: 0
    micro, macro = f1_scores(predictions, labels)
    assert micro == pytest.approx(2 * 3 / (2 * 3 + 2 + 1), rel=0, abs=1e-12)
    assert macro == pytest.approx((4 / 5 + 2 / 3 + 0) / 3, rel=0, abs=1e-12)
    assert f1_scores(predictions[:, :1], labels[:, :1]) == (0.8, 0.8)  # one label is not two classes
    assert f1_scores(~labels[:, 2:] & False, labels[:, 2:]) == (0.0, 0.0)


@given(tables(), st.integers(0, 16))
def test_f1_scores_are_those_counted_one_by_one(drawn, cut):
    probabilities, labels = drawn
    predictions = probabilities >= cut / 16
    hits, wrong = (predictions & labels).sum(axis=0), (predictions ^ labels).sum(axis=0)

    def score(hit, off):
        return 2 * hit / (2 * hit + off) if hit else 0.0

    micro, macro = f1_scores(predictions, labels)
    assert micro == pytest.approx(score(hits.sum(), wrong.sum()), rel=0, abs=1e-12)
    each = [score(hit, off) for hit, off in zip(hits, wrong, strict=True)]
    assert macro == pytest.approx(sum(each) / len(each), rel=0, abs=1e-12)


# Five texts, five labels: 3 is never right and once predicted, 4 is neither.
LABELS = np.array(
    [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 1, 1, 0, 0]], dtype=bool
)  # fmt: skip
PREDICTIONS = np.array(
    [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [0, 1, 0, 1, 0], [1, 0, 0, 0, 0], [1, 1, 0, 0, 0]], dtype=bool
)  # fmt: skip


def test_label_scores_by_hand():
    found = label_scores(PREDICTIONS, LABELS)
    np.testing.assert_allclose(found.precision, [2 / 4, 3 / 3, NAN, 0, NAN], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.recall, [2 / 3, 3 / 4, 0, NAN, NAN], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.f1, [4 / 7, 6 / 7, 0, 0, NAN], rtol=0, atol=1e-12)
    assert found.support.tolist() == [3, 4, 2, 0, 0]
    assert repr(found).splitlines()[2].split() == ["1", "1.000", "0.750", "0.857", "4"]


def test_co_occurrence_by_hand():
    expected = [[2 / 3, 2 / 3, 0, 1 / 3, 0], [3 / 4, 3 / 4, 0, 1 / 4, 0], [1, 1 / 2, 0, 0, 0], [NAN] * 5, [NAN] * 5]
    np.testing.assert_allclose(co_occurrence(PREDICTIONS, LABELS), expected, rtol=0, atol=1e-12)


@given(tables(), st.integers(0, 16))
def test_label_scores_agree_with_the_other_measures(drawn, cut):
    probabilities, labels = drawn
    predictions = probabilities >= cut / 16
    found, shares = label_scores(predictions, labels), co_occurrence(predictions, labels)
    np.testing.assert_allclose(np.diag(shares), found.recall, rtol=0, atol=1e-12)
    assert np.nan_to_num(found.f1).mean() == pytest.approx(f1_scores(predictions, labels)[1], rel=0, abs=1e-12)
    for label in np.flatnonzero(labels.any(axis=0)):
        thresholds, precision, recall = precision_recall(probabilities[:, label], labels[:, label])
        assert thresholds.tolist() == sorted(set(probabilities[:, label].tolist()))
        assert len(thresholds) == len(precision) == len(recall)
        for each in np.flatnonzero(thresholds == cut / 16):
            assert precision[each] == pytest.approx(found.precision[label], rel=0, abs=1e-12)
            assert recall[each] == pytest.approx(found.recall[label], rel=0, abs=1e-12)


def test_precision_recall_by_hand():
    thresholds, precision, recall = precision_recall([0.9, 0.3, 0.6, 0.3], np.array([True, True, False, False]))
    assert thresholds.tolist() == [0.3, 0.6, 0.9]
    assert precision.tolist() == [0.5, 0.5, 1.0] and recall.tolist() == [1.0, 0.5, 0.5]


TABLE, RIGHT = np.full((2, 3), 0.5), np.ones((2, 3), dtype=bool)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: tune_thresholds(TABLE, RIGHT[:, 1:]), ValueError, r"are \(2, 3\) and labels \(2, 2\); both must be"),
        (lambda: tune_thresholds(TABLE[:0], RIGHT[:0]), ValueError, r"probabilities are \(0, 3\)"),
        (lambda: tune_thresholds(TABLE, TABLE), TypeError, "labels are float64; they must be bool"),
        (lambda: tune_thresholds(TABLE * 3, RIGHT), ValueError, "a probability is not within 0 to 1"),
        (lambda: tune_thresholds(TABLE * math.nan, RIGHT), ValueError, "a probability is not within 0 to 1"),
        (lambda: f1_scores(RIGHT[0], RIGHT[0]), ValueError, r"predictions are \(3,\) and labels \(3,\); both must be"),
        (lambda: f1_scores(TABLE, RIGHT), TypeError, "predictions are float64; they must be bool"),
        (lambda: label_scores(TABLE, RIGHT), TypeError, "predictions are float64; they must be bool"),
        (lambda: label_scores(RIGHT, RIGHT[:1]), ValueError, r"predictions are \(2, 3\) and labels \(1, 3\)"),
        (lambda: co_occurrence(RIGHT, TABLE), TypeError, "labels are float64; they must be bool"),
        (lambda: co_occurrence(RIGHT[:0], RIGHT[:0]), ValueError, r"predictions are \(0, 3\)"),
        (lambda: precision_recall(TABLE, RIGHT), ValueError, r"labels \(2, 3\); give those of one label, \(N,\) each"),
        (lambda: precision_recall([0.5, 0.1], ~RIGHT[0, :2]), ValueError, "the label is never right in these texts"),
        (lambda: precision_recall([0.5, 1.5], RIGHT[0, :2]), ValueError, "a probability is not within 0 to 1"),
        (lambda: precision_recall([0.5, 0.1], [1, 0]), TypeError, "labels are int64; they must be bool"),
        (lambda: precision_recall([0.5, 0.1], RIGHT[0]), ValueError, r"are \(2,\) and labels \(3,\); give"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()
