"""Answers as JSON, so that a student's process can hand them over without running anything in the grader's.

Both sides use this module, the runner by its path alone; so it imports neither torch nor the package before it must.
"""

import base64
import sys
from collections.abc import Callable

LIMIT = 16 * 2**20  # bytes of one message; the largest answer of the course needs 2 MB


class Other:
    """Stands for a value that cannot be handed over; no check takes it for right."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return f"an object of the type {self.kind}"


def pack(value: object, keep: Callable[[Callable], int] | None = None) -> object:
    """Turn a value into what JSON can carry.

    Args:
        value: numbers, strings, tensors, arrays, collections of them, `...`, and functions if `keep` is given.
        keep: puts a function aside and gives the number it can be called by.

    Returns:
        The value itself if JSON has it, else a dictionary with one key that names its kind.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if value is ...:
        return {"dots": None}
    if isinstance(value, dict):
        return {"dict": [[pack(key, keep), pack(item, keep)] for key, item in value.items()]}
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return {kind.__name__: [pack(item, keep) for item in value]}
    if _is(value, "torch", "Tensor"):
        value = value.detach().cpu()
        if value.is_floating_point() and value.element_size() < 4:
            value = value.float()  # numpy has no bfloat16
        return {"tensor": _pack_array(value.numpy())}
    if _is(value, "numpy", "ndarray") and value.dtype.kind in "biuf":
        return {"array": _pack_array(value)}
    if _is(value, "numpy", "generic") and value.dtype.kind in "biuf":
        return value.item()
    if keep is not None and callable(value):
        return {"function": keep(value)}
    return {"other": type(value).__name__}


def unpack(packed: object, function: Callable[[int], Callable] | None = None) -> object:
    """Turn what `pack` made back into a value.

    Args:
        packed: from JSON that nobody vouches for.
        function: gives a stand-in for the function with a number.

    Raises:
        ValueError, TypeError, KeyError: it is not what `pack` makes.
    """
    if packed is None or isinstance(packed, bool | int | float | str):
        return packed
    [(kind, content)] = packed.items()
    if kind == "dots":
        return ...
    if kind == "dict":
        return {unpack(key, function): unpack(item, function) for key, item in content}
    if kind in ("list", "tuple", "set", "frozenset"):
        make = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind]
        return make(unpack(item, function) for item in content)
    if kind == "tensor":
        import torch

        return torch.from_numpy(_unpack_array(content))
    if kind == "array":
        return _unpack_array(content)
    if kind == "function" and function is not None:
        return function(int(content))
    if kind == "other":
        return Other(str(content))
    raise ValueError(f"unknown kind {kind!r}")


def _is(value: object, module: str, name: str) -> bool:
    """Say whether a value is of a type of a module that has been imported already."""
    return module in sys.modules and isinstance(value, getattr(sys.modules[module], name))


def _pack_array(array) -> list:
    """Write an array as its kind, its shape and its bytes."""
    little = array.astype(array.dtype.newbyteorder("<"))
    return [little.dtype.str, list(array.shape), base64.b64encode(little.tobytes()).decode("ascii")]


def _unpack_array(content: list):
    """Read an array; the bytes must fit the shape."""
    import numpy as np

    kind, shape, data = content
    kind = np.dtype(str(kind))
    if kind.kind not in "biuf":
        raise ValueError("an array must hold numbers")
    return np.frombuffer(base64.b64decode(data), dtype=kind).reshape([int(size) for size in shape]).copy()
