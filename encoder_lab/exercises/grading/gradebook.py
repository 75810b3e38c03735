"""The table of grades, under this course's column names or a learning platform's, and the putting together of parts."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.grading.page import file_name, student_page
from encoder_lab.exercises.outcome import NOT_ANSWERED, RIGHT
from encoder_lab.shown import visible
from encoder_lab.written import write_whole

PLATFORMS = ("canvas", "moodle", "nbgrader")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class PartsDisagree(Exception):
    """The folders are not parts of one class's grading."""


def write_roster(out: Path, records: dict[str, tuple[str, str]]) -> None:
    """Write down whom a run is about, all its parts included.

    Args:
        out: the run's folder.
        records: a record's file name -> the student and the platform's number.
    """
    write_whole(out / "roster.json", json.dumps(records, ensure_ascii=False, indent=1))


def merge(folder: Path, platform: str | None = None) -> list[str]:
    """Put the records below a folder together: `grades.csv`, and a page for each student in `pages/`.

    Args:
        folder: a run's folder, or one with the folders of all parts.
        platform: whose column names the table is to have, one of `PLATFORMS`.

    Returns:
        The students who are not graded yet.

    Raises:
        PartsDisagree: there is no run here, or two that are not parts of one.
        OSError: a file cannot be read or written.
    """
    records, missing = read_records(folder)
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in _table(records, platform))
    write_whole(folder / "grades.csv", text.getvalue(), "utf-8-sig")
    for record in records:
        write_whole(folder / "pages" / file_name(record), student_page(record))
    return missing


def read_records(folder: Path) -> tuple[list[dict], list[str]]:
    """Read the records below a folder in the order of the roster, and name the students who have none yet.

    Raises:
        PartsDisagree: there is no run here, or two that are not parts of one.
    """
    rosters = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.rglob("roster.json"))]
    if not rosters:
        raise PartsDisagree(f"there is no roster.json in {str(folder)!r}; give the folder that `grade` wrote")
    if any(roster != rosters[0] for roster in rosters):
        raise PartsDisagree("the parts are of different submissions, settings or editions; grade all of them alike")
    found = {file.name: file for file in folder.rglob("records/*.json")}
    records, missing = [], []
    for name, (student, number) in rosters[0].items():
        if name in found:
            records.append(json.loads(found[name].read_text(encoding="utf-8")))
        else:
            missing.append(student)
            nothing = {"results": {}, "notes": ["not graded yet"], "seconds": {}}
            records.append({"student": student, "id": number} | nothing)
    return records, missing


def harmless(cell: object) -> object:
    """Keep a spreadsheet from taking a text for a formula, and a terminal from obeying it: an apostrophe goes first."""
    if not isinstance(cell, str):
        return cell
    begins = cell.lstrip()[:1]
    return f"'{visible(cell)}" if begins in _FORMULA and begins or cell[:1] in ("\t", "\r", "\n") else visible(cell)


def _table(records: list[dict], platform: str | None) -> Iterable[list]:
    """Lay the records out, the column names first."""
    numbers = [number for number in NOTEBOOKS if any(_names(number) & record["results"].keys() for record in records)]
    numbers = numbers or list(NOTEBOOKS)
    titles = [f"Notebook {number}" for number in numbers]
    most = [len(NOTEBOOKS[number]) for number in numbers]
    if platform == "canvas":
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles]
        yield ["    Points Possible", "", "", "", "", *most]
        for record in records:
            yield [record["student"], record["id"], "", "", "", *(_points(record, number) for number in numbers)]
    elif platform == "moodle":
        yield ["Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Feedback comments"]
        for record in records:
            points = {number: _points(record, number) for number in numbers}
            said = "; ".join(f"{title}: {points[number]}" for title, number in zip(titles, numbers, strict=True))
            who = f"Participant {record['id']}" if record["id"] else ""
            yield [who, record["student"], "", sum(points.values()), sum(most), said]
    elif platform == "nbgrader":
        names = ["first_name", "last_name", "email"]
        yield ["assignment", "student_id", *names, "raw_score", "late_submission_penalty", "score", "max_score"]
        for record in records:
            for title, number, highest in zip(titles, numbers, most, strict=True):
                points = _points(record, number)
                yield [title, record["id"] or record["student"], "", record["student"], "", points, 0, points, highest]
    else:
        exercises = [exercise.name for number in numbers for exercise in NOTEBOOKS[number]]
        yield ["student", "id", *exercises, "right", "notes"]
        for record in records:
            statuses = [record["results"].get(name, {}).get("status", NOT_ANSWERED) for name in exercises]
            yield [record["student"], record["id"], *statuses, statuses.count(RIGHT), " | ".join(record["notes"])]


def _names(number: str) -> set[str]:
    return {exercise.name for exercise in NOTEBOOKS[number]}


def _points(record: dict, number: str) -> int:
    """Count the right answers to one notebook's exercises."""
    return sum(record["results"].get(name, {}).get("status") == RIGHT for name in _names(number))
