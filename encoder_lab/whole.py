"""Whole numbers and truths: what every call takes for one, and what it says of anything else."""

import operator


def whole_number(name: str, value: object, least: int | None = None) -> int:
    """Return a whole number of any library as Python's own.

    Args:
        name: what the number is, as the caller's user writes it.
        value: an `int`, `np.int64`, a tensor of one whole number … True and False are none.
        least: the smallest that is allowed; None for any.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is below `least`.
    """
    try:
        if isinstance(value, bool) or str(getattr(value, "dtype", "")).endswith("bool"):
            raise TypeError("a truth")
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number; this is {value!r:.60}") from None
    if least is not None and number < least:
        raise ValueError(f"{name} is {number}; it must be {least} or more")
    return number


def truth(name: str, value: object) -> bool:
    """Return True or False of any library as Python's own; "False" is neither, and would count as True.

    Args:
        name: what it says, as the caller's user writes it.
        value: a `bool` or `np.bool_`.

    Raises:
        TypeError: it is neither True nor False.
    """
    if not isinstance(value, bool) and type(value).__name__ != "bool":
        raise TypeError(f"{name} must be True or False; this is {value!r:.60}")
    return bool(value)
