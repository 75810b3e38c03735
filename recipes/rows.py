"""Many rows of numbers in one flat array, cut into padded batches on the device they lie on."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor


class Rows:
    """N rows of unlike length: token ids, or one number for each token, whole or not.

    Args:
        flat: (sum of the lengths,) all rows, one behind the other.
        lengths: (N,) how long each is.
    """

    def __init__(self, flat: Tensor, lengths: Tensor) -> None:
        self.flat, self.lengths = flat, lengths
        self.starts = lengths.cumsum(0) - lengths
        self.sizes = lengths.tolist()  # on this side of the device: a batch's width is asked without waiting for it

    @classmethod
    def of(cls, rows: list[list[int]]) -> "Rows":
        """Lay lists one behind the other."""
        flat = np.fromiter((x for row in rows for x in row), dtype=np.int32)
        return cls(torch.from_numpy(flat), torch.tensor([len(row) for row in rows], dtype=torch.long))

    def __len__(self) -> int:
        return len(self.lengths)

    def to(self, device: torch.device) -> "Rows":
        """Give the same rows on another device."""
        return Rows(self.flat.to(device), self.lengths.to(device))

    def batch(self, numbers: list[int], pad: int) -> tuple[Tensor, Tensor]:
        """Stack the rows of these numbers: (B, T) with `pad` behind the shorter ones, (B, T) 1 where a row is real."""
        chosen = torch.tensor(numbers, device=self.flat.device)
        lengths = self.lengths[chosen][:, None]  # (B, 1)
        places = torch.arange(max(self.sizes[i] for i in numbers), device=self.flat.device)[None]  # (1, T)
        real = places < lengths  # (B, T)
        found = self.flat[(self.starts[chosen][:, None] + places).clamp(max=len(self.flat) - 1)]  # (B, T)
        return torch.where(real, found if found.is_floating_point() else found.long(), pad), real.long()


def save_rows(file: Path, **rows: Rows) -> None:
    """Write several sets of rows into one file; numbers must lie between -32,768 and 32,767."""
    arrays = {}
    for name, each in rows.items():
        arrays[f"{name}.flat"] = each.flat.numpy().astype(np.int16)
        arrays[f"{name}.lengths"] = each.lengths.numpy().astype(np.int32)
    part = file.with_suffix(".new.npz")
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(part, **arrays)
    part.replace(file)


def load_rows(file: Path) -> dict[str, Rows]:
    """Read what `save_rows` has written, by name."""
    with np.load(file, allow_pickle=False) as arrays:
        names = dict.fromkeys(name.rpartition(".")[0] for name in arrays)
        return {
            name: Rows(
                torch.from_numpy(arrays[f"{name}.flat"].astype(np.int32)),
                torch.from_numpy(arrays[f"{name}.lengths"].astype(np.int64)),
            )
            for name in names
        }
