"""The student's own copy of the notebooks, and JupyterLab opened on it.

python -m encoder_lab.lab              copy what is new into my_notebooks/, then start JupyterLab there
python -m encoder_lab.lab reset 03     a fresh copy of notebook 03; the old one is kept beside it
python -m encoder_lab.lab share        write what all kernels of the machine hold in common, as for an image; no more
"""

import argparse
import filecmp
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from encoder_lab import shared_weights
from encoder_lab.checkpoints import BUNDLED
from encoder_lab.shown import printable
from encoder_lab.texts import say

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "notebooks"
MINE = ROOT / "my_notebooks"
SETTINGS = Path(__file__).parent / "jupyter" / "settings"  # JupyterLab's defaults for the course
GIVEN = ".given"  # folder in MINE: each notebook as it was when the student got it


def _course_notebooks(course: Path) -> list[Path]:
    """List the course's notebooks in order.

    Raises:
        FileNotFoundError: there are none.
    """
    found = sorted(course.glob("[0-9][0-9]_*.ipynb"))
    if not found:
        raise FileNotFoundError(say("lab.no_notebooks", folder=course))
    return found


def give(course: Path, mine: Path) -> list[str]:
    """Copy the notebooks the student does not have yet; a file that is there is never touched.

    Args:
        course: the folder with the course's notebooks.
        mine: the student's folder; made if missing.

    Returns:
        One line for each notebook that was copied, or of which the course has a newer version.
    """
    lines = []
    for notebook in _course_notebooks(course):
        name = notebook.name
        given = mine / GIVEN / name
        if not (mine / name).exists():
            _copy_new(notebook, mine)
            lines.append(say("lab.new", notebook=name))
        elif given.exists() and not filecmp.cmp(given, notebook, shallow=False):
            lines.append(say("lab.newer", notebook=name, number=name[:2]))
    return lines


def reset(course: Path, mine: Path, number: str) -> str:
    """Give the student a fresh copy of one notebook and keep the old one under another name.

    Args:
        course: the folder with the course's notebooks.
        mine: the student's folder.
        number: the two digits a notebook's name begins with.

    Returns:
        One line that says what was done.

    Raises:
        ValueError: the course has no such notebook.
    """
    notebooks = {notebook.name[:2]: notebook for notebook in _course_notebooks(course)}
    if number not in notebooks:
        raise ValueError(say("lab.unknown_number", number=number, numbers=", ".join(notebooks)))
    notebook = notebooks[number]
    old = mine / notebook.name
    if not old.exists():
        _copy_new(notebook, mine)
        return say("lab.none_to_keep", notebook=notebook.name)
    count = 1
    while (kept := old.with_stem(f"{old.stem}_kept_{count}")).exists():
        count += 1
    old.rename(kept)
    _copy_new(notebook, mine)
    return say("lab.fresh", notebook=notebook.name, kept=kept.name)


def _copy_new(notebook: Path, mine: Path) -> None:
    """Copy a course notebook to where there is none, and remember the version given."""
    (mine / GIVEN).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, mine / GIVEN / notebook.name)
    with notebook.open("rb") as source, (mine / notebook.name).open("xb") as target:  # x: fails rather than overwrites
        shutil.copyfileobj(source, target)


def _jupyter_arguments(notebook: Path, as_root: bool) -> list[str]:
    """Say how JupyterLab is started: on this machine only, with its token, saving what the explorers show.

    Args:
        notebook: opened first; its folder is the one JupyterLab shows.
        as_root: True when the user is root, whom JupyterLab refuses unless told.
    """
    arguments = [
        f"--ServerApp.root_dir={notebook.parent}",
        f"--LabApp.default_url=/lab/tree/{notebook.name}",
        "--ServerApp.ip=127.0.0.1",
        f"--LabApp.app_settings_dir={SETTINGS}",
    ]
    return [*arguments, "--allow-root"] if as_root else arguments


def share_bundled() -> None:
    """Write the bundled weights as all kernels hold them in common, where that has not been done yet.

    Raises:
        OSError: the installation cannot be written, or the disk is full.
    """
    shared_weights.share(BUNDLED.glob("*/model.safetensors"))


def start(notebook: Path) -> None:
    """Run JupyterLab on the notebook's folder until it is stopped; it takes the next port if its own is taken."""
    from jupyterlab.labapp import LabApp  # here: it takes seconds, and a reset needs none of it

    with suppress(OSError):  # where that cannot be written, each kernel holds weights of its own
        share_bundled()
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Windows has no geteuid
    LabApp.launch_instance(_jupyter_arguments(notebook, as_root))


def main(arguments: list[str] | None = None, course: Path = COURSE, mine: Path = MINE) -> None:
    """Do what the command line says; see the module's first lines."""
    parser = argparse.ArgumentParser(prog="python -m encoder_lab.lab", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command")
    commands.add_parser(
        "share", help="write the weights that all kernels hold in common; opening the course does it too"
    )
    restore = commands.add_parser("reset", help="a fresh copy of one notebook; the old one is kept beside it")
    restore.add_argument("number", help="the notebook's two digits, such as 03")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "share":
            share_bundled()
            lines = [say("lab.shared", folder=shared_weights.FOLDER)]
        elif chosen.command == "reset":
            lines = [reset(course, mine, chosen.number)]
        else:
            lines = give(course, mine)
    except (OSError, ValueError) as error:  # a language that the course does not have is one, too
        sys.exit(f"Encoder Lab: {error}")
    for line in lines:
        print(printable(line))
    if chosen.command is None:
        start(mine / _course_notebooks(course)[0].name)


if __name__ == "__main__":
    main()
