"""The learning rate over a training: up over a few steps, constant, down to 0 at the end."""


def rate_at(step: int, steps: int, warmup: float, decay: float) -> float:
    """Give the learning rate's factor at `step`: up over `warmup` steps, 1, down to 0 over the last `decay` part.

    Args:
        step: 0 to steps - 1.
        steps: how many there are.
        warmup: how many steps the rate climbs.
        decay: 0 to 1, the share of steps over which it falls.

    Source: Hägele et al. 2024, section 3 (arXiv:2405.18392).
    """
    return min(1.0, (step + 1) / max(1, warmup), (steps - step) / max(1, round(decay * steps)))
