"""Does this installation work? Says in words what is wrong and how to mend it.

The module itself needs only Python, so that it can report what else is missing: it also runs as a file,
`python encoder_lab/self_check.py`, or in a notebook as `%run -e ../encoder_lab/self_check.py`.
"""

import importlib
import importlib.metadata
import shutil
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

OLDEST_PYTHON = (3, 11)
TEXT, ANSWER, PROBABILITY, TOLERANCE = "Hello, Mr. Bert! How is it [MASK]", "?", 0.993, 0.005
MEMORY, DISK = 0.5, 0.2  # GB that must be free: to run the course, to save notebooks
PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
LABEXTENSIONS = {"ipywidgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}
INSTALL = (
    "close JupyterLab, delete the folder .venv in the course's folder, and type `make lab` in a terminal there "
    "(without make: the pip lines of the README)"
)


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
            return "All is well: you can begin."
        wrong = sum(bool(finding.wrong) for finding in self.findings)
        return f"{'One thing is' if wrong == 1 else f'{wrong} things are'} wrong; mend the first, then check again."

    def __repr__(self) -> str:
        """Write a line for each finding, two where something is wrong, and the verdict."""
        lines = []
        for finding in self.findings:
            lines.append(f"{finding.what:20}  {finding.wrong or 'fine'}")
            if finding.wrong:
                lines.append(f"{'':20}  To mend it: {finding.mend}.")
        return "\n".join([*lines, self.verdict])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="text-align: left">{escape(finding.what)}</td><td style="text-align: left">'
            + (f"<b>{escape(finding.wrong)}</b><br>To mend it: {escape(finding.mend)}." if finding.wrong else "fine")
            + "</td></tr>"
            for finding in self.findings
        )
        table = f"<table><tbody>{rows}</tbody></table><p>{escape(self.verdict)}</p>"
        return f'<div class="mathjax_ignore tex2jax_ignore">{table}</div>'  # no formula is set in it


def self_check() -> SelfCheck:
    """Look at Python, the packages, JupyterLab's widgets, memory and disk, and ask the bundled checkpoint a question.

    Returns:
        What was found; nothing is raised, whatever is broken.
    """
    python = check_python()
    if python.wrong:
        return SelfCheck((python,))
    return SelfCheck((python, check_packages(), check_widgets(), check_room(), *check_checkpoint()))


def check_python() -> Finding:
    """Look at the version of Python."""
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Finding("Python")
    have, need = (".".join(map(str, version)) for version in (sys.version_info[:2], OLDEST_PYTHON))
    wrong = f"this is Python {have}; the course needs {need} or newer"
    return Finding("Python", wrong, f"install Python {need}, then {INSTALL}")


def check_packages() -> Finding:
    """Compare the installed packages with what the course asks for, and start the largest of them."""
    try:
        from packaging.requirements import Requirement

        wanted = [Requirement(line) for line in read_requirements()]
    except ImportError:
        return Finding("packages", "packaging is missing", INSTALL)
    except OSError as error:
        return Finding("packages", str(error), INSTALL)
    problems = []
    for requirement in wanted:
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            have = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            problems.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(have, prereleases=True):
            problems.append(f"{requirement.name} is {have}, the course needs {requirement.specifier}")
    if problems:
        return Finding("packages", "; ".join(problems), INSTALL)
    for name in ("torch", "transformers", "matplotlib"):
        try:
            importlib.import_module(name)
        except Exception as error:  # a broken installation raises anything: ImportError, OSError, AttributeError …
            return Finding("packages", f"{name} is there but does not start ({first_line(error)})", INSTALL)
    return Finding("packages")


def read_requirements() -> list:
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
        raise OSError("the course's package, encoder_lab, is not installed") from error


def check_widgets() -> Finding:
    """Look whether JupyterLab has the two front ends that the course's widgets need."""
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        return Finding("JupyterLab's widgets", "JupyterLab is missing", INSTALL)
    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    for package, name in LABEXTENSIONS.items():
        if not any((folder / name / "package.json").is_file() for folder in folders):
            return Finding("JupyterLab's widgets", f"the page has no front end for {package}", INSTALL)
    return Finding("JupyterLab's widgets")


def check_room() -> Finding:
    """Look whether memory and disk have room left."""
    disk = shutil.disk_usage(".").free / 1e9
    if disk < DISK:
        wrong = f"the disk has {disk:.2f} GB left, too little to save notebooks"
        return Finding("memory and disk", wrong, "make room on it, then check again")
    try:
        import psutil
    except ImportError:  # then ipykernel is broken too, and the packages say so
        return Finding("memory and disk")
    memory = psutil.virtual_memory().available / 1e9
    if memory < MEMORY:
        mend = "close other programs, and other notebooks with Kernel > Shut Down All Kernels"
        return Finding("memory and disk", f"{memory:.2f} GB of memory are free; the course needs {MEMORY}", mend)
    return Finding("memory and disk")


def check_checkpoint() -> list:
    """Read the bundled checkpoint and ask it a question whose answer is known."""
    reading, asking = "bundled checkpoint", "a known answer"
    try:
        from encoder_lab import fill_mask, load
    except Exception as error:  # see check_packages
        wrong = f"encoder_lab does not start ({first_line(error)})"
        return [Finding(reading, wrong, INSTALL)]
    try:
        checkpoint = load("fill-mask", "bundled")
    except Exception as error:  # a damaged file raises whatever its reader raises
        mend = "type `git restore encoder_lab/bundled` in a terminal in the course's folder, or clone the course again"
        return [Finding(reading, first_line(error), mend)]
    best = fill_mask(checkpoint, TEXT).choices[0][0]
    if best.string == ANSWER and abs(best.probability - PROBABILITY) <= TOLERANCE:
        return [Finding(reading), Finding(asking)]
    wrong = (
        f"{TEXT!r} gives {best.string!r} with {best.probability:.4f} "
        f"instead of {ANSWER!r} with {PROBABILITY} (give or take {TOLERANCE})"
    )
    return [Finding(reading), Finding(asking, wrong, f"PyTorch counts wrongly here: {INSTALL}")]


def first_line(error: Exception) -> str:
    """An error's kind and the first line it says."""
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0][:300]}" if said else type(error).__name__


if __name__ == "__main__":
    found = self_check()
    print(found)
    sys.exit(not found.fine)
