"""One handed-in file: its code cells, which notebook of the course it is, and what is wrong with it as a file."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime

from encoder_lab.exercises import NOTEBOOKS

NUMBER_OF = {exercise.name: number for number, exercises in NOTEBOOKS.items() for exercise in exercises}
LARGEST = 50 * 2**20  # bytes of a notebook that is read at all
_CHECK = re.compile(r"^[^#\n]*\bcheck\s*\.\s*(\w+)\s*\(", re.MULTILINE)  # not in a comment


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook that a student handed in."""

    place: str  # its path below the folder
    when: datetime  # when it was last written
    digest: str  # of its content
    cells: tuple[tuple[int, str], ...]  # (number from 0, source) of the code cells
    trouble: str = ""  # why it cannot be read; "" for a notebook
    language: str = "python"  # of its kernel

    @property
    def asked(self) -> set[str]:
        """The names it has check cells for, those that this edition of the course does not know included."""
        return {name for _, source in self.cells for name in _CHECK.findall(source)} - {"progress"}

    @property
    def number(self) -> str:
        """The notebook of the course that most of its checks are of, else the one its name begins with; "" for none."""
        counts = dict.fromkeys(NOTEBOOKS, 0)
        for name in self.asked & NUMBER_OF.keys():
            counts[NUMBER_OF[name]] += 1
        if any(counts.values()):
            return max(counts, key=counts.get)
        named = re.search(r"(?<!\d)\d\d(?!\d)", self.place.rpartition("/")[2])
        return named[0] if named and named[0] in NOTEBOOKS else ""


def read_notebook(place: str, when: datetime, content: bytes) -> Notebook:
    """Read a notebook's code cells; a file that is none is kept with the reason."""
    digest = hashlib.sha256(content).hexdigest()
    if len(content) > LARGEST:
        return Notebook(place, when, digest, (), f"larger than {LARGEST // 2**20} MiB")
    try:
        book = json.loads(content)
        cells = tuple(
            (number, "".join(cell["source"]))
            for number, cell in enumerate(book["cells"])
            if cell["cell_type"] == "code"
        )
        about = book.get("metadata") or {}
        language = about.get("language_info", {}).get("name") or about.get("kernelspec", {}).get("language") or "python"
    except (ValueError, RecursionError):
        return Notebook(place, when, digest, (), "not JSON, so not a notebook")
    except (TypeError, KeyError, AttributeError):
        return Notebook(place, when, digest, (), "JSON, but not a notebook")
    return Notebook(place, when, digest, cells, language=str(language))
