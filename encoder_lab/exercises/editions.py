"""Copies of the course's notebooks: the instructor's, with solutions, one in which not all is open, and Colab's.

All are made from the course's own notebooks and never kept beside them.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.exercises.solutions import solved_cell
from encoder_lab.texts import say
from encoder_lab.written import write_whole

COURSE = Path(__file__).parents[2] / "notebooks"
_COLAB = """%pip install -q "{}"
from google.colab import output

output.enable_custom_widget_manager()"""
_WORDS_A_MINUTE, _MINUTES_A_CELL = 130, 0.5
_MINUTES = {each.name: each.minutes for exercises in NOTEBOOKS.values() for each in exercises}
Slips = Mapping[str, Mapping[str, float]]  # exercise -> what was said to answers -> the share of students


def instructor(course: Path, dest: Path, slips: Slips) -> list[Path]:
    """Write the notebooks with every exercise solved, what to point at, minutes, and slips.

    Args:
        course: the folder of the course's notebooks.
        dest: a folder, made if it is not there.
        slips: what students of a class were told; empty without a class.

    Returns:
        The notebooks that were written.

    Raises:
        OSError: a notebook cannot be read or written.
    """

    def change(exercise: Exercise | Quiz, cells: list[dict]) -> list[dict]:
        *before, answer, check = cells
        if isinstance(exercise, Exercise):
            answer = _code(answer, solved_cell(exercise))
        else:
            check = _code(check, exercise.check.replace("...", repr(exercise.right)))
        return [*before, answer, check, *_slips(exercise, slips.get(exercise.name, {}))]

    return _write(course, dest, change, _with_notes)


def release(course: Path, dest: Path, locked: Collection[str], left_out: Collection[str]) -> list[Path]:
    """Write the notebooks with some exercises not open yet, or not there; see `instructor`.

    What an exercise gives stays, because later cells may use it.

    Args:
        course: the folder of the course's notebooks.
        dest: a folder, made if it is not there.
        locked: exercises whose task is shown and which cannot be answered.
        left_out: exercises that are not there.

    Raises:
        ValueError: there is no exercise of such a name.
        OSError: a notebook cannot be read or written.
    """
    names = [exercise.name for exercises in NOTEBOOKS.values() for exercise in exercises]
    if unknown := sorted({*locked, *left_out} - {*names}):
        raise ValueError(f"there is no exercise {unknown[0]!r}; they are {', '.join(names)}")

    def change(exercise: Exercise | Quiz, cells: list[dict]) -> list[dict]:
        given = [cell for cell in cells[1:] if _source(cell) == getattr(exercise, "given", None)]
        if exercise.name in left_out:
            return given
        if exercise.name in locked:
            return [cells[0], *given, _note(exercise.name, say("editions.locked"))]
        return cells

    return _write(course, dest, change, lambda cells: cells)


def colab(course: Path, dest: Path, wheel: str) -> list[Path]:
    """Write the notebooks with a first cell that installs the course in Colab; see `instructor`.

    Args:
        course: the folder of the course's notebooks.
        dest: a folder, made if it is not there.
        wheel: what pip installs: the address of a wheel, or of the repository after "git+".

    Raises:
        ValueError: it is no address that pip can fetch from Colab.
        OSError: a notebook cannot be read or written.
    """
    if not re.fullmatch(r"(git\+)?https://[^\s\"'$`{}]+", wheel):
        raise ValueError(f"the wheel is {wheel!r}; Colab fetches https://… or git+https://…, without spaces and quotes")

    def finish(cells: list[dict]) -> list[dict]:
        return [_note("colab", say("editions.colab")), _code(_note("install", ""), _COLAB.format(wheel)), *cells]

    return _write(course, dest, lambda _, cells: cells, finish)


def _write(
    course: Path,
    dest: Path,
    change: Callable[[Exercise | Quiz, list[dict]], list[dict]],
    finish: Callable[[list[dict]], list[dict]],
) -> list[Path]:
    """Write changed copies of all notebooks: `change` gets an exercise's cells, from its task to its check."""
    written = []
    for number, exercises in NOTEBOOKS.items():
        for path in course.glob(f"{number}_*.ipynb"):
            book = json.loads(path.read_text(encoding="utf-8"))
            cells = book["cells"]
            for exercise in exercises:
                first = next(at for at, cell in enumerate(cells) if exercise.task in _source(cell))
                last = next(at for at in range(first, len(cells)) if _source(cells[at]) == exercise.check)
                cells[first : last + 1] = change(exercise, cells[first : last + 1])
            book["cells"] = finish(cells)
            write_whole(dest / path.name, json.dumps(book, indent=1, ensure_ascii=False) + "\n")
            written.append(dest / path.name)
    if not written:
        raise FileNotFoundError(2, "no notebook of the course is there", str(course))
    return written


def _with_notes(cells: list[dict]) -> list[dict]:
    """Put a note before each section: how many minutes it takes, and what to point at."""
    starts = [
        at for at, cell in enumerate(cells) if re.match("##? ", _source(cell)) and cell["cell_type"] == "markdown"
    ]
    noted = cells[: starts[0]] if starts else cells
    for start, stop in zip(starts, [*starts[1:], len(cells)], strict=True):
        section = cells[start:stop]
        words = " ".join(_source(cell) for cell in section if cell["cell_type"] == "markdown")
        code = [_source(cell) for cell in section if cell["cell_type"] == "code"]
        minutes = len(words.split()) / _WORDS_A_MINUTE + len(code) * _MINUTES_A_CELL
        minutes += sum(_MINUTES.get(name, 0) for name in re.findall(r"^check\.(\w+)\(", "\n".join(code), re.MULTILINE))
        looks = re.findall(r"\*\*(Look:?\*\* .+?[.?:])(?:\s|$)", words, re.DOTALL)  # the first sentence of each
        note = [say("editions.minutes", minutes=max(1, round(minutes)))]
        note += [say("editions.point_at", what=" ".join(look.replace("**", "").split())) for look in looks]
        noted += [section[0], _note(f"section-{start}", "\n".join(f"* {line}" for line in note)), *section[1:]]
    return noted


def _slips(exercise: Exercise | Quiz, shares: Mapping[str, float]) -> list[dict]:
    """Write what students were told most often, if a class is at hand."""
    often = sorted(shares.items(), key=lambda pair: -pair[1])[:5]
    lines = [f"* {say('editions.slip', share=round(100 * share), message=message)}" for message, share in often]
    return [_note(exercise.name, "\n".join([say("editions.slips"), "", *lines]))] if lines else []


def _note(name: str, text: str) -> dict:
    """Make a markdown cell."""
    identity = re.sub(r"[^\w-]", "-", f"note-{name}")[:64]
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(cell: dict, source: str) -> dict:
    """Put other code into a cell; what it gave before is gone."""
    return cell | {
        "cell_type": "code",
        "source": source.splitlines(keepends=True),
        "outputs": [],
        "execution_count": None,
    }


def _source(cell: dict) -> str:
    return "".join(cell["source"])
