"""Runs one student's notebook, with nothing of the exercises at hand.

It knows no check and no right answer: `check.<name>(answer)` writes the answer down as a line of JSON. So whatever the
notebook does to this process, all it can do is give an answer. Cells that fail are skipped; what they print goes
nowhere.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

from wire import LIMIT, pack  # beside this file; the package itself is not imported here


class _Recorder:
    """Stands in for `check`: writes each answer down instead of judging it."""

    def __init__(self, write: Callable[[dict], None]) -> None:
        self._write = write

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("_"):
            raise AttributeError(name)

        def check(answer: object = ...) -> None:
            self._record(name, answer)

        check.hint = check.solution = _nothing  # a cell that asks for help is no failure
        return check

    def progress(self) -> None:
        """Show nothing: nothing is judged here."""

    def _record(self, name: str, answer: object) -> None:
        """Write an answer; one that resists, or is too large, goes by its type's name."""
        try:
            packed = pack(answer)
        except Exception:  # recursion, and whatever a student's own class may raise
            packed = {"other": type(answer).__name__}
        self._write({"exercise": name, "answer": packed})


def _nothing() -> None:
    """Help nobody: neither hints nor solutions are at hand."""


def run(start: dict, said: int, begun: int | None = None) -> None:
    """Run the cells one after the other, say which failed, and end this process.

    Args:
        start: `cells`, each with its number, and the folder of the `package`.
        said: the file that answers are written to.
        begun: a pipe that is told when the submission's own code comes next, and is then closed.
    """
    write = _write_to(said)
    sys.path[0] = start["package"]  # in the place of this file's folder
    stand_in = ModuleType("encoder_lab.exercises")  # has no path, so the checks and solutions below it are out of reach
    stand_in.check = _Recorder(write)
    sys.modules[stand_in.__name__] = stand_in
    shell = _make_shell()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    if begun is not None:
        os.write(begun, b"1")
        os.close(begun)
    for number, source in start["cells"]:
        result = shell.run_cell(source, store_history=False, silent=True)
        if not result.success:
            error = result.error_before_exec or result.error_in_exec
            write({"failed": number, "error": type(error).__name__})
    write({"finished": True})
    os._exit(0)  # at once, whatever threads the notebook has left running


def limit(start: dict) -> None:
    """Limit what this process and its children may take, as far as the system can."""
    if sys.platform == "win32":
        return
    import resource

    limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: start["file"], resource.RLIMIT_CPU: start["cpu"]}
    limits[resource.RLIMIT_NOFILE] = 256
    if sys.platform == "linux":
        limits[resource.RLIMIT_DATA] = start["memory"]  # not the address space: libraries map far more than they use
        if start["processes"]:
            limits[resource.RLIMIT_NPROC] = start["processes"]
    for kind, most in limits.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _write_to(descriptor: int) -> Callable[[dict], None]:
    """Make the function that writes a message as one line."""

    def write(message: dict) -> None:
        line = json.dumps(message).encode("ascii") + b"\n"
        if len(line) > LIMIT:
            line = json.dumps(message | {"answer": {"other": "answer that is too large"}}).encode("ascii") + b"\n"
        os.write(descriptor, line)

    return write


def _make_shell():
    """Make the IPython shell that runs the cells, magics included."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        """A shell without a screen."""

        def enable_gui(self, gui: str | None = None) -> None:
            """Do nothing: there is no window to draw in."""

        @contextmanager
        def _tee(self, channel: str) -> Iterator[None]:
            """Keep nothing of what is printed; IPython 9 would keep it all, until the memory is full."""
            yield

    config = Config()
    config.HistoryManager.enabled = False
    return Shell.instance(config=config)


if __name__ == "__main__":  # not locked in: what is to be run comes over standard input, answers go to standard output
    told = json.load(sys.stdin)
    limit(told)
    run(told, os.dup(1))
