"""Rows of token ids -> padded batches, the longest rows first, so that little padding is read."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.progress import progress_bar
from encoder_lab.surroundings import give_memory_back
from encoder_lab.tokens import pad

BATCH = 512  # token ids of a batch, padding included; a longer row stands alone
SHOW_BAR = 7e10  # token ids times the model's weights: about a second on two cores, from which on a bar is shown


def batches(
    checkpoint: Checkpoint,
    rows: Sequence[Tensor],
    unit: str,
    quiet: bool = False,
    segments: Sequence[Tensor] | None = None,
) -> Iterator[tuple[list[int], Tensor, Tensor, Tensor]]:
    """Give rows of like length together, each batch padded to its own longest row.

    A fixed count of ids, and not of rows: short rows alone do not keep a processor busy, long ones take memory.

    Args:
        checkpoint: its tokenizer knows the padding, its model the device.
        rows: N rows of token ids, (T,) each, of any lengths.
        unit: what a row is, for the progress bar: "texts".
        quiet: True where a bar is shown already.
        segments: the segment ids of each row, (T,); None where all are 0, as in single texts.

    Yields:
        (the rows' numbers, their ids (B, T), mask (B, T), segments (B, T)), until every row was given once.
    """
    device = checkpoint.model.device
    work = sum(map(len, rows)) * checkpoint.model.num_parameters()
    waiting = sorted(range(len(rows)), key=lambda number: -len(rows[number]))
    with progress_bar(len(rows), "reading", unit, shown=not quiet and work > SHOW_BAR) as bar:
        while waiting:
            count = max(1, BATCH // len(rows[waiting[0]]))
            numbers, waiting = waiting[:count], waiting[count:]
            ids, mask = pad([rows[number] for number in numbers], checkpoint.tokenizer.pad_token_id)
            kinds = torch.zeros_like(ids) if segments is None else pad([segments[number] for number in numbers])[0]
            yield numbers, ids.to(device), mask.to(device), kinds.to(device)
            bar.update(len(numbers))
    if not quiet:
        give_memory_back()
