"""Ctrl-C and the notebook's stop button, noted instead of breaking in: work ends where nothing is half done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def noted_interrupts() -> Iterator[list[int]]:
    """Collect interrupts while the `with` block runs; afterwards they break in as before.

    Python hears interrupts in its main thread only, so in any other there is nothing to hold back.

    Yields:
        A list, empty until an interrupt was asked for.
    """
    asked: list[int] = []
    try:
        before = signal.signal(signal.SIGINT, lambda number, frame: asked.append(number))
    except ValueError:  # not the main thread
        yield asked
        return
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
