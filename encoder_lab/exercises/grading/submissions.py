"""Who handed in what: files become students, under whatever names a learning platform has given the files."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from encoder_lab.exercises.grading.files import File, find_files
from encoder_lab.exercises.grading.notebook import Notebook
from encoder_lab.shown import shorten, visible

# What a platform's download calls a file or folder; after it comes the name that the student chose.
_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<rest>.*)", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<rest>.+)", re.DOTALL)

NOTHING = ("no notebook",)  # what is noted of a student without one


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in."""

    student: str
    id: str  # the platform's number of the student; "" without a platform
    notebooks: tuple[Notebook, ...]  # one for each notebook of the course, in its order
    notes: tuple[str, ...]  # what was set aside, and why

    @property
    def digest(self) -> str:
        """Tells this submission from every other one."""
        content = [self.student, self.id, *self.notes, *(each.place + each.digest for each in self.notebooks)]
        return hashlib.sha256("\0".join(content).encode("utf-8", "backslashreplace")).hexdigest()


def collect(folder: Path) -> list[Submission]:
    """Find every student's notebooks.

    A student is the first part of a path: `ada.ipynb`, `ada/01.ipynb` and `ada.zip` are all ada's; from Canvas and
    Moodle it is the name and number at its beginning. Of two files for one notebook of the course the later counts.

    Args:
        folder: a folder, or one zip of everything.

    Returns:
        The submissions by student.

    Raises:
        OSError: the folder or zip cannot be read.
    """
    files = list(find_files(folder))
    tops = {file.parts[0] for file in files if file.parts}
    if folder.is_file() and len(tops) == 1 and not _MOODLE.fullmatch(*tops) and all(len(f.parts) > 1 for f in files):
        files = [File(file.parts[1:], file.notebook, file.refused) for file in files]  # a folder, zipped
    whose: dict[tuple[str, str], list[File]] = {}
    for file in files:
        if owner := _owner(file.parts):
            whose.setdefault(owner, []).append(file)
    return [
        _submission(*owner, whose[owner]) for owner in sorted(whose, key=lambda owner: (owner[0].casefold(), owner))
    ]


def _owner(parts: tuple[str, ...]) -> tuple[str, str] | None:
    """Say whose a file is: a name, with letters and accents put together, and the platform's number."""
    if not "".join(parts):
        return None
    first = unicodedata.normalize("NFC", parts[0])
    found = _MOODLE.fullmatch(first) or (_CANVAS.fullmatch(first) if len(parts) == 1 else None)
    name, number = (found["name"], found["id"]) if found else (first, "")
    if not found and len(parts) == 1:
        name = re.sub(r"\.(ipynb|zip)$", "", name, flags=re.IGNORECASE)
    return shorten(visible(" ".join(name.split())), 250) or "(no name)", number


def _submission(student: str, number: str, files: Iterable[File]) -> Submission:
    """Choose the notebooks that count, and say of the others why they do not."""
    notes, handed_in = [], []
    for file in files:
        if file.refused:
            notes.append(f"{visible('/'.join(file.parts))}: {file.refused}")
        elif file.notebook:
            handed_in.append(file.notebook)
    chosen: dict[str, Notebook] = {}
    for notebook in sorted(handed_in, key=lambda each: (not each.trouble, each.when, _in_order(each.place))):
        of = notebook.number
        if of and (earlier := chosen.get(of)):
            why = f"an earlier notebook {of} than {notebook.place}" if not earlier.trouble else earlier.trouble
            notes.append(f"{earlier.place} does not count: {why}")
        if of or notebook.trouble:
            chosen[of or notebook.place] = notebook
        else:
            notes.append(f"{notebook.place} does not count: no check of the course is in it")
    if not handed_in:
        notes += NOTHING
    return Submission(student, number, tuple(chosen[of] for of in sorted(chosen)), tuple(notes))


def _in_order(place: str) -> list:
    """Sort names as people count: "hw", "hw-1", "hw-2", "hw-10"."""
    stem = place.rpartition(".")[0]
    return [(int(part) if part.isdecimal() else -1, part) for part in re.split(r"(\d+)", stem)]
