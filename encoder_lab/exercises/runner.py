"""Runs one student's notebook, in a process of its own; started by the grader, by this file's path.

It knows no check and no right answer: `check.<name>(answer)` hands the answer to the grader through a pipe, and serves
the grader's calls if the answer is a function. So whatever the notebook does to this process, all it can do is give an
answer. Cells that fail are skipped; what they print goes nowhere.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import BinaryIO

from wire import LIMIT, pack, unpack  # beside this file; the package itself is not imported here


class Channel:
    """One JSON object a line, to and from the grader."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming, self._outgoing = incoming, outgoing

    def send(self, message: dict) -> None:
        """Write one message."""
        line = json.dumps(message).encode("ascii") + b"\n"
        if len(line) > LIMIT:
            line = json.dumps(message | {"answer": {"other": "answer that is too large"}}).encode("ascii") + b"\n"
        self._outgoing.write(line)
        self._outgoing.flush()

    def receive(self) -> dict:
        """Read one message; without a grader there is nothing left to do."""
        line = self._incoming.readline()
        if not line:
            os._exit(1)
        return json.loads(line)


class Recorder:
    """Stands in for `check`: hands each answer over instead of judging it."""

    def __init__(self, channel: Channel) -> None:
        self._channel, self._process, self._busy = channel, os.getpid(), False

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda answer=...: self._hand_over(name, answer)

    def _hand_over(self, name: str, answer: object) -> None:
        """Send an answer, then call its functions for the grader until the verdict is reached."""
        if os.getpid() != self._process:
            os._exit(0)  # a copy of the process that the notebook made; one speaks, the others stop here
        if self._busy:
            return  # a check inside a function that is being checked
        self._busy = True
        try:
            functions: list[Callable] = []

            def keep(function: Callable) -> int:
                functions.append(function)
                return len(functions) - 1

            self._channel.send({"exercise": name, "answer": _packed(answer, keep)})
            while "judged" not in (message := self._channel.receive()):
                self._channel.send(_call(functions[message["function"]], message["arguments"]))
        finally:
            self._busy = False


def _packed(value: object, keep: Callable | None = None) -> object:
    """Pack a value; one that resists is handed over by its type's name."""
    try:
        return pack(value, keep)
    except Exception:
        return {"other": type(value).__name__}


def _call(function: Callable, arguments: list) -> dict:
    """Call a student's function for the grader."""
    try:
        return {"answer": _packed(function(*(unpack(argument) for argument in arguments)))}
    except (Exception, SystemExit) as error:
        return {"raised": f"{type(error).__name__}: {str(error)[:300]}"}


def _limit(memory: int) -> None:
    """Limit what this process may take, as far as the system can; see the package's exercises/README.md."""
    if sys.platform == "win32":
        return
    import resource

    limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 2**30}  # no file over 1 GiB
    if sys.platform == "linux":  # the data segment, not the address space: libraries map far more than they use
        limits[resource.RLIMIT_DATA] = memory * 2**20
    for kind, most in limits.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


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


def main() -> None:
    """Read the cells, run them one after the other, and say which failed."""
    channel = Channel(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)

    start = channel.receive()
    sys.path[0] = start["package"]  # in the place of this file's folder
    stand_in = ModuleType("encoder_lab.exercises")  # has no path, so the checks and solutions below it are out of reach
    stand_in.check = Recorder(channel)
    sys.modules[stand_in.__name__] = stand_in
    shell = _make_shell()
    _limit(start["memory"])
    channel.send({"started": True})

    failed = []
    for number, source in start["cells"]:
        if not shell.run_cell(source, store_history=False, silent=True).success:
            failed.append(number)
    channel.send({"finished": failed})
    os._exit(0)  # at once, whatever threads the notebook has left running


if __name__ == "__main__":
    main()
