"""Answers as JSON, so that a submission's process can hand them over without running anything in the grader's.

Both sides use this module, the runner by its path alone; so it imports neither torch nor the package before it must.
"""

import base64
import sys

LIMIT = 4 * 2**20  # bytes of one answer; the largest of the course needs 2 MB
_CROWD = 10_000  # items of a dictionary or set: more of them could be chosen so that looking them up takes hours


class Other:
    """Stands for a value that cannot be handed over; no check takes it for right."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return f"an object of the type {self.kind}"


def pack(value: object) -> object:
    """Turn a value into what JSON can carry.

    Args:
        value: numbers, strings, tensors, arrays, collections of them, and `...`.

    Returns:
        The value itself if JSON has it, else a dictionary with one key that names its kind.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if value is ...:
        return {"dots": None}
    if isinstance(value, dict):
        return {"dict": [[pack(key), pack(item)] for key, item in value.items()]}
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return {kind.__name__: [pack(item) for item in value]}
    if _is(value, "torch", "Tensor"):
        value = value.detach().cpu()
        if value.is_floating_point() and value.element_size() < 4:
            value = value.float()  # numpy has no bfloat16
        return {"tensor": _pack_array(value.numpy())}
    if _is(value, "numpy", "ndarray") and value.dtype.kind in "biuf":
        return {"array": _pack_array(value)}
    if _is(value, "numpy", "generic") and value.dtype.kind in "biuf":
        return value.item()
    return {"other": type(value).__name__}


def unpack(packed: object) -> object:
    """Turn what `pack` made back into a value.

    Args:
        packed: from JSON that nobody vouches for.

    Raises:
        ValueError, TypeError, KeyError, AttributeError, RecursionError: it is not what `pack` makes.
    """
    if packed is None or isinstance(packed, bool | int | float | str):
        return packed
    [(kind, content)] = packed.items()
    if kind in ("dict", "set", "frozenset") and len(content) > _CROWD:
        raise ValueError(f"a {kind} of more than {_CROWD} items")
    if kind == "dots":
        return ...
    if kind == "dict":
        return {unpack(key): unpack(item) for key, item in content}
    if kind in ("list", "tuple", "set", "frozenset"):
        make = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind]
        return make(unpack(item) for item in content)
    if kind == "tensor":
        import torch

        return torch.from_numpy(_unpack_array(content))
    if kind == "array":
        return _unpack_array(content)
    if kind == "other":
        return Other(str(content)[:100])
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
    if kind.kind not in "biuf" or len(shape) > 8:
        raise ValueError("an array must hold numbers on few axes")
    return np.frombuffer(base64.b64decode(data), dtype=kind).reshape([int(size) for size in shape]).copy()
