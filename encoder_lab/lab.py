"""The student's own copy of the notebooks, and JupyterLab opened on it.

python -m encoder_lab.lab              copy what is new into my_notebooks/, then start JupyterLab there
python -m encoder_lab.lab reset 03     a fresh copy of notebook 03; the old one is kept beside it
python -m encoder_lab.lab share        write what all kernels of the machine hold in common, as for an image; no more
"""

import argparse
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from encoder_lab import shared_weights
from encoder_lab.checkpoints import BUNDLED
from encoder_lab.jupyter.copies import course_notebooks, give, reset, unchanged
from encoder_lab.jupyter.in_the_way import in_the_way
from encoder_lab.jupyter.server import ROOT, start
from encoder_lab.shown import printable
from encoder_lab.texts import say

COURSE = ROOT / "notebooks"
MINE = ROOT / "my_notebooks"


def share_bundled() -> None:
    """Write the bundled weights as all kernels hold them in common, where that has not been done yet.

    Raises:
        OSError: the installation cannot be written, or the disk is full.
    """
    shared_weights.share(BUNDLED.glob("*/model.safetensors"))


def main(arguments: list[str] | None = None, course: Path = COURSE, mine: Path = MINE) -> None:
    """Do what the command line says; see the module's first lines."""
    parser = argparse.ArgumentParser(prog="python -m encoder_lab.lab", description="Open the course in JupyterLab.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser(
        "share", help="write the weights that all kernels hold in common; opening the course does it too"
    )
    restore = commands.add_parser("reset", help="a fresh copy of some notebooks; the old ones are kept beside them")
    restore.add_argument("numbers", nargs="*", metavar="number", help="a notebook's two digits, such as 03")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "share":
            share_bundled()
            lines = [say("lab.shared", folder=shared_weights.FOLDER)]
        elif chosen.command == "reset":
            lines = reset(course, mine, chosen.numbers)
        else:
            lines = [*give(course, mine), *(say("lab.in_the_way", file=file) for file in in_the_way(mine))]
            lines += [say("lab.edited", notebook=notebook) for notebook in _edited(course)]
        for line in lines:
            print(printable(line))
        if chosen.command is None:
            with suppress(OSError):  # where that cannot be written, each kernel holds weights of its own
                share_bundled()
            start(mine / course_notebooks(course)[0].name, unchanged(course, mine))
    except (OSError, ValueError) as error:  # a language that the course does not have is one, too
        sys.exit(f"Encoder Lab: {error}")


def _edited(course: Path) -> list[str]:
    """Name the course's own notebooks that were changed where an update would run into that."""
    git = ["git", "-C", str(course), "status", "--porcelain", "--", "."]
    try:
        told = subprocess.run(git, capture_output=True, text=True, errors="replace", timeout=10)
    except (OSError, subprocess.TimeoutExpired):  # there is no git, or it has much to do
        return []
    return [line.split("/")[-1].strip('"') for line in told.stdout.splitlines() if line.startswith((" M", "M"))]


if __name__ == "__main__":
    main()
