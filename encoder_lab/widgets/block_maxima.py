"""What the attention explorer shows of a text too long for all its weights: block maxima, exact rows, exact squares."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

STEP = 16  # the first picture is made of every so many rows
SQUARES = 256  # of block maxima, a side, at most
REGION = 256  # tokens a side of what is shown exactly, at most
AT_ONCE = 1 << 23  # weights worked out between two messages: a twentieth of a second or so


class ByRows(Protocol):
    """What works out a long text's attention."""

    def maxima(self, layer: int, side: int, rows: slice, step: int) -> np.ndarray:
        """Give each head's strongest weight of each square, (H, rows / side, S / side); see `Looks.maxima`."""

    def weights(self, layer: int, head: int, rows: slice) -> np.ndarray:
        """Give one head's exact weights (R, S) of some rows."""


def side_of_square(size: int) -> int:
    """Say how many tokens a side of a square has, in a text of so many: a power of two."""
    side = 1
    while size > SQUARES * side:
        side *= 2
    return side


def thumbnail_step(size: int) -> int:
    """Say of how many rows one is looked at for the thumbnails of a layer that nobody has chosen."""
    return max(STEP, 4 * side_of_square(size))


@dataclass(slots=True)
class BlockMaxima:
    """The strongest weight of each square, of all heads of one layer: of some rows at first, then of all."""

    by_rows: ByRows
    layer: int
    size: int  # T
    done: int = 0  # rows that the exact ones are of
    side: int = field(init=False)  # of a square
    squares: np.ndarray = field(init=False)  # (H, n, n) what is shown
    _exact: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.side = side_of_square(self.size)
        self.squares = sampled(self.by_rows, self.layer, self.size, STEP)

    @property
    def exact(self) -> bool:
        """Whether all rows are in."""
        return self.done == self.size

    def go_on(self) -> None:
        """Take in some more rows; behind the last of them all squares are exact."""
        if self.exact:
            return
        count = max(1, AT_ONCE // (len(self.squares) * self.size) // self.side) * self.side
        rows = slice(self.done, min(self.done + count, self.size))
        self._exact.append(self.by_rows.maxima(self.layer, self.side, rows, 1))
        self.done = rows.stop
        if self.exact:
            self.squares, self._exact = np.concatenate(self._exact, axis=1), []


def sampled(by_rows: ByRows, layer: int, size: int, step: int) -> np.ndarray:
    """Give the strongest weight of each square (H, n, n), of every `step`-th row alone."""
    side = side_of_square(size)
    found = by_rows.maxima(layer, side, slice(0, size), step)
    return np.repeat(found, max(1, step // side), axis=1)[:, : -(-size // side)]


def region(start: int, size: int) -> slice:
    """Cut what is shown exactly out of an axis, from `start` on but within the text's `size` tokens."""
    begin = max(0, min(start, size - REGION))
    return slice(begin, min(begin + REGION, size))
