"""How an answer is compared with the right one: each function returns quietly or raises `Wrong` with one sentence."""

from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from numbers import Number

import numpy as np
import torch
from torch import Tensor


class Wrong(Exception):
    """The answer is not right; the message says in one sentence what differs first."""


class NotAnswered(Exception):
    """There is still a `...` where the answer belongs."""


def demand_answer(answer: object) -> None:
    """Raise `NotAnswered` if the answer is `...`, or a collection with `...` in it."""
    inside = answer.values() if isinstance(answer, Mapping) else answer if isinstance(answer, list | tuple) else ()
    if answer is ... or any(item is ... for item in inside):
        raise NotAnswered


def same_numbers(got: object, wanted: Tensor, *, tell: bool = True, what: str = "your answer") -> None:
    """Demand the same shape and the same numbers, up to rounding.

    Args:
        got: a tensor, an array, a list (of lists) or a number; a leading axis of size 1 may be missing or extra.
        wanted: any shape; whole numbers are compared exactly, others within 1e-4 of their size (and 1e-5).
        tell: whether the wanted value may be shown at the first place that differs.
        what: the answer's name in messages.

    Raises:
        Wrong: type, shape or a value differs.
    """
    numbers = as_numbers(got, what)
    if _core(numbers.shape) != _core(wanted.shape):
        one = "one " if wanted.ndim else ""
        raise Wrong(f"{_capital(what)} is {_form(numbers)}; {one}{_form(wanted)} is needed.")
    shape, exact = wanted.shape, not wanted.is_floating_point()
    numbers, wanted = numbers.reshape(shape), wanted.detach().cpu().double()
    close = numbers == wanted if exact else torch.isclose(numbers, wanted, rtol=1e-4, atol=1e-5)
    if bool(close.all()):
        return
    where = torch.nonzero(~close)[0].tolist() if len(shape) else []
    place = f" at {where}" if where else ""
    mine, theirs = numbers[tuple(where)].item(), wanted[tuple(where)].item()
    sentence = f"{_capital(what)} has {short(mine)}{place}"
    if tell and short(mine) != short(theirs):
        sentence += f" where {short(theirs)} is wanted"
    elif short(mine) == short(theirs):
        sentence += f", which is off by {abs(mine - theirs):.1g}"
    elif mine == mine:  # not NaN
        sentence += f", which is too {'large' if mine > theirs else 'small'}"
    if numbers.numel() > 1:
        sentence += f" ({int((~close).sum())} of {numbers.numel()} numbers differ)"
    raise Wrong(sentence + ".")


def as_numbers(got: object, what: str = "your answer") -> Tensor:
    """Turn a tensor, an array, a list (of lists) or a number into a float64 tensor, or raise `Wrong`."""
    if isinstance(got, str | bytes) or got is None or isinstance(got, Mapping | set | frozenset) or callable(got):
        if not isinstance(got, Tensor | np.ndarray):
            raise Wrong(f"{_capital(what)} is {_a(got)}; a tensor, an array, a list or a number is needed.")
    try:
        if isinstance(got, Tensor):
            return got.detach().cpu().to(torch.float64)
        rows = [row.detach().cpu().numpy() if isinstance(row, Tensor) else row for row in _items(got)]
        return torch.from_numpy(np.array(rows if isinstance(got, list | tuple) else got, dtype=np.float64))
    except Exception as error:  # rows of unlike length, complex numbers, objects of any kind
        raise Wrong(f"{_capital(what)} is {_a(got)} that cannot be read as numbers.") from error


def refuse_slips(numbers: Tensor, slips: Mapping[str, Collection[Tensor]]) -> None:
    """Raise the sentence of a frequent slip if the answer is just what it gives.

    Args:
        numbers: the answer, float64; see `as_numbers`.
        slips: what to say -> the numbers that this slip gives, in one or several ways.
    """
    for sentence, slipped in slips.items():
        for values in slipped:
            if numbers.shape == values.shape and torch.allclose(numbers, values.double().cpu(), rtol=1e-3, atol=1e-5):
                raise Wrong(sentence)


def same_text(got: object, wanted: str, what: str = "your answer") -> None:
    """Demand the same string; the wanted one is shown."""
    if not isinstance(got, str):
        raise Wrong(f"{_capital(what)} is {_a(got)}; a string is needed.")
    if got != wanted:
        raise Wrong(f"{_capital(what)} is {short(got)}; {short(wanted)} is wanted.")


def same_names(got: object, wanted: Collection[str], what: str = "your answer") -> None:
    """Demand the same names in any order; a wrong name is shown, a missing one is only counted."""
    if isinstance(got, str) or not isinstance(got, Collection) or not all(isinstance(name, str) for name in got):
        raise Wrong(f"{_capital(what)} is {_a(got)}; a set of names is needed.")
    extra = sorted(set(got) - set(wanted))
    missing = len(set(wanted) - set(got))
    if extra:
        raise Wrong(f"{short(extra[0])} does not belong there ({len(extra)} too many, {missing} missing).")
    if missing:
        raise Wrong(f"All {len(set(got))} names belong there, and {missing} are missing.")


def call(function: object, *arguments: object) -> object:
    """Call a student's function; whatever goes wrong inside becomes one sentence.

    Raises:
        Wrong: it is no function, or it stopped with an error.
        NotAnswered: it gives back `...`, or still works with one.
    """
    if not callable(function):
        raise Wrong(f"Your answer is {_a(function)}; a function is needed: its name alone, not yet called.")
    shown = ", ".join(short(argument) for argument in arguments)
    try:
        result = function(*arguments)
    except (Exception, SystemExit) as error:
        if "ellipsis" in str(error):
            raise NotAnswered from error
        raise Wrong(f"Called with ({shown}), your function stops with {_error(error)}.") from error
    demand_answer(result)
    if result is None:
        raise Wrong(f"Called with ({shown}), your function gives back nothing; does it end with `return`?")
    return result


def compare_calls(function: object, right: Callable, cases: Collection[tuple], same: Callable) -> None:
    """Call a student's function on each case and compare with `right` through `same(got, wanted, what=…)`."""
    for arguments in cases:
        shown = ", ".join(short(argument) for argument in arguments)
        wanted = right(*arguments)
        same(call(function, *deepcopy(arguments)), wanted, what=f"the result for ({shown})")


def short(value: object) -> str:
    """Write a value in at most 60 characters, numbers to 4 digits."""
    if isinstance(value, Number) and not isinstance(value, bool | complex):
        try:
            value = float(value)
            return f"{value:.0f}" if value.is_integer() and abs(value) < 1e9 else f"{value:.4g}"
        except Exception:
            return "a number"
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, set | frozenset):  # their order would change from run to run
        return f"a set of {len(value)}"
    try:
        text = repr(value)
    except Exception:
        return _a(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _form(value: Tensor) -> str:
    """Say how many numbers there are, axis by axis."""
    return f"of shape {tuple(value.shape)}" if value.ndim else "one number"


def _core(shape: torch.Size) -> tuple[int, ...]:
    """Leave out leading axes of size 1."""
    sizes = list(shape)
    while sizes and sizes[0] == 1:
        sizes.pop(0)
    return tuple(sizes)


def _items(got: object) -> list:
    """List what is in a list or tuple; nothing else has items here."""
    return list(got) if isinstance(got, list | tuple) else []


def _error(error: BaseException) -> str:
    """Name an error and its message on one line."""
    text = " ".join(str(error).split())
    name = type(error).__name__
    return f"{name}: {text[:150]}" if text else name


def _a(value: object) -> str:
    """Name a value's type with its article."""
    names = {"str": "string", "int": "number", "float": "number", "bool": "truth value", "dict": "dictionary"}
    names |= {"builtin_function_or_method": "function", "method": "function", "ndarray": "array"}
    if value is None:
        return "None"
    name = names.get(type(value).__name__, type(value).__name__)
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _capital(text: str) -> str:
    """Begin a sentence."""
    return text[0].upper() + text[1:]
