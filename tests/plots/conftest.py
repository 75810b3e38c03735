"""A screenless matplotlib, and the promise that pictures leave no trace."""

import matplotlib
import matplotlib.pyplot as plt
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def no_traces():
    """Whatever a picture does, matplotlib's settings stay as they were; and each test closes its figures."""
    before = matplotlib.rcParams.copy()
    yield
    plt.close("all")
    assert matplotlib.rcParams == before
