"""Does this installation work? Says in words what is wrong and how to mend it.

The module itself needs only Python, so that it can report what else is missing: it also runs as a file,
`python encoder_lab/self_check.py`, or in a notebook as `%run -e ../encoder_lab/self_check.py`.
"""

import importlib
import importlib.metadata
import importlib.util
import os
import runpy
import shutil
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

OLDEST_PYTHON = (3, 11)
TEXT, ANSWER, PROBABILITY, TOLERANCE = "Hello, Mr. Bert! How is it going [MASK]", "?", 0.967, 0.005
MEMORY, DISK = 0.5, 0.2  # GB that must be free: to run the course, to save notebooks
PACKAGE = Path(__file__).resolve().parent
PROJECT = PACKAGE.parent / "pyproject.toml"
LABEXTENSIONS = {"ipywidgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}

if sys.version_info[:2] < OLDEST_PYTHON:  # the rest, the texts too, is read by no older one
    have, need = (".".join(map(str, version)) for version in (sys.version_info[:2], OLDEST_PYTHON))
    print(
        f"This is Python {have}; the course needs {need} or newer. To mend it: install Python {need}, then close "
        "JupyterLab, delete the folder .venv in the course's folder, and type `make lab` in a terminal there."
    )
    sys.exit(1)

# The package may not start.
TEXTS = runpy.run_path(str(PACKAGE / "texts" / "__init__.py"))
say = TEXTS["say"]
in_the_way = runpy.run_path(str(PACKAGE / "jupyter" / "in_the_way.py"))["in_the_way"]


@dataclass(frozen=True)
class Finding:
    """What was looked at, and, if it is not fine, what is wrong and how to mend it."""

    what: str
    wrong: str = ""  # "" when it is fine
    mend: str = ""


@dataclass(frozen=True, repr=False)
class SelfCheck:
    """All findings; prints as the same few words on every machine where all is well."""

    findings: tuple  # of Finding

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong."""
        return not any(finding.wrong for finding in self.findings)

    @property
    def verdict(self) -> str:
        """The last line, in one sentence."""
        if self.fine:
            return say("self_check.fine")
        wrong = sum(bool(finding.wrong) for finding in self.findings)
        return say("self_check.one_wrong" if wrong == 1 else "self_check.many_wrong", count=wrong)

    def __repr__(self) -> str:
        """Write a line for each finding, two where something is wrong, and the verdict."""
        lines = []
        for finding in self.findings:
            lines.append(f"{finding.what:20}  {finding.wrong or say('self_check.nothing_wrong')}")
            if finding.wrong:
                lines.append(f"{'':20}  {say('self_check.mend', mend=finding.mend)}")
        return "\n".join([*lines, self.verdict])

    def _repr_html_(self) -> str:
        rows = ""
        for finding in self.findings:
            found = escape(say("self_check.nothing_wrong"))
            if finding.wrong:
                found = f"<b>{escape(finding.wrong)}</b><br>{escape(say('self_check.mend', mend=finding.mend))}"
            cell = '<td style="text-align: left">'
            rows += f"<tr>{cell}{escape(finding.what)}</td>{cell}{found}</td></tr>"
        table = f"<table><tbody>{rows}</tbody></table><p>{escape(self.verdict)}</p>"
        return f'<div class="mathjax_ignore tex2jax_ignore">{table}</div>'  # no formula is set in it


def self_check() -> SelfCheck:
    """Look at Python, the packages, JupyterLab's widgets, memory and disk, and ask the bundled checkpoint a question.

    Returns:
        What was found; nothing else is raised, whatever is broken.

    Raises:
        ValueError: `ENCODER_LAB_LANGUAGE` names a language the course has no texts in.
    """
    python = Finding(say("self_check.python"))  # an older one has been refused above
    return SelfCheck((python, _check_packages(), _check_widgets(), _check_room(), *_check_checkpoint()))


def explain(error: Exception) -> None:
    """Say why the package does not start: as one sentence to a command, as a note on the error in a notebook.

    Raises:
        SystemExit: it was to run as a command.
    """
    wrong = _check_packages()
    sentence = say("self_check.course_does_not_start", error=wrong.wrong or _first_line(error))
    sentence += ". " + say("self_check.mend", mend=wrong.mend or _advice("self_check.install"))
    if sys.argv[:1] == ["-m"]:  # Python has not found the module yet: its package comes first
        sys.exit(f"Encoder Lab: {sentence}")
    error.add_note(sentence)


def _advice(key: str) -> str:
    """Say how to mend something where this is read: in the course's folder, on a server, in Colab, elsewhere."""
    if "COLAB_RELEASE_TAG" in os.environ:
        place = "colab"
    elif "JUPYTERHUB_USER" in os.environ:
        place = "server"
    else:
        place = "folder" if PROJECT.is_file() else "package"
    return TEXTS["below"](key)[place]


def _check_names() -> Finding:
    """Look for files that would be imported instead of packages, and for another copy of the course."""
    packages = say("self_check.packages")
    for folder in (str(PACKAGE.parent), sys.prefix):
        if os.fsencode(folder) != folder.encode("utf-8", "replace"):
            named = folder.encode("unicode_escape").decode("ascii")
            wrong = say("self_check.folder_name", folder=named)
            return Finding(packages, wrong, say("self_check.rename_folder", folder=named))
    if files := in_the_way(Path.cwd()):
        wrong = say("self_check.in_the_way", file=files[0], name=files[0].stem)
        return Finding(packages, wrong, say("self_check.rename", file=files[0]))
    here = Path.cwd().parent / PACKAGE.name  # of the folder whose notebooks are open
    found = importlib.util.find_spec(PACKAGE.name)
    if "JUPYTERHUB_USER" in os.environ:  # there the code is the server's, whatever was pulled into a home
        return Finding(packages)
    if found and here.is_dir() and not here.samefile(Path(found.origin).parent):
        wrong = say("self_check.other_course", found=Path(found.origin).parent, here=here)
        return Finding(packages, wrong, say("self_check.open_here", folder=here.parent))
    return Finding(packages)


def _check_packages() -> Finding:
    """Compare the installed packages with what the course asks for, and start the largest of them."""
    packages, install = say("self_check.packages"), _advice("self_check.install")
    if (names := _check_names()).wrong:
        return names
    try:
        from packaging.requirements import Requirement

        wanted = [Requirement(line) for line in _read_requirements()]
    except ImportError:
        return Finding(packages, say("self_check.package_missing", name="packaging"), install)
    except OSError as error:
        return Finding(packages, str(error), install)
    problems = []
    for requirement in wanted:
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        name, needed = requirement.name, requirement.specifier
        try:
            have = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            problems.append(say("self_check.package_missing", name=name))
            continue
        if not needed.contains(have, prereleases=True):
            problems.append(say("self_check.other_version", name=name, have=have, needed=needed))
    if problems:
        return Finding(packages, "; ".join(problems), install)
    for name in ("torch", "transformers", "matplotlib"):
        try:
            importlib.import_module(name)
        except Exception as error:  # a broken installation raises anything: ImportError, OSError, AttributeError …
            return Finding(packages, say("self_check.does_not_start", name=name, error=_first_line(error)), install)
    return Finding(packages)


def _read_requirements() -> list:
    """Read what the course asks for: from its folder if this is a clone, else from what was installed.

    Raises:
        OSError: it is neither.
    """
    if PROJECT.is_file():
        import tomllib  # Python 3.11 and newer

        return tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    try:
        return importlib.metadata.requires("encoder_lab") or []
    except importlib.metadata.PackageNotFoundError as error:
        raise OSError(say("self_check.not_installed")) from error


def _check_widgets() -> Finding:
    """Look whether JupyterLab has the two front ends that the course's widgets need."""
    widgets, install = say("self_check.widgets"), _advice("self_check.install")
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        return Finding(widgets, say("self_check.package_missing", name="JupyterLab"), install)
    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    for package, name in LABEXTENSIONS.items():
        if not any((folder / name / "package.json").is_file() for folder in folders):
            return Finding(widgets, say("self_check.no_front_end", name=package), install)
    return Finding(widgets)


def _check_room() -> Finding:
    """Look whether memory and disk have room left."""
    room = say("self_check.room")
    disk = shutil.disk_usage(".").free / 1e9
    if disk < DISK:
        return Finding(room, say("self_check.disk_full", free=disk), say("self_check.make_room"))
    try:
        import psutil
    except ImportError:  # then ipykernel is broken too, and the packages say so
        return Finding(room)
    memory = psutil.virtual_memory().available / 1e9
    if memory < MEMORY:
        wrong = say("self_check.little_memory", free=memory, needed=MEMORY)
        return Finding(room, wrong, say("self_check.close_programs"))
    return Finding(room)


def _check_checkpoint() -> list:
    """Read the bundled checkpoint and ask it a question whose answer is known."""
    reading, asking, install = say("self_check.reading"), say("self_check.asking"), _advice("self_check.install")
    try:
        from encoder_lab import fill_mask, load
        from encoder_lab.folders import UnreadableName
    except Exception as error:  # see _check_packages
        return [Finding(reading, say("self_check.course_does_not_start", error=_first_line(error)), install)]
    try:
        checkpoint = load("fill-mask", "bundled")
    except UnreadableName as error:
        named = str(PACKAGE.parent).encode("unicode_escape").decode("ascii")
        return [Finding(reading, str(error), say("self_check.rename_folder", folder=named))]
    except Exception as error:  # a damaged file raises whatever its reader raises
        return [Finding(reading, _first_line(error), _advice("self_check.restore"))]
    best = fill_mask(checkpoint, TEXT).choices[0][0]
    if best.string == ANSWER and abs(best.probability - PROBABILITY) <= TOLERANCE:
        return [Finding(reading), Finding(asking)]
    wrong = say(
        "self_check.other_answer",
        text=TEXT,
        got=best.string,
        probability=best.probability,
        known=ANSWER,
        known_probability=PROBABILITY,
        tolerance=TOLERANCE,
    )
    return [Finding(reading), Finding(asking, wrong, say("self_check.counts_wrongly", install=install))]


def _first_line(error: Exception) -> str:
    """An error's kind and the first line it says."""
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0][:300]}" if said else type(error).__name__


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):  # a terminal that lacks a sign shows its number; a notebook lacks none
        sys.stdout.reconfigure(errors="backslashreplace")
    found = self_check()
    print(found)
    sys.exit(not found.fine)
