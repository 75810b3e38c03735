"""Natural language inference: SNLI, MNLI and counterfactual SNLI, split by premise."""

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from encoder_lab.training.files import read

LABELS = ("contradiction", "neutral", "entailment")  # the order of facebook/bart-large-mnli
HELD_OUT_ONE_IN = 10  # premises


@dataclass(frozen=True)
class Pair:
    """Does the premise entail the hypothesis?"""

    premise: str
    hypothesis: str
    label: int   # in LABELS
    source: str


def load_nli(folder: Path) -> tuple[list[Pair], list[Pair]]:
    """Read the pairs.

    Returns:
        (training, held out): one premise in ten of every source, chosen by its hash, is not trained on.
    """
    rows = csv.DictReader(io.StringIO(read(folder, "nli/pairs.csv"), newline=""))
    pairs = [
        Pair(row["premise"].strip(), row["hypothesis"].strip(), LABELS.index(row["label"]), row["source"])
        for row in rows
    ]
    held = {pair.premise.lower() for pair in pairs if _held_out(pair.premise.lower())}
    return [p for p in pairs if p.premise.lower() not in held], [p for p in pairs if p.premise.lower() in held]


def _held_out(premise: str) -> bool:
    """Choose one premise in ten, the same ones wherever the file is read."""
    return int(hashlib.sha256(premise.encode()).hexdigest(), 16) % HELD_OUT_ONE_IN == 0
