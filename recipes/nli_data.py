"""Natural language inference: SNLI, MNLI and counterfactual SNLI, split by premise."""

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from recipes.files import read

LABELS = ("contradiction", "neutral", "entailment")  # the order of facebook/bart-large-mnli
PARTS = 20  # of the premises
CHOICE, TEST = (0, 10), (5,)  # which of the twenty


@dataclass(frozen=True)
class Pair:
    """Does the premise entail the hypothesis?"""

    premise: str
    hypothesis: str
    label: int | None  # in LABELS; None where nobody has said
    source: str


def load_nli(folder: Path) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """Read the pairs.

    Returns:
        (training, choice, test): of every source one premise in ten, chosen by its hash, is for choosing among
        recipes and one in twenty for the card's figures.
    """
    rows = csv.DictReader(io.StringIO(read(folder, "nli/pairs.csv"), newline=""))
    pairs = [
        Pair(row["premise"].strip(), row["hypothesis"].strip(), LABELS.index(row["label"]), row["source"])
        for row in rows
    ]
    training = [pair for pair in pairs if _part(pair.premise) not in (*CHOICE, *TEST)]
    return training, *([pair for pair in pairs if _part(pair.premise) in parts] for parts in (CHOICE, TEST))


def load_conjunctions(folder: Path) -> list[Pair]:
    """Read the pairs made by rule from sentences with *and*, *or*, *but* (Saha et al. 2020, arXiv:2010.10418)."""
    rows = csv.DictReader(io.StringIO(read(folder, "nli/conjunctions.csv"), newline=""))
    return [
        Pair(row["premise"].strip(), row["hypothesis"].strip(), LABELS.index(row["label"]), "conjunctions")
        for row in rows
        if _part(row["premise"].strip()) not in (*CHOICE, *TEST)
    ]


def recombine(pairs: list[Pair]) -> list[Pair]:
    """Make pairs that nobody has labelled: of a premise and its hypotheses, every two, both ways.

    Args:
        pairs: N pairs, labelled.

    Returns:
        The new pairs; none twice, none of a sentence with itself, none that `pairs` holds.
    """
    groups: dict[str, list[str]] = {}
    for pair in pairs:
        groups.setdefault(pair.premise.lower(), [pair.premise]).append(pair.hypothesis)
    made = [(one, other) for group in groups.values() for one in group for other in group]
    old = {(pair.premise, pair.hypothesis) for pair in pairs}
    return [
        Pair(premise, hypothesis, None, "recombined")
        for premise, hypothesis in dict.fromkeys(made)
        if premise.lower() != hypothesis.lower() and (premise, hypothesis) not in old
    ]


def _part(premise: str) -> int:
    """Deal premises into twenty parts, the same ones wherever the file is read."""
    return int(hashlib.sha256(premise.lower().encode()).hexdigest(), 16) % PARTS
