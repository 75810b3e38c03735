"""A large matrix as few cells."""

import numpy as np
import pytest

from encoder_lab.cells import shared_cells


def test_a_cell_has_the_value_farthest_from_0():
    values = np.array([[0.1, -0.2, 0.7], [-0.5, 0.4, 0.1], [0.3, 0.3, -0.4]])
    cells, block = shared_cells(values, 2)
    assert (cells.tolist(), block) == ([[-0.5, 0.7], [0.3, -0.4]], 2)
    cells, block = shared_cells(values, 3)
    assert (cells.tolist(), block) == (values.tolist(), 1)


@pytest.mark.parametrize(
    ("shape", "fewer", "block"), [((3, 5), (3, 5), 1), ((24, 25), (12, 13), 2), ((49, 2), (17, 1), 3)]
)
def test_neighbours_share_a_cell_only_where_there_are_too_many(shape, fewer, block):
    cells, shared = shared_cells(np.ones(shape, np.float32), 24)
    assert (cells.shape, cells.dtype, shared) == (fewer, np.float32, block)
    assert (cells == 1).all()
