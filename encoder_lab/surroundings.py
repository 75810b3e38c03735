"""What is switched on around a call must not change what it gives: autocast, inference mode, gradients on or off."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

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
