"""How much memory edits of an explorer leave behind."""

import gc
import tracemalloc
from collections.abc import Callable

EDITS = 50


def growth(edit: Callable[[int], None]) -> int:
    """Give the bytes that 50 edits leave, the least of three rounds: a cache fills up once, a leak goes on.

    Args:
        edit: makes one edit; it is given a number that no other edit has had.
    """
    kept = []
    tracemalloc.start()  # before the first edits: the answer that is there is no growth
    for round_number in range(4):
        for turn in range(EDITS):
            edit(round_number * EDITS + turn)
        gc.collect()
        kept.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return min(after - before for before, after in zip(kept, kept[1:], strict=False))
