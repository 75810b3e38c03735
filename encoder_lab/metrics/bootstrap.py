"""How far off a number measured on some examples may be."""

from collections.abc import Callable

import numpy as np

from encoder_lab.whole import whole_number


def bootstrap_interval(
    statistic: Callable[[np.ndarray], float], count: int, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Say how far a number measured on some examples may be off, by measuring it on examples drawn from them anew.

    Args:
        statistic: takes (count,) indices of examples, some twice and some never, and gives the number.
        count: how many examples there are.
        draws: how often to draw.
        seed: what the draws are made from; the same seed gives the same interval.

    Returns:
        (low, high), in the statistic's unit: the 95 % percentile interval.

    Raises:
        TypeError: `count` or `draws` is not a whole number.
        ValueError: one of them is below 1.

    Source: Efron and Tibshirani 1993, chapter 13.
    """
    count, draws = whole_number("count", count, least=1), whole_number("draws", draws, least=1)
    generator = np.random.default_rng(seed)
    values = [statistic(generator.integers(count, size=count)) for _ in range(draws)]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
