"""The learning rate over a training."""

import pytest

from encoder_lab.grow.schedule import rate_at


def test_the_rate_climbs_stays_and_falls():
    rates = [rate_at(step, steps=10, warmup=2, decay=0.5) for step in range(10)]
    assert rates == pytest.approx([0.5, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2])
