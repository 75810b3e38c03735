"""A checkpoint with heads switched off, as the explorers' switches ask for it."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.families import side_of
from encoder_lab.interventions import heads_off
from encoder_lab.interventions.stepwise import blocks

Off = Sequence[Sequence[int]]  # [layer, head] of each head of the encoder that is off


def switched(checkpoint: Checkpoint) -> tuple[Callable[[Off], Checkpoint], dict]:
    """Prepare a checkpoint's heads for switches.

    Returns:
        A function that switches heads off, which keeps its last copy because typing goes on with the same heads; and
        what `HeadSwitches` is told of them.
    """
    every, layers = blocks(checkpoint.model, "encoder"), side_of(checkpoint.model.config, "encoder").layers

    @lru_cache(maxsize=1)
    def changed(off: tuple[tuple[int, ...], ...]) -> Checkpoint:
        return heads_off(checkpoint, off)

    return lambda off: changed(tuple(map(tuple, off))) if off else checkpoint, {
        "heads": [len(every), every[0].heads],
        "shared_layers": len(set(layers)) < len(layers),
    }
