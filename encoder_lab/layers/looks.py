"""Who looks at whom in one layer, a few rows at a time: a long text's weights are never all there at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from encoder_lab.layers.attention import merge_heads, split_heads
from encoder_lab.layers.comparison import Comparison
from encoder_lab.layers.masks import EVERY
from encoder_lab.layers.parts import Parts
from encoder_lab.records import LongAttention
from encoder_lab.shown import Shown

AT_ONCE = 1 << 22  # scores worked out at once: 16 MB, which the processor's cache still helps with


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Looks(Shown):
    """One layer's attention, row by row: a row is what one position makes of all others."""

    query: Tensor  # (B, H, T, K) ready to be compared
    key: Tensor  # (B, H, S, K) ready to be compared
    comparison: Comparison

    def _text(self) -> str:
        shape = (*self.query.shape[:3], self.key.shape[2])
        return f"rows of {shape}, worked out when asked for"

    def scores(self, rows: Tensor | slice = EVERY) -> Tensor:
        """Give (B, H, R, S) before softmax, neither mask nor distances' bias added: those of R positions that look."""
        return self.comparison.score(self.query[:, :, rows], self.key, rows)

    def weights(self, rows: Tensor | slice = EVERY) -> Tensor:
        """Give (B, H, R, S) after softmax: those of R positions that look, equal to `attend`'s."""
        return (self.scores(rows) + self.comparison.bias(self.key.dtype, rows)).softmax(dim=-1)

    def blocks(self, step: int = 1) -> Iterator[slice]:
        """Cut the rows into blocks to be worked out at once, each of a multiple of `step` rows."""
        texts, heads, size, _ = self.key.shape
        block = max(1, AT_ONCE // (texts * heads * size) // step) * step
        return (slice(at, min(at + block, self.query.shape[2])) for at in range(0, self.query.shape[2], block))

    def part(self, text: int, size: int, heads: slice = EVERY) -> "Looks":
        """Look into one text alone, its first `size` tokens, and into some heads."""
        query, key = (each[text : text + 1, heads, :size] for each in (self.query, self.key))
        return Looks(query, key, self.comparison.part(text, size, heads))


def attend_by_rows(x: Tensor, parts: Parts, comparison: Comparison) -> LongAttention:
    """Do as `attend` does within one text (B, T, D), with no more than some rows of scores there at once.

    Source: Rabe and Staats 2021, "self-attention does not need O(n²) memory" (arXiv:2112.05682), queries alone.
    """
    q, k, v = (split_heads(dense(x), parts.heads) for dense in (parts.query, parts.key, parts.value))
    looks = Looks(comparison.turned(q), comparison.turned(k), comparison)
    mixed = merge_heads(torch.cat([looks.weights(rows) @ v for rows in looks.blocks()], dim=2))  # (B, T, D)
    return LongAttention(q, k, v, looks, mixed, parts.output(mixed))
