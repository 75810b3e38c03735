"""Thresholds on the null margin: by hand, and the best of all tried one by one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoder_lab.metrics import best_threshold, score_at
from encoder_lab.metrics.no_answer import _thresholds_between, _totals_at

SCORES = st.sampled_from([0.0, 1 / 3, 0.4, 0.5, 2 / 3, 1.0])


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


@given(st.lists(st.tuples(st.integers(-4, 4), SCORES, SCORES), min_size=1, max_size=12))
def test_totals_are_the_sums_of_the_scores_at_each_threshold(questions):
    margins, answered, unanswered = (np.array(column, dtype=float) for column in zip(*questions, strict=True))
    tried = np.arange(-5, 6) / 1.0  # margins among them: at its own margin a question is answered
    sums = [score_at(margins, answered, unanswered, each).sum() for each in tried]
    assert _totals_at(tried, margins, answered, unanswered).tolist() == pytest.approx(sums, abs=1e-12)
    only = [score_at(margins, answered, 0 * unanswered, each).sum() for each in tried]
    assert _totals_at(tried, margins, answered).tolist() == pytest.approx(only, abs=1e-12)


def test_thresholds_lie_between_the_finite_margins():
    assert _thresholds_between(np.array([2.0, -1.0, math.inf, 2.0, -math.inf])).tolist() == [-2, 0.5, 3]


NUMBERS, TABLE = [0.0, 1.0, 2.0], np.full((2, 3), 0.5)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: score_at(NUMBERS, NUMBERS[1:], NUMBERS, 0), r"answered \(2,\) .* must be \(N,\)"),
        (lambda: score_at([], [], [], 0), r"margins are \(0,\)"),
        (lambda: score_at(NUMBERS, [0, math.nan, 1], NUMBERS, 0), "a margin or a score is NaN"),
        (lambda: best_threshold(TABLE, TABLE, TABLE), r"margins are \(2, 3\)"),
        (lambda: best_threshold([math.inf] * 3, NUMBERS, NUMBERS), "no margin is finite"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_threshold_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="the threshold is NaN; give a number, or infinity to answer everything"):
        score_at([-1, 2], [1, 1], [0, 0], math.nan)
    assert score_at([-1, 2], [1, 1], [0, 0], math.inf).tolist() == [1, 1]
