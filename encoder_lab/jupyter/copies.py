"""The student's own copy of the notebooks: it is given, told of news, made fresh, and never overwritten."""

import filecmp
import json
from collections.abc import Sequence
from pathlib import Path

from encoder_lab.jupyter.writable import demand_writable
from encoder_lab.texts import say
from encoder_lab.written import write_whole

_GIVEN = ".given"  # folder beside the notebooks: each as it was when the student got it


def course_notebooks(course: Path) -> list[Path]:
    """List the course's notebooks in order.

    Raises:
        FileNotFoundError: there are none.
    """
    found = sorted(course.glob("[0-9][0-9]_*.ipynb"))
    if not found:
        raise FileNotFoundError(say("lab.no_notebooks", folder=course))
    return found


def give(course: Path, mine: Path) -> list[str]:
    """Copy the notebooks the student does not have yet; what a student wrote is never touched.

    Args:
        course: the folder with the course's notebooks.
        mine: the student's folder; made if missing.

    Returns:
        One line for each notebook that was copied, that is not whole, that has another name in the course now, or of
        which the course has a newer version.

    Raises:
        FileNotFoundError: the course has none.
        OSError: the student's folder cannot be written.
    """
    lines = []
    notebooks = course_notebooks(course)
    demand_writable(mine)
    for notebook in notebooks:
        name, number = notebook.name, notebook.name[:2]
        given = mine / _GIVEN / name
        old = _other_names(notebook, mine)
        if not (mine / name).exists():
            _copy(notebook, mine)
            lines.append(say("lab.renamed", old=old[0], notebook=name) if old else say("lab.new", notebook=name))
        elif _begins(mine / name, notebook) or (given.exists() and _begins(mine / name, given)):
            _copy(notebook, mine)
            lines.append(say("lab.torn", notebook=name))
        elif not _readable(mine / name):
            lines.append(say("lab.unreadable", notebook=name, number=number))
        elif given.exists() and not filecmp.cmp(given, notebook, shallow=False):
            lines.append(say("lab.newer", notebook=name, number=number))
    return lines


def reset(course: Path, mine: Path, numbers: Sequence[str]) -> list[str]:
    """Give the student fresh copies of some notebooks and keep the old ones under other names.

    Args:
        course: the folder with the course's notebooks.
        mine: the student's folder.
        numbers: of each the two digits a notebook's name begins with.

    Returns:
        One line for each that says what was done.

    Raises:
        ValueError: none is named, or one that the course does not have; then nothing is done.
        OSError: the folder cannot be written.
    """
    if not numbers:
        raise ValueError(say("lab.which_notebook"))
    notebooks = {notebook.name[:2]: notebook for notebook in course_notebooks(course)}
    for number in numbers:
        if number not in notebooks:
            raise ValueError(say("lab.unknown_number", number=number, numbers=", ".join(notebooks)))
    demand_writable(mine)
    return [_reset(notebooks[number], mine) for number in dict.fromkeys(numbers)]


def _reset(notebook: Path, mine: Path) -> str:
    old = mine / notebook.name
    if not old.exists():
        _copy(notebook, mine)
        return say("lab.none_to_keep", notebook=notebook.name)
    count = 1
    while (kept := old.with_stem(f"{old.stem}_kept_{count}")).exists():
        count += 1
    old.rename(kept)
    try:
        _copy(notebook, mine)
    except OSError:
        kept.rename(old)
        raise
    return say("lab.fresh", notebook=notebook.name, kept=kept.name)


def unchanged(course: Path, mine: Path) -> list[Path]:
    """List the student's notebooks that are the course's to the last byte."""
    both = [(mine / notebook.name, notebook) for notebook in course_notebooks(course)]
    return [copy for copy, notebook in both if copy.exists() and filecmp.cmp(copy, notebook, shallow=False)]


def _copy(notebook: Path, mine: Path) -> None:
    """Copy a course notebook to where no work of a student is, and remember the version given."""
    content = notebook.read_bytes()
    write_whole(mine / _GIVEN / notebook.name, content)
    write_whole(mine / notebook.name, content)


def _other_names(notebook: Path, mine: Path) -> list[str]:
    """List what a notebook of this number was called when the student got it, if it is still there."""
    given = sorted((mine / _GIVEN).glob(f"{notebook.name[:2]}_*.ipynb"))
    return [each.name for each in given if each.name != notebook.name and (mine / each.name).exists()]


def _begins(file: Path, whole: Path) -> bool:
    """Say whether a file is the beginning of another and no more: a copy that was cut off."""
    size = file.stat().st_size
    return size < whole.stat().st_size and file.read_bytes() == whole.read_bytes()[:size]


def _readable(notebook: Path) -> bool:
    try:
        return "cells" in json.loads(notebook.read_bytes())
    except ValueError:
        return False
