"""How the positions of one encoder layer are compared, whatever its family chose, for all that look or some of them."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from encoder_lab.layers.attention import dot_product
from encoder_lab.layers.disentangled import disentangled_scores, distance_rows
from encoder_lab.layers.masks import EVERY, mask_bias, pair_bias, window_bias
from encoder_lab.layers.relative import relative_bias
from encoder_lab.layers.rotary import rotate


@dataclass(frozen=True, eq=False, slots=True)
class Distances:
    """What DeBERTa compares besides the content, of one layer."""

    query: Tensor | None  # (1, H, R, K) queries of the distances
    key: Tensor | None  # (1, H, R, K) keys of the distances
    span: int  # for the rest see `distance_rows`
    buckets: int
    longest: int


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """One encoder layer's score and bias, as plain numbers and small tensors."""

    mask: Tensor  # (B, S) 1 for a real token, 0 for padding
    padding_looks: bool = True
    reach: int | None = None  # how far a local layer looks to either side; None: everywhere
    theta: float | None = None  # the base of the rotary angles; None: queries and keys are not turned
    relative: Tensor | None = None  # (buckets, H) what is added by distance
    distances: Distances | None = None

    def turned(self, x: Tensor) -> Tensor:
        """Make queries or keys (B, H, T, K) ready to be compared: turned by their places, or as they are."""
        return x if self.theta is None else rotate(x, self.theta)

    def score(self, q: Tensor, k: Tensor, rows: Tensor | slice = EVERY) -> Tensor:
        """Compare (B, H, R, K) queries of `rows` with (B, H, S, K) keys, all `turned`: (B, H, R, S)."""
        if self.distances is None:
            return dot_product(q, k)
        each = self.distances
        which = distance_rows(k.shape[-2], each.span, each.buckets, each.longest, _on_cpu(rows)).to(k.device)
        return disentangled_scores(q, k, which, each.query, each.key)

    def bias(self, dtype: torch.dtype, rows: Tensor | slice = EVERY) -> Tensor:
        """Say what is added to the scores of `rows`: who may look at whom, and what distances add.

        Returns:
            Broadcasts to (B, H, R, S); see `attend`.
        """
        if not self.padding_looks:
            return pair_bias(self.mask, dtype, rows)
        bias, size = mask_bias(self.mask, dtype), self.mask.shape[1]  # (B, 1, 1, S)
        if self.reach is not None:
            return bias.minimum(window_bias(size, self.reach, dtype, self.mask.device, rows))
        return bias if self.relative is None else bias + relative_bias(size, self.relative, rows)

    def part(self, text: int, size: int, heads: slice) -> "Comparison":
        """Compare in one text alone, its first `size` tokens, and in some heads."""
        distances = self.distances and replace(
            self.distances,
            query=None if self.distances.query is None else self.distances.query[:, heads],
            key=None if self.distances.key is None else self.distances.key[:, heads],
        )
        relative = None if self.relative is None else self.relative[:, heads]
        return replace(self, mask=self.mask[text : text + 1, :size], relative=relative, distances=distances)


def _on_cpu(rows: Tensor | slice) -> Tensor | slice:
    return rows if isinstance(rows, slice) else rows.cpu()
