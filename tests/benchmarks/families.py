"""The table of the families: the largest difference from `transformers` in each cell, and the lines of each family.

    python -m tests.benchmarks.families

A cell is one family, in one of its choices, with one head and one kind of tokenizer. Compared are all steps of a tiny
random model in float64 on two texts of unlike length, with padding; where `transformers` itself rounds to 32 bits it is
lifted by the patches of `tests/lifted.py`.
"""

import inspect
import tempfile
from itertools import groupby
from pathlib import Path

import transformers

from encoder_lab.families import FAMILIES as KNOWN
from encoder_lab.tokens import tokenize
from tests.families import FAMILIES, HEADS_OF, tiny_of
from tests.lifted import PATCHES, lifted
from tests.parity import steps
from tests.vocabularies import TOKENIZERS

TEXTS = ["The cat sat by the river bank and the dog said hello.", "Hello, hello!"]
PAIRS = ["Who sat on the bank?", "A river is by the bank, the dog said."]


def difference(family: str, task: str, kind: str, folder: Path) -> tuple[float, int]:
    """Give the largest difference of any step of a cell, and how many steps there are."""
    tokenizer = TOKENIZERS[kind](folder)
    tokenizer.model_max_length = 64  # the tiny models' positions
    tokens = tokenize(tokenizer, TEXTS, PAIRS if task == "question-answering" else None)
    ids = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.sep_token_id}
    model = tiny_of(family, task, vocabulary=len(tokenizer), **ids)
    found = [step.difference for step in steps(model, task, (tokens.ids, tokens.mask))]
    return max(found), len(found)


def main() -> None:
    """Print the table."""
    print(f"largest difference of any step from transformers {transformers.__version__}, float64, padding in the batch")
    print(f"{'family':26}{'head':21}{'steps':>6}" + "".join(f"{kind:>19}" for kind in TOKENIZERS))
    worst = 0.0
    with lifted(), tempfile.TemporaryDirectory() as folder:
        for family in FAMILIES:
            for task in HEADS_OF:
                cells = [difference(family, task, kind, Path(folder)) for kind in TOKENIZERS]
                worst = max(worst, *(cell for cell, _ in cells))
                print(
                    f"{family:26}{task:21}{cells[0][1]:6}" + "".join(f"{cell:19.1e}" for cell, _ in cells), flush=True
                )
    print(f"\nthe largest of all: {worst:.1e}; text-classification is zero-shot-classification's head too")
    print("\nlines a family")
    by_file = sorted(KNOWN.items(), key=lambda item: inspect.getsourcefile(item[1]))
    for file, of_file in groupby(by_file, key=lambda item: inspect.getsourcefile(item[1])):
        lines = len(Path(file).read_text(encoding="utf-8").splitlines())
        print(f"{Path(file).name:16}{lines:4}  {', '.join(name for name, _ in of_file)}")
    print("\nwhere transformers rounds to 32 bits and is lifted")
    for patch in PATCHES:
        print(f"{patch.module.__name__.split('.')[-1]}.{patch.function}: {patch.rounds} -> {patch.lifted or 'nothing'}")


if __name__ == "__main__":
    main()
