"""A large matrix as few cells: what a picture and an explorer draw of weights that no screen has room for."""

import numpy as np


def shared_cells(values: np.ndarray, most: int) -> tuple[np.ndarray, int]:
    """Shrink a matrix to at most `most` by `most` cells; with more values, neighbours share a cell.

    A shared cell has the value farthest from 0, so a lone strong one is never lost, as it would be in a mean.

    Args:
        values: (rows, columns).
        most: cells a side, 1 or more.

    Returns:
        The cells, (rows / block, columns / block) rounded up, and the block: how many rows and columns share a cell.
    """
    rows, columns = values.shape
    block = -(-max(rows, columns) // most)
    padded = np.pad(values, ((0, -rows % block), (0, -columns % block)))
    down, across = padded.shape[0] // block, padded.shape[1] // block
    blocks = padded.reshape(down, block, across, block).swapaxes(1, 2).reshape(down, across, block * block)
    farthest = np.abs(blocks).argmax(axis=-1)[..., None]
    return np.take_along_axis(blocks, farthest, axis=-1)[..., 0], block
