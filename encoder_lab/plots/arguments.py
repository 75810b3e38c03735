"""What a picture is given, checked before anything is drawn: labels, shapes, ranges, each fault one sentence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

ROUNDING = 1e-4  # a float16 softmax or cosine may pass 1 by this much; it is drawn as 1


def checked_labels(name: str, labels: Sequence[str], most: int | None = None) -> list[str]:
    """Return `labels` as a list, or say in one sentence why they cannot label anything.

    Args:
        name: what the caller calls the labels, in the plural ("tokens").
        labels: one string for each thing drawn.
        most: how many the picture can hold; None for any number.

    Raises:
        ValueError: one single string, an empty list, more than `most`, or an item that is not a string.
    """
    if isinstance(labels, str):
        raise ValueError(f"{name} are the one string {labels!r:.40}; give a list of strings, one a position")
    labels = list(labels)
    if not labels:
        raise ValueError(f"{name} are empty; a picture needs at least one")
    if most is not None and len(labels) > most:
        raise ValueError(f"{name} are {len(labels)}; at most {most} can be read in one picture, so draw some of them")
    for place, label in enumerate(labels):
        if not isinstance(label, str):
            raise ValueError(f"{name}[{place}] is {label!r:.40}, a {type(label).__name__}; give strings")
    return labels


def checked_array(
    name: str,
    values: ArrayLike,
    shape: tuple[int | None, ...],
    why: str,
    low: float = -np.inf,
    high: float = np.inf,
    *,
    missing: bool = False,
) -> np.ndarray:
    """Return `values` as a float array of the given shape within low to high, or say what is wrong with them.

    Args:
        name: what the caller calls the values, in the plural ("weights").
        values: anything `np.asarray` reads.
        shape: the shape needed; None lets an axis have any length from 1.
        why: where the shape comes from ("5 tokens").
        low: the least value allowed; a value at most 0.0001 outside the range (rounding) is moved onto its edge.
        high: the greatest value allowed.
        missing: whether NaN may stand for a value that there is none of.

    Raises:
        ValueError: not numbers, another shape, NaN (unless `missing`) or infinite, or out of range.
    """
    try:
        array = np.asarray(values).astype(float, casting="same_kind" if np.iscomplexobj(values) else "unsafe")
    except (TypeError, ValueError):
        raise ValueError(f"{name} are not an array of real numbers; {why} need {_shape_text(shape)}") from None
    same_axes = array.ndim == len(shape) and array.size > 0
    if not same_axes or any(need not in (None, got) for got, need in zip(array.shape, shape, strict=True)):
        raise ValueError(f"{name} are {array.shape}; {why} need {_shape_text(shape)}")
    wrong = ~np.isfinite(array) | (array < low - ROUNDING) | (array > high + ROUNDING)
    if missing:
        wrong &= ~np.isnan(array)
    if wrong.any():
        place = tuple(int(index[0]) for index in np.nonzero(wrong))
        value = array[place]
        need = "every value must be finite" if not np.isfinite(value) else f"they must lie between {low:g} and {high:g}"
        raise ValueError(f"{name}[{', '.join(map(str, place))}] is {value:g}; {need}")
    return array.clip(low, high)


def checked_pair(name: str, pair: Sequence[int], form: str) -> tuple[int, int]:
    """Return two whole numbers that run upwards or are equal, or say what was got and what `form` is needed.

    Raises:
        ValueError: not two whole numbers, or the second lies before the first.
    """
    try:
        first, second = (int(number) for number in pair)
        whole = first == pair[0] and second == pair[1]
    except (TypeError, ValueError, IndexError):
        whole = False
    if not whole:
        raise ValueError(f"{name} is {pair!r:.40}; give {form}")
    if second < first:
        raise ValueError(f"{name} is ({first}, {second}), which ends before it starts; give {form}")
    return first, second


def _shape_text(shape: tuple[int | None, ...]) -> str:
    """Write a shape as Python does, with "any" for an axis of free length."""
    sizes = ["any" if size is None else str(size) for size in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
