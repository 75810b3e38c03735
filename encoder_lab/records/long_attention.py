"""One attention block of a long text, whose weights would fill the memory."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from encoder_lab.records.record import Record

LONG = 1024  # tokens; of a longer text scores and weights are worked out when asked for


class _ByRows(Protocol):
    """What gives some rows of scores and weights."""

    def scores(self, rows: Tensor | slice) -> Tensor:
        """Give (B, H, R, S)."""

    def weights(self, rows: Tensor | slice) -> Tensor:
        """Give (B, H, R, S)."""

    def blocks(self) -> tuple[slice, ...]:
        """Cut all rows into blocks."""


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class LongAttention(Record):
    """One attention block of a text of over 1,024 tokens: `Attention`, with scores and weights on demand.

    `looks.weights(rows)` gives the rows that are asked for, such as `slice(0, 64)`.
    """

    query: Tensor  # (B, H, T, K) what each position asks
    key: Tensor  # (B, H, T, K) what each position answers to
    value: Tensor  # (B, H, T, K) what each position hands over
    looks: _ByRows  # gives scores and weights, some rows at a time
    mixed: Tensor  # (B, T, D)    weighted values, heads side by side
    output: Tensor  # (B, T, D)    after the output projection

    @property
    def scores(self) -> Tensor:
        """Work out all scores, (B, H, T, S) as in `Attention`: of 8,192 tokens and 12 heads 3.2 GB."""
        return torch.cat([self.looks.scores(rows) for rows in self.looks.blocks()], dim=2)

    @property
    def weights(self) -> Tensor:
        """Work out all weights, (B, H, T, S) as in `Attention`: of 8,192 tokens and 12 heads 3.2 GB."""
        return torch.cat([self.looks.weights(rows) for rows in self.looks.blocks()], dim=2)
