"""Who looks at whom in one layer, a few rows at a time: a long text's weights are never all there at once."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

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

    def blocks(self) -> tuple[slice, ...]:
        """Cut the rows into blocks to be worked out at once."""
        size = self.query.shape[2]
        return tuple(slice(at, min(at + self._at_once, size)) for at in range(0, size, self._at_once))

    def maxima(self, side: int, rows: slice, step: int = 1) -> Tensor:
        """Give the strongest weight of each square of `side` by `side` positions.

        Args:
            side: of a square; the last ones may be cut off by the text's end.
            rows: which positions look, from a multiple of `side` on.
            step: only every so many of them are worked out: all that can be said of a long text at once.

        Returns:
            (B, H, R / side, S / side) rounded up; with a `step` larger than `side`, (B, H, R / step, S / side).
        """
        places = torch.arange(rows.start, rows.stop, step, device=self.key.device)
        tall = max(1, side // step)  # rows that share a square
        cut = places.split(max(tall, self._at_once // tall * tall))
        return torch.cat([_strongest(self.weights(each), tall, side) for each in cut], dim=2)

    @property
    def _at_once(self) -> int:
        """Say how many rows are worked out at once."""
        return max(1, AT_ONCE // self.key[..., 0].numel())

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


def _strongest(weights: Tensor, tall: int, wide: int) -> Tensor:
    """Give the largest value of each block of (B, H, R, S), which is at least 0."""
    rows, columns = weights.shape[-2:]
    whole = pad(weights, (0, -columns % wide, 0, -rows % tall)) if columns % wide or rows % tall else weights
    return whole.unflatten(-1, (-1, wide)).amax(dim=-1).unflatten(-2, (-1, tall)).amax(dim=-2)
