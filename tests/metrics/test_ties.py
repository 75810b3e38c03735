"""Of equally good thresholds one is taken, always the same."""

import numpy as np
import pytest

from encoder_lab.metrics.ties import take_best


@pytest.mark.parametrize(
    "scores, goal, expected",
    [
        ([0.1, 0.9, 0.3, 0.2], 0.0, -1.0),  # the best, wherever it lies
        ([0.5, 0.5, 0.5, 0.5], 0.9, 1.0),
        ([0.5, 0.5, 0.5, 0.5], 0.0, -1.0),  # -1 and 1 are as near; the lower
        ([0.5, 0.2, 0.2, 0.5], 0.0, -3.0),  # 3 away on the left, 4 on the right
        ([0.5, 0.2, 0.2, 0.5 - 1e-12], 1.0, 4.0),  # the same but for rounding
        ([0.5, 0.2, 0.2, 0.5 - 1e-6], 1.0, -3.0),
    ],
)
def test_take_best(scores, goal, expected):
    assert take_best(np.array([-3.0, -1.0, 1.0, 4.0]), np.array(scores), goal, rounding=1e-9) == expected
