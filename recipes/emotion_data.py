"""GoEmotions (Demszky et al. 2020, arXiv:2005.00547): comments with one or more of 28 labels, split by comment."""

from dataclasses import dataclass
from pathlib import Path

from recipes.files import read

TEST_ONE_IN, TEST = 16, 8


@dataclass(frozen=True)
class Comment:
    """A comment and its labels."""

    text: str
    labels: tuple[int, ...]  # ids, 0 to 27
    id: str


def label_names(folder: Path) -> list[str]:
    """List the 28 names in the order of their ids."""
    return read(folder, "emotions/labels.txt").split()


def load_comments(folder: Path) -> tuple[list[Comment], list[Comment], list[Comment], list[Comment]]:
    """Read all comments.

    Returns:
        (training, tuning, choice, test): the train part without any text that stands in the others; every second
        comment of the dev part, for tuning thresholds; the rest of it, for choosing among recipes; one comment in
        sixteen of the train part, for the card's figures.
    """
    dev = _read(folder, "emotions/dev.tsv")
    train = _read(folder, "emotions/train.tsv")
    test = train[TEST::TEST_ONE_IN]
    known = {_bare(comment.text) for comment in (*dev, *test)}
    return [c for c in train if _bare(c.text) not in known], dev[0::2], dev[1::2], test


def _read(folder: Path, name: str) -> list[Comment]:
    rows = (line.split("\t") for line in read(folder, name).split("\n") if line)
    return [Comment(text, tuple(int(x) for x in labels.split(",")), id) for text, labels, id in rows]


def _bare(text: str) -> str:
    """Reduce a text to its letters and digits, in lower case."""
    return "".join(c for c in text.lower() if c.isalnum())
