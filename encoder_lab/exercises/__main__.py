"""The grader's command: `python -m encoder_lab.exercises grade FOLDER`."""

import argparse
import math
import sys
from pathlib import Path

from encoder_lab.exercises.grader import collect, write
from encoder_lab.shown import printable

EPILOG = (
    "A student is the first part of a path in FOLDER: ada.ipynb and ada/01.ipynb are both ada's, and make one row. "
    "Each notebook runs in its own process; read encoder_lab/exercises/README.md for what that protects you from."
)


def main(arguments: list[str] | None = None) -> int:
    """Grade a folder; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m encoder_lab.exercises", epilog=EPILOG)
    commands = parser.add_subparsers(dest="command", required=True)
    grade = commands.add_parser("grade", help="run the checks over students' notebooks and write a CSV", epilog=EPILOG)
    grade.add_argument("folder", type=Path, help="a notebook or a folder of notebooks for each student")
    grade.add_argument("--out", type=Path, default=Path("grades.csv"), help="the table, overwritten (%(default)s)")
    grade.add_argument("--seconds", type=_positive(float), default=120.0, help="time for a notebook (%(default)g)")
    grade.add_argument(
        "--memory", type=_positive(int), default=4096, help="MiB for a notebook, limited on Linux only (%(default)s)"
    )
    asked = parser.parse_args(arguments)
    if not asked.folder.is_dir():
        parser.error(f"there is no folder {str(asked.folder)!r}; give the folder with the students' notebooks")
    try:
        students = collect(asked.folder)
        if not any(students.values()):
            parser.error(f"there is no notebook (.ipynb) in {str(asked.folder)!r}; give the folder that holds them")
        if sys.platform != "linux":
            print("On this system a notebook's memory cannot be limited; its time can.", file=sys.stderr)
        write(asked.out, students, asked.seconds, asked.memory)
    except OSError as error:
        parser.error(f"{error.filename or asked.out}: {error.strerror}; nothing more was graded")
    except KeyboardInterrupt:
        parser.exit(130, f"\nInterrupted; the students graded so far are in {asked.out}.\n")
    count = f"{len(students)} student{'s' if len(students) != 1 else ''}"
    print(printable(f"{count} graded; the table is {asked.out}."))
    return 0


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
