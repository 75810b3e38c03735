"""What lies around a call: autocast, inference mode and gradients change nothing; memory it is done with goes back."""

import ctypes
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import torch

AUTOCAST = ("cpu", "cuda", "mps", "xpu")  # the kinds of device torch has it for


@contextmanager
def undisturbed(gradients: bool | None = False) -> Iterator[None]:
    """Run a block, or as a decorator a function, as if nothing had been switched on around it.

    The model computes in its own precision, and what comes out are ordinary tensors, on which one may train.

    Args:
        gradients: whether gradients are recorded inside; None leaves that to the caller.
    """
    recorded = torch.is_grad_enabled() if gradients is None else gradients
    with ExitStack() as inside:
        for kind in AUTOCAST:
            if torch.is_autocast_enabled(kind):
                inside.enter_context(torch.autocast(kind, enabled=False))
        inside.enter_context(torch.inference_mode(False))
        inside.enter_context(torch.set_grad_enabled(recorded))
        yield


def give_memory_back() -> None:
    """Give the system the memory that was freed in pieces: Linux' C library keeps it, others' need no asking."""
    with suppress(AttributeError, TypeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
