"""How an answer is compared with the right one: each function returns quietly or raises `Wrong` with one sentence."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from numbers import Number

import numpy as np
import torch
from torch import Tensor

from encoder_lab.shown import shorten
from encoder_lab.texts import below, say


class Wrong(Exception):
    """The answer is not right; the message says in one sentence what differs first."""


def same_numbers(
    got: object, wanted: Tensor, *, decimals: int | None = None, tell: bool = True, what: str = ""
) -> None:
    """Demand the same shape and the same numbers, up to rounding.

    Args:
        got: a tensor, an array, a list (of lists) or a number; a leading axis of size 1 may be missing or extra.
        wanted: any shape; whole numbers are compared exactly, others as `near` does.
        decimals: as how many of them are asked for.
        tell: whether the wanted value may be shown at the first place that differs.
        what: how a sentence about the answer begins; "Your answer" unless another is given.

    Raises:
        Wrong: type, shape or a value differs.
    """
    what = what or say("checks.your_answer")
    numbers = as_numbers(got, what)
    if _core(numbers.shape) != _core(wanted.shape):
        needed = "checks.shape_needed" if wanted.ndim else "checks.number_needed"
        raise Wrong(say(needed, what=what, got=_form(numbers), needed=_form(wanted)))
    shape, exact = wanted.shape, not wanted.is_floating_point()
    numbers, wanted = numbers.reshape(shape), wanted.detach().cpu().double()
    close = numbers == wanted if exact else near(numbers, wanted, decimals)
    if bool(close.all()):
        return
    where = torch.nonzero(~close)[0].tolist() if len(shape) else []
    mine, theirs = numbers[tuple(where)].item(), wanted[tuple(where)].item()
    place = say("checks.place", where=where) if where else ""
    count = say("checks.count", wrong=int((~close).sum()), all=numbers.numel()) if numbers.numel() > 1 else ""
    verdict = _verdict(mine, theirs, tell, decimals)
    raise Wrong(say("checks.number_differs", what=what, got=short(mine), place=place, verdict=verdict, count=count))


def near(numbers: Tensor, wanted: Tensor, decimals: int | None) -> Tensor:
    """Say of each number whether it is the wanted one, rounded to so many decimals or exact.

    Args:
        numbers: float64.
        wanted: float64, of the same shape.
        decimals: how many are asked for; `None` where a number is to be as exact as float32 arithmetic gives it.
    """
    rtol, atol = (1e-4, 1e-5) if decimals is None else (1e-5, 0.5 * 10**-decimals + 1e-9)
    return torch.isclose(numbers, wanted, rtol=rtol, atol=atol, equal_nan=True)


def as_numbers(got: object, what: str = "") -> Tensor:
    """Turn a tensor, an array, a list (of lists) or a number into a float64 tensor, or raise `Wrong`."""
    what = what or say("checks.your_answer")
    if isinstance(got, str | bytes) or got is None or isinstance(got, Mapping | set | frozenset) or callable(got):
        if not isinstance(got, Tensor | np.ndarray):
            raise Wrong(say("checks.no_numbers", what=what, kind=_kind(got)))
    try:
        if isinstance(got, Tensor):
            return got.detach().cpu().to(torch.float64)
        rows = [row.detach().cpu().numpy() if isinstance(row, Tensor) else row for row in _items(got)]
        return torch.from_numpy(np.array(rows if isinstance(got, list | tuple) else got, dtype=np.float64))
    except Exception as error:  # rows of unlike length, complex numbers, objects of any kind
        raise Wrong(say("checks.unreadable_numbers", what=what, kind=_kind(got))) from error


def same_names(got: object, wanted: Collection[str]) -> None:
    """Demand the same names in any order; a wrong name is shown, a missing one is only counted."""
    if isinstance(got, str) or not isinstance(got, Collection) or not all(isinstance(name, str) for name in got):
        raise Wrong(say("checks.no_names", what=say("checks.your_answer"), kind=_kind(got)))
    extra = sorted(set(got) - set(wanted))
    missing = len(set(wanted) - set(got))
    if extra:
        raise Wrong(say("checks.name_too_many", name=short(extra[0]), extra=len(extra), missing=missing))
    if missing:
        raise Wrong(say("checks.names_missing", count=len(set(got)), missing=missing))


def each_result(cases: Sequence, results: object) -> Iterator[tuple[object, object, str]]:
    """Put beside each case what the student's function made of it, and how a sentence about that begins.

    Raises:
        Wrong: there is no list with one result for each case.
    """
    if not isinstance(results, list | tuple) or len(results) != len(cases):
        raise Wrong(say("checks.list_needed", what=say("checks.your_answer"), kind=_kind(results), count=len(cases)))
    for case, result in zip(cases, results, strict=True):
        shown = ", ".join(short(argument) for argument in (case if isinstance(case, tuple) else (case,)))
        yield case, result, say("checks.result_for", arguments=shown)


def short(value: object) -> str:
    """Write a value in at most 60 characters, numbers to 4 digits."""
    if isinstance(value, Number) and not isinstance(value, bool | complex):
        try:
            value = float(value)
            return f"{value:.0f}" if value.is_integer() and abs(value) < 1e9 else f"{value:.4g}"
        except Exception:
            return say("checks.kinds.int")
    if isinstance(value, Tensor):
        return say("checks.tensor_of", shape=tuple(value.shape))
    if isinstance(value, set | frozenset):  # their order would change from run to run
        return say("checks.set_of", count=len(value))
    try:
        text = repr(value)
    except Exception:
        return _kind(value)
    return shorten(text, 60)


def _kind(value: object) -> str:
    """Name a value's type, with its article."""
    name = type(value).__name__
    vowel = name[0].lower() in "aeiou"
    return below("checks.kinds").get(name) or say("checks.an" if vowel else "checks.a", kind=name)


def _verdict(mine: float, theirs: float, tell: bool, decimals: int | None) -> str:
    """Say what is wrong with a number: as much as may be told."""
    if any(round(mine, fewer) == mine and abs(mine - theirs) <= 0.5 * 10**-fewer for fewer in range(1, decimals or 1)):
        return say("checks.too_few_decimals", decimals=decimals)
    if short(mine) == short(theirs):
        return say("checks.off_by", distance=abs(mine - theirs))
    if tell:
        return say("checks.wanted", wanted=short(theirs))
    if mine != mine:  # NaN
        return ""
    return say("checks.too_large" if mine > theirs else "checks.too_small")


def _form(value: Tensor) -> str:
    """Say how many numbers there are, axis by axis."""
    return say("checks.shape", shape=tuple(value.shape)) if value.ndim else say("checks.one_number")


def _core(shape: torch.Size) -> tuple[int, ...]:
    """Leave out leading axes of size 1."""
    sizes = list(shape)
    while sizes and sizes[0] == 1:
        sizes.pop(0)
    return tuple(sizes)


def _items(got: object) -> list:
    """List what is in a list or tuple; nothing else has items here."""
    return list(got) if isinstance(got, list | tuple) else []
