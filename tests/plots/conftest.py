"""A screenless matplotlib, and the promise that pictures leave no trace."""

import matplotlib
import matplotlib.pyplot as plt
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def no_traces():
    """Whatever a picture does, matplotlib's settings stay as they were; figures are closed before and after."""
    plt.close("all")  # those that another file's tests have left in this process
    before = matplotlib.rcParams.copy()
    yield
    plt.close("all")
    assert matplotlib.rcParams == before
