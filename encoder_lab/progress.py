"""The course's progress bar: plain text that clears itself, so that a saved notebook keeps no dead widget."""

import io
import sys

from tqdm import tqdm

WIDTH = 80  # characters, in a notebook


class _InPlace(tqdm):
    """A bar in an output of its own, above what the cell shows next; the output is empty once the bar is closed."""

    monitor_interval = 0  # no second thread: what it draws would belong to no cell

    def __init__(self, **options) -> None:
        from IPython.display import display

        self._output = display({}, raw=True, display_id=True)
        super().__init__(file=io.StringIO(), ncols=WIDTH, **options)  # what goes to the file is seen by nobody

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Draw the bar, or `msg` in its place."""
        text = str(self) if msg is None else msg
        self._output.update({"text/plain": text} if text else {}, raw=True)


def progress_bar(total: int, what: str, unit: str, shown: bool = True) -> tqdm:
    """Make a bar to be used in a `with` statement; `update(n)` moves it on.

    In a notebook it has an output of its own; elsewhere it is drawn on standard error.

    Args:
        total: how many units there are.
        what: what is being done, in a word or two.
        unit: what is counted.
        shown: whether it is worth showing.
    """
    kind = _InPlace if shown and _in_notebook() else tqdm
    return kind(total=total, desc=what, unit=f" {unit}", leave=False, disable=not shown)


def _in_notebook() -> bool:
    """Say whether this runs in a Jupyter kernel."""
    if "IPython" not in sys.modules:  # a kernel has it; importing it takes a while
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
