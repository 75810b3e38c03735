"""A checkpoint with heads switched off, as the explorers' switches ask for it."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.interventions import heads_off
from encoder_lab.interventions.stepwise import blocks

Off = Sequence[Sequence[int]]  # [layer, head] of each head of the encoder that is off


def switched(checkpoint: Checkpoint) -> tuple[Callable[[Off], Checkpoint], list[int]]:
    """Prepare a checkpoint's heads for switches.

    Returns:
        A function that switches heads off, which keeps its last copy because typing goes on with the same heads; and
        the encoder's layers, and the heads in each.
    """
    every = blocks(checkpoint.model, "encoder")

    @lru_cache(maxsize=1)
    def changed(off: tuple[tuple[int, ...], ...]) -> Checkpoint:
        return heads_off(checkpoint, off)

    return lambda off: changed(tuple(map(tuple, off))) if off else checkpoint, [len(every), every[0].heads]
