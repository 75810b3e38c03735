"""Grades a folder of students' notebooks: one row a student, one column an exercise."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.hearing import ERROR, hear
from encoder_lab.exercises.outcome import NOT_ANSWERED, RIGHT, WRONG

EXERCISES = {exercise.name: exercise for exercises in NOTEBOOKS.values() for exercise in exercises}
BEST_FIRST = (RIGHT, WRONG, ERROR, NOT_ANSWERED)  # when a student hands in several notebooks with one exercise
LARGEST = 50 * 2**20  # bytes of a notebook that is read at all
CHECK = re.compile(r"^[^#\n]*\bcheck\s*\.\s*(\w+)\s*\(", re.MULTILINE)  # not in a comment


@dataclass(frozen=True, slots=True)
class Notebook:
    """One handed-in file: its code, and what is wrong with it as a file."""

    student: str
    place: str  # its path in the folder
    cells: tuple[tuple[int, str], ...]  # (number from 0, source) of the code cells
    trouble: str  # "" for a notebook that can be read

    @property
    def checks(self) -> set[str]:
        """The exercises it has check cells for; of an unreadable file, those that its number promises."""
        if self.trouble:
            number = re.match(r"\d\d", self.place.rpartition("/")[2])
            return {exercise.name for exercise in NOTEBOOKS.get(number[0] if number else "", ())}
        return {name for _, source in self.cells for name in CHECK.findall(source) if name in EXERCISES}


def collect(folder: Path) -> dict[str, list[Notebook]]:
    """Find every student's notebooks.

    A student is the first part of a path in the folder: `ada.ipynb` and `ada/01.ipynb` are both ada's. Hidden files
    and folders (`.ipynb_checkpoints`) are left out; a student's folder without a notebook still makes a row.

    Args:
        folder: what was handed in.

    Returns:
        Student -> notebooks, both in alphabetical order.
    """
    students: dict[str, list[Notebook]] = {}
    for entry in sorted(folder.iterdir(), key=lambda path: path.name.casefold()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            inside = (path.relative_to(entry) for path in entry.rglob("*"))
            paths = sorted(entry / path for path in inside if not any(part.startswith(".") for part in path.parts))
            notebooks = students.setdefault(entry.name, [])
            notebooks += [read(entry.name, path, folder) for path in paths if _is_notebook(path)]
        elif _is_notebook(entry):
            students.setdefault(entry.stem, []).append(read(entry.stem, entry, folder))
    return students


def read(student: str, path: Path, folder: Path) -> Notebook:
    """Read a notebook's code cells; a file that is none is kept with the reason."""
    place = path.relative_to(folder).as_posix()
    try:
        if path.stat().st_size > LARGEST:
            return Notebook(student, place, (), f"larger than {LARGEST // 2**20} MiB")
        content = json.loads(path.read_bytes())
        cells = tuple(
            (number, "".join(cell["source"]))
            for number, cell in enumerate(content["cells"])
            if cell["cell_type"] == "code"
        )
    except OSError as error:
        return Notebook(student, place, (), f"cannot be read ({error.strerror})")
    except (ValueError, RecursionError):
        return Notebook(student, place, (), "not JSON, so not a notebook")
    except (TypeError, KeyError, AttributeError):
        return Notebook(student, place, (), "JSON, but not a notebook")
    return Notebook(student, place, cells, "")


def columns(students: dict[str, list[Notebook]]) -> list[str]:
    """Choose the exercises to report: all those of every course notebook that anybody handed in."""
    seen = {name for notebooks in students.values() for notebook in notebooks for name in notebook.checks}
    handed_in = [exercises for exercises in NOTEBOOKS.values() if seen & {exercise.name for exercise in exercises}]
    return [exercise.name for exercises in handed_in or NOTEBOOKS.values() for exercise in exercises]


def grade(students: dict[str, list[Notebook]], names: list[str], seconds: float, memory: int) -> Iterator[list[str]]:
    """Grade student after student, with a progress bar over the notebooks.

    Args:
        students: from `collect`.
        names: the exercises to report, from `columns`.
        seconds: each notebook's time.
        memory: MiB of each notebook's process.

    Yields:
        A row: the student, a status for each exercise, and notes.
    """
    with tqdm(total=sum(map(len, students.values())), unit=" notebooks") as bar:
        for student, notebooks in students.items():
            best = dict.fromkeys(names, NOT_ANSWERED)
            notes = [] if notebooks else ["no notebook"]
            for notebook in notebooks:
                statuses, note = grade_notebook(notebook, seconds, memory)
                for name in best:
                    best[name] = min(best[name], statuses.get(name, NOT_ANSWERED), key=BEST_FIRST.index)
                notes += [f"{notebook.place}: {note}"] if note else []
                bar.update()
            yield [student, *best.values(), " | ".join(notes)]


def grade_notebook(notebook: Notebook, seconds: float, memory: int) -> tuple[dict[str, str], str]:
    """Grade one notebook: a status for each exercise it has a check cell for, and a note or "".

    A check cell that was never reached, or that stopped with an error, is an error. An unreadable file is an error in
    the exercises of the notebook whose number it bears, or in all of them.
    """
    if notebook.trouble:
        return dict.fromkeys(notebook.checks or EXERCISES, ERROR), notebook.trouble
    if not any("encoder_lab.exercises" in source for _, source in notebook.cells):
        return dict.fromkeys(notebook.checks, ERROR), "it never imports `check` from encoder_lab.exercises"
    heard = hear(list(notebook.cells), EXERCISES, seconds, memory)
    return dict.fromkeys(notebook.checks, ERROR) | heard.statuses, heard.note


def write(out: Path, students: dict[str, list[Notebook]], seconds: float, memory: int) -> None:
    """Grade everybody and write the table, a row as soon as it is known.

    Args:
        out: the CSV file, overwritten; UTF-8.
        students: from `collect`.
        seconds: each notebook's time.
        memory: MiB of each notebook's process.

    Raises:
        OSError: the file cannot be written.
    """
    names = columns(students)
    with out.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        table = csv.writer(file)
        table.writerow(["student", *names, "notes"])
        for row in grade(students, names, seconds, memory):
            table.writerow([harmless(cell) for cell in row])
            file.flush()


def harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula: an apostrophe goes before =, +, -, @, tab and return."""
    return f"'{cell}" if cell[:1] in ("\t", "\r", "\n") or cell.lstrip()[:1] in ("=", "+", "-", "@") else cell


def _is_notebook(path: Path) -> bool:
    """Say whether a path is a file with a notebook's ending."""
    return path.suffix.lower() == ".ipynb" and path.is_file()
