"""Exact match, F1, thresholds and bootstrap intervals: by hand, one by one, and against scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from encoder_lab.metrics import (
    best_threshold,
    bootstrap_interval,
    exact_match,
    f1,
    f1_scores,
    normalize_answer,
    score_at,
    tune_thresholds,
)

SCORES = st.sampled_from([0.0, 1 / 3, 0.4, 0.5, 2 / 3, 1.0])


@pytest.mark.parametrize(
    "text, expected",
    [
        ("The  Cat\tsat,\non a mat!", "cat sat on mat"),
        ("A", ""),
        ("the", ""),
        ("?!", ""),
        ("", ""),
        ("another theme", "another theme"),
        ("a-b", "ab"),  # punctuation goes before articles do, so this a is none
        ("the-cat", "thecat"),
        ("U.S.A.", "usa"),
        ("don't", "dont"),
        ("“quoted”", "“quoted”"),  # only ASCII punctuation counts as such
        ("$5.00", "500"),
        ("ÉCOLE", "école"),
    ],
)
def test_normalize_answer(text, expected):
    assert normalize_answer(text) == expected


@pytest.mark.parametrize(
    "prediction, answers, exact, shared",
    [
        ("The cat.", ["cat"], 1, 1),
        ("black cat", ["the cat", "dog"], 0, 2 / 3),  # precision 1/2, recall 1
        ("the big black cat", ["black cat sat here now"], 0, 0.5),  # precision 2/3, recall 2/5
        ("no no", ["no"], 0, 2 / 3),  # a word counts as often as it stands in both
        ("no no", ["no no no"], 0, 0.8),
        ("cat dog", ["dog cat"], 0, 1),  # order does not count for F1
        ("dog", ["cat", "The dog"], 1, 1),
        ("dog", ["cat"], 0, 0),
        ("", [], 1, 1),
        ("the", [], 1, 1),
        ("cat", [], 0, 0),
        ("", ["cat"], 0, 0),
        ("the", ["cat"], 0, 0),
        ("", ["the", "cat"], 0, 0),  # of "the" nothing is left, so "cat" is the only right answer
        ("", ["the", "?"], 1, 1),
        ("cat", ["the"], 0, 0),
    ],
)
def test_exact_match_and_f1(prediction, answers, exact, shared):
    assert exact_match(prediction, answers) == exact
    assert f1(prediction, answers) == pytest.approx(shared, rel=0, abs=1e-12)
    assert isinstance(exact_match(prediction, answers), float) and isinstance(f1(prediction, answers), float)


@given(st.text("ab the.", max_size=12), st.lists(st.text("ab the.", max_size=12), max_size=3))
def test_f1_is_at_least_exact_match_and_at_most_1(prediction, answers):
    assert exact_match(prediction, answers) <= f1(prediction, answers) <= 1
    assert f1(prediction, [*answers, "b " + prediction, prediction + " b"]) >= f1(prediction, [*answers, "z"])


@pytest.mark.parametrize("measure", [exact_match, f1])
def test_answers_that_are_one_string(measure):
    with pytest.raises(TypeError, match="answers is the string 'cat'; put it in a list"):
        measure("cat", "cat")


def test_score_at_by_hand():
    margins, answered, unanswered = [-2.0, 0.5, 1.0, math.inf], [1.0, 0.4, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]
    assert score_at(margins, answered, unanswered, 0.5).tolist() == [1.0, 0.4, 1.0, 1.0]  # at the margin: answered
    assert score_at(margins, answered, unanswered, 0.0).tolist() == [1.0, 0.0, 1.0, 1.0]
    assert score_at(margins, answered, unanswered, 9.0).tolist() == [1.0, 0.4, 0.0, 1.0]


def test_best_threshold_by_hand():
    assert best_threshold([3.0, -2.0, 0.5], [0.0, 1.0, 0.5], [1.0, 0.0, 0.0]) == (1.75, 2.5 / 3)
    assert best_threshold([3.0, -2.0], [0.0, 0.0], [1.0, 1.0]) == (-3.0, 1.0)  # answer nothing
    assert best_threshold([3.0, -2.0], [1.0, 0.5], [0.0, 0.0]) == (4.0, 0.75)  # answer everything
    assert best_threshold([2.0, math.inf], [1.0, 0.0], [0.0, 1.0]) == (3.0, 1.0)  # infinite: never answered


def test_of_equally_good_thresholds_the_one_nearest_to_0_is_taken():
    assert best_threshold([-5.0, -3.0, 1.0, 9.0], [0.5] * 4, [0.5] * 4) == (-1.0, 0.5)
    assert best_threshold([-2.0, 0.0, 2.0], [1.0] * 3, [1.0] * 3) == (-1.0, 1.0)  # -1 and 1 are as near
    # -0.3 + 0.1 + 0.2 is a little above 0 in floats; answering all is no better than answering none all the same
    assert best_threshold([1.0, 2.0, 3.0], [0.0, 0.1, 0.2], [0.3, 0.0, 0.0]) == (0.0, pytest.approx(0.1))


@given(st.lists(st.tuples(st.integers(-40, 40).map(lambda n: n / 8), SCORES, SCORES), min_size=1, max_size=12))
def test_best_threshold_is_the_best_of_all_tried_one_by_one(questions):
    margins, answered, unanswered = zip(*questions, strict=True)
    values = sorted(set(margins))
    tried = [values[0] - 1, *((a + b) / 2 for a, b in zip(values[:-1], values[1:], strict=True)), values[-1] + 1]
    means = [sum(no if m > each else yes for m, yes, no in questions) / len(questions) for each in tried]
    best = min((each for each, mean in zip(tried, means, strict=True) if mean > max(means) - 1e-9), key=abs)
    threshold, value = best_threshold(np.array(margins), np.array(answered), np.array(unanswered))
    assert threshold == best
    assert value == pytest.approx(max(means), rel=0, abs=1e-12)
    assert value == score_at(margins, answered, unanswered, threshold).mean()


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


def test_bootstrap_interval():
    scores = np.array([0.0] * 20 + [1.0] * 80)
    low, high = bootstrap_interval(lambda drawn: scores[drawn].mean(), len(scores))
    # the mean of 100 draws has standard error sqrt(0.8 · 0.2 / 100) = 0.04, so about 0.8 ± 1.96 · 0.04
    assert low == pytest.approx(0.72, abs=0.015) and high == pytest.approx(0.88, abs=0.015)
    assert bootstrap_interval(lambda drawn: scores[drawn].mean(), len(scores)) == (low, high)
    assert bootstrap_interval(lambda drawn: scores[drawn].mean(), len(scores), seed=1) != (low, high)
    assert bootstrap_interval(lambda drawn: 7.0, 3, draws=5) == (7.0, 7.0)


def test_bootstrap_interval_is_the_middle_95_per_cent_of_the_draws():
    drawn = []
    given_out = iter(range(41))
    assert bootstrap_interval(lambda indices: drawn.append(indices) or next(given_out), 5, draws=41) == (1.0, 39.0)
    assert len(drawn) == 41
    assert all(indices.shape == (5,) and indices.min() >= 0 and indices.max() < 5 for indices in drawn)
    assert any(len(set(indices.tolist())) < 5 for indices in drawn) and len({str(indices) for indices in drawn}) > 9


NUMBERS, TABLE, RIGHT = [0.0, 1.0, 2.0], np.full((2, 3), 0.5), np.ones((2, 3), dtype=bool)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: score_at(NUMBERS, NUMBERS[1:], NUMBERS, 0), ValueError, r"answered \(2,\) .* must be \(N,\)"),
        (lambda: score_at([], [], [], 0), ValueError, r"margins are \(0,\)"),
        (lambda: score_at(NUMBERS, [0, math.nan, 1], NUMBERS, 0), ValueError, "a margin or a score is NaN"),
        (lambda: best_threshold(TABLE, TABLE, TABLE), ValueError, r"margins are \(2, 3\)"),
        (lambda: best_threshold([math.inf] * 3, NUMBERS, NUMBERS), ValueError, "no margin is finite"),
        (lambda: tune_thresholds(TABLE, RIGHT[:, 1:]), ValueError, r"are \(2, 3\) and labels \(2, 2\); both must be"),
        (lambda: tune_thresholds(TABLE[:0], RIGHT[:0]), ValueError, r"probabilities are \(0, 3\)"),
        (lambda: tune_thresholds(TABLE, TABLE), TypeError, "labels are float64; they must be bool"),
        (lambda: tune_thresholds(TABLE * 3, RIGHT), ValueError, "a probability is not within 0 to 1"),
        (lambda: tune_thresholds(TABLE * math.nan, RIGHT), ValueError, "a probability is not within 0 to 1"),
        (lambda: f1_scores(RIGHT[0], RIGHT[0]), ValueError, r"predictions are \(3,\) and labels \(3,\); both must be"),
        (lambda: f1_scores(TABLE, RIGHT), TypeError, "predictions are float64; they must be bool"),
        (lambda: bootstrap_interval(len, 0), ValueError, "count is 0; it must be 1 or more"),
        (lambda: bootstrap_interval(len, 3, draws=0), ValueError, "draws is 0; it must be 1 or more"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()
