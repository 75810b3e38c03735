"""Does the byte-level tokenizer bring back every line of the data folder?

    python -m recipes.round_trip --data FOLDER

Each line is turned into ids and back. Printed are the lines read, those that come back changed, and those with an
unknown piece; the command fails unless both of the latter are 0.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from encoder_lab.checkpoints import BUNDLED
from encoder_lab.progress import progress_bar
from recipes.files import FILES, read

SHARED = BUNDLED / "question-answering"  # three of the bundled checkpoints have its tokenizer
AT_ONCE = 5_000  # lines


def read_lines(folder: Path) -> Iterable[tuple[str, list[str]]]:
    """Give each text file of the data folder, hash checked, with its distinct lines as they are."""
    for name in FILES:
        if not name.startswith("roberta_bpe/"):
            yield name, list(dict.fromkeys(read(folder, name).splitlines()))


def count_changed(tokenizer: PreTrainedTokenizerBase, lines: list[str]) -> tuple[int, int]:
    """Count the lines that come back changed, and those with an unknown piece."""
    changed = unknown = 0
    for at in range(0, len(lines), AT_ONCE):
        some = lines[at : at + AT_ONCE]
        rows = tokenizer(some, add_special_tokens=False, verbose=False)["input_ids"]
        back = tokenizer.batch_decode(rows, clean_up_tokenization_spaces=False)
        changed += sum(line != again for line, again in zip(some, back, strict=True))
        unknown += sum(tokenizer.unk_token_id in row for row in rows)
    return changed, unknown


def main() -> None:
    """Read every line; see the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the data files")
    tokenizer = AutoTokenizer.from_pretrained(SHARED)
    read_in_all, wrong = 0, []
    with progress_bar(len(FILES) - 2, "reading", "files") as bar:
        for name, lines in read_lines(parser.parse_args().data):
            changed, unknown = count_changed(tokenizer, lines)
            read_in_all += len(lines)
            if changed or unknown:
                wrong.append(f"{name}: {changed:,} lines come back changed, {unknown:,} have an unknown piece")
            bar.update()
    print(f"{read_in_all:,} lines", *(wrong or ["every one comes back unchanged, none has an unknown piece"]), sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
