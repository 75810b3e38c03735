"""The course's progress bar: plain text that clears itself, so that a saved notebook keeps no dead widget."""

from tqdm import tqdm


def progress_bar(total: int, what: str, unit: str, shown: bool = True) -> tqdm:
    """Make a bar to be used in a `with` statement; `update(n)` moves it on.

    Args:
        total: how many units there are.
        what: what is being done, in a word or two.
        unit: what is counted.
        shown: whether it is worth showing.
    """
    return tqdm(total=total, desc=what, unit=f" {unit}", leave=False, disable=not shown)
