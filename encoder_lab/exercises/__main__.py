"""The instructor's commands: `python -m encoder_lab.exercises grade FOLDER`, and `merge FOLDER` for parts."""

import argparse
import math
import re
import sys
from pathlib import Path

from encoder_lab.exercises.editions import COURSE, colab, instructor, release
from encoder_lab.exercises.grading.gradebook import PLATFORMS, PartsDisagree, merge, read_records, write_roster
from encoder_lab.exercises.grading.grader import Run, default_workers, part_of
from encoder_lab.exercises.grading.report import class_page, slips
from encoder_lab.exercises.grading.sandbox import CannotLockIn, Sandbox
from encoder_lab.exercises.grading.submissions import NOTHING, collect
from encoder_lab.shown import printable
from encoder_lab.written import write_whole

EPILOG = (
    "A student is the first part of a path in FOLDER: ada.ipynb, ada/01.ipynb and ada.zip are all ada's; the downloads "
    "of Canvas and Moodle are understood. docs/instructors.md says what submissions are kept from, and how."
)
HOW_TO_LOCK_IN = (
    "submissions are strangers' programs, and they cannot be locked in here: {why}. Install bubblewrap (apt install "
    "bubblewrap) and grade as an ordinary user, on Windows and macOS in WSL or on a Linux machine; or add "
    "--unsafe, and they run with your own rights"
)


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m encoder_lab.exercises", epilog=EPILOG)
    commands = parser.add_subparsers(dest="command", required=True)
    grade = commands.add_parser("grade", help="run the checks over students' notebooks", epilog=EPILOG)
    grade.add_argument("folder", type=Path, help="what was handed in: a folder, or a zip of it")
    grade.add_argument("--out", type=Path, default=Path("grades"), help="folder of the table and pages (%(default)s)")
    grade.add_argument("--seconds", type=_positive(float), default=600.0, help="time for a notebook (%(default)g)")
    grade.add_argument("--memory", type=_positive(int), default=2048, help="MiB for a notebook (%(default)s)")
    grade.add_argument("--workers", type=_positive(int), help="notebooks at a time (as many as memory and cores allow)")
    grade.add_argument("--part", type=_part, metavar="K/N", help="grade every N-th submission only, from the K-th on")
    grade.add_argument("--unsafe", action="store_true", help="run submissions with your own rights, not locked in")
    join = commands.add_parser("merge", help="put together what the parts of one class's grading wrote")
    join.add_argument("folder", type=Path, help="the folder that holds what all parts wrote")
    for command in (grade, join):
        command.add_argument("--columns", choices=PLATFORMS, help="column names of a learning platform")
    teach = commands.add_parser("instructor", help="write the notebooks with solutions, minutes, and what to point at")
    open_some = commands.add_parser("release", help="write the notebooks with some exercises locked or left out")
    copies = commands.add_parser(
        "colab", help="write the notebooks with a first cell that installs the course in Colab"
    )
    copies.add_argument(
        "--wheel", required=True, help="what Colab's pip installs: https://… of the wheel, or git+https://…"
    )
    for command in (teach, open_some, copies):
        command.add_argument("dest", type=Path, help="the folder to write to")
        command.add_argument("--notebooks", type=Path, default=COURSE, help="the course's notebooks (%(default)s)")
    teach.add_argument("--grades", type=Path, help="what `grade` wrote: a class whose slips are told")
    open_some.add_argument("--lock", nargs="+", default=[], metavar="NAME", help="exercises that are not open yet")
    open_some.add_argument("--leave-out", nargs="+", default=[], metavar="NAME", help="exercises that are not there")
    tell = commands.add_parser("report", help="write a page on a class: report.html")
    tell.add_argument("folder", type=Path, help="what `grade` wrote")
    tell.add_argument("--names", action="store_true", help="list the students, too")
    asked = parser.parse_args(arguments)
    commands_of = {
        "grade": _grade, "merge": _merge, "instructor": _instructor, "release": _release, "colab": _colab,
        "report": _report,
    }  # fmt: skip
    try:
        return commands_of[asked.command](asked)
    except (PartsDisagree, _Refused, ValueError) as refusal:
        parser.error(str(refusal))
    except CannotLockIn as why:
        parser.error(HOW_TO_LOCK_IN.format(why=str(why).rstrip(".")))
    except OSError as error:
        place = error.filename or getattr(asked, "folder", asked)
        parser.error(f"{place}: {error.strerror or error}; the same command goes on from here")
    except KeyboardInterrupt:
        parser.exit(130, "\nInterrupted; the same command goes on from here.\n")


class _Refused(Exception):
    """What was asked cannot be done; the message says what is needed."""


def _grade(asked: argparse.Namespace) -> int:
    """Grade a folder, or a part of it."""
    if not asked.folder.exists():
        raise _Refused(f"there is no folder {str(asked.folder)!r}; give the folder with the students' notebooks")
    submissions = collect(asked.folder)
    if all(each.notes == NOTHING for each in submissions):
        raise _Refused(f"there is no notebook (.ipynb) in {str(asked.folder)!r}; give the folder that holds them")
    workers = asked.workers or default_workers(asked.memory)
    hidden = (asked.folder.resolve(), asked.out.resolve())
    sandbox = Sandbox(asked.seconds, asked.memory, hidden=hidden, unsafe=asked.unsafe)
    run = Run(sandbox, asked.out)
    write_roster(asked.out, {run.record_of(each).name: (each.student, each.id) for each in submissions})
    chosen = part_of(submissions, asked.part) if asked.part else submissions
    run.grade(chosen, workers)
    count = f"{len(chosen)} student{'s' if len(chosen) != 1 else ''}"
    if asked.part:
        print(printable(f"{count} graded; when all parts are there: merge {asked.out}"))
        return 0
    merge(asked.out, asked.columns)
    print(printable(f"{count} graded; the table is {asked.out / 'grades.csv'}."))
    return 0


def _merge(asked: argparse.Namespace) -> int:
    """Put parts together; 1 if some are missing."""
    missing = merge(asked.folder, asked.columns)
    print(printable(f"The table is {asked.folder / 'grades.csv'}."))
    if missing:
        print(printable(f"Not graded yet: {len(missing)} students, {missing[0]} the first of them."), file=sys.stderr)
    return 1 if missing else 0


def _instructor(asked: argparse.Namespace) -> int:
    """Write the instructor's edition."""
    told = slips(read_records(asked.grades)[0]) if asked.grades else {}
    return _say_written(asked.dest, instructor(asked.notebooks, asked.dest, told))


def _release(asked: argparse.Namespace) -> int:
    """Write notebooks to hand out."""
    return _say_written(asked.dest, release(asked.notebooks, asked.dest, asked.lock, asked.leave_out))


def _colab(asked: argparse.Namespace) -> int:
    """Write notebooks for Colab."""
    return _say_written(asked.dest, colab(asked.notebooks, asked.dest, asked.wheel))


def _say_written(dest: Path, written: list[Path]) -> int:
    print(printable(f"{len(written)} notebooks are in {dest}."))
    return 0


def _report(asked: argparse.Namespace) -> int:
    """Write a class's page."""
    write_whole(asked.folder / "report.html", class_page(read_records(asked.folder)[0], asked.names))
    print(printable(f"The page is {asked.folder / 'report.html'}."))
    return 0


def _part(text: str) -> tuple[int, int]:
    """Read "2/8"."""
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"{text!r} is no part; the second of eight is 2/8")
    return int(found[1]), int(found[2])


def _positive(kind: type) -> type:
    """Make an argument type that takes numbers above 0."""

    def number(text: str) -> float:
        value = kind(text)
        if not 0 < value < math.inf:
            raise ValueError
        return value

    number.__name__ = "number above 0"  # argparse names it in its message
    return number


if __name__ == "__main__":
    sys.exit(main())
