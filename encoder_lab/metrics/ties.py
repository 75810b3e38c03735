"""Which of several equally good thresholds is taken."""

import numpy as np


def take_best(tried: np.ndarray, scores: np.ndarray, goal: float, rounding: float) -> float:
    """Take the threshold that scores best; of equals the one nearest to a goal, and the lower of two as near.

    Args:
        tried: (M,) thresholds, rising.
        scores: (M,) what each scores.
        goal: in the thresholds' unit.
        rounding: how far apart two scores may lie and still be the same: sums of the same numbers differ by rounding.

    Returns:
        One of `tried`.
    """
    best = tried[scores >= scores.max() - rounding]
    return float(best[np.abs(best - goal).argmin()])
