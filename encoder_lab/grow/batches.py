"""Examples of unlike length put into batches of like length."""

import random

BATCH_TOKENS = 256  # token ids of a batch of a head of one's own, padding included: some 16 short texts


def plan_batches(lengths: list[int], tokens: int, seed: int) -> list[list[int]]:
    """Order one epoch: batches of examples of like length, in random order.

    Args:
        lengths: ids in each example.
        tokens: a batch's size, padding included, is at most this many ids; a longer example stands alone.
        seed: the order depends on it alone.

    Returns:
        One list of example numbers per batch.
    """
    draw = random.Random(seed)
    order = sorted(range(len(lengths)), key=lambda i: (lengths[i], draw.random()))
    batches: list[list[int]] = []
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and (stop + 1 - start) * lengths[order[stop]] <= tokens:
            stop += 1
        batches.append(order[start:stop])
        start = stop
    draw.shuffle(batches)
    return batches
