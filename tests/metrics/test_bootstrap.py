"""Bootstrap intervals: the middle of what the draws give."""

import numpy as np
import pytest

from encoder_lab.metrics import bootstrap_interval


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


@pytest.mark.parametrize(
    "count, draws, message", [(0, 9, "count is 0; it must be 1 or more"), (3, 0, "draws is 0; it must be 1 or more")]
)
def test_what_does_not_fit_is_refused_in_a_sentence(count, draws, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_interval(len, count, draws)
