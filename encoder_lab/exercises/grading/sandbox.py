"""Runs submissions: locked in, in copies of a process that has imported everything already; or, if asked for, not."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Event
from typing import BinaryIO

from encoder_lab.exercises.grading.inside.watch import MOST_SAID, end, watch
from encoder_lab.exercises.grading.system_calls import call_filter
from encoder_lab.exercises.grading.walls import INSIDE, PACKAGE, WRITABLE, environment, walls

_TICK = 0.25  # seconds between two looks at whether to stop
_STARTING = 120  # seconds in which everything must be imported, on a busy machine too
_OWNERLESS = 1_900_000_000  # from here on, user numbers that no system gives to anybody
Cells = list[tuple[int, str]]  # each with its number


class CannotLockIn(Exception):
    """Submissions cannot be locked in here; the message says why."""


class Interrupted(Exception):
    """The grader was stopped; what the submission had answered by then counts for nothing."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How submissions are run, and what each may take."""

    seconds: float = 600.0  # by the clock
    memory: int = 2048  # MiB, of all its processes together
    threads: int = 1  # that compute at the same time
    processes: int = 256  # threads of any kind, its processes' own included
    hidden: tuple[Path, ...] = ()  # must not be seen inside, wherever they lie
    unsafe: bool = False  # not locked in at all: with the rights of whoever grades
    warm: bool = True  # import everything at the start, which is worth it for more than one submission

    def open(self) -> "Locked | Unlocked":
        """Make a place where submissions run, one after the other; it must be closed.

        Raises:
            CannotLockIn: there can be none here.
        """
        return Unlocked(self) if self.unsafe else Locked(self)

    def limits(self) -> dict:
        """Write down the limits for those who keep them."""
        limits = {"seconds": self.seconds, "memory": self.memory * 2**20, "file": WRITABLE, "processes": self.processes}
        limits["cpu"] = int(self.seconds * self.threads) + 1
        return limits | {"package": str(PACKAGE.parent)}


class Locked:
    """A place within the walls."""

    def __init__(self, sandbox: Sandbox) -> None:
        if sys.platform != "linux":
            raise CannotLockIn("this is no Linux")
        self._sandbox, self._as_root = sandbox, os.getuid() == 0
        try:
            self._calls = call_filter().hex()
            command = [*walls(sandbox.hidden, self._as_root), "--", sys.executable, f"{INSIDE}/warm.py"]
        except OSError as error:
            raise CannotLockIn(str(error)) from error
        self._trouble: BinaryIO = TemporaryFile()
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command += [str(theirs.fileno()), str(PACKAGE.parent), "warm" if sandbox.warm else "cold"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self._trouble, stderr=self._trouble,
                pass_fds=[theirs.fileno()], env=environment(sandbox.threads), start_new_session=True,
            )  # fmt: skip
        self._ready = False

    def run(self, cells: Cells, stop: Event) -> tuple[list[bytes], str]:
        """Run a notebook's cells.

        Args:
            cells: (number, source) of each.
            stop: is set by whoever wants the run to end.

        Returns:
            The lines it handed out, which nobody vouches for; and why it was stopped, or "".

        Raises:
            CannotLockIn: it was not even started.
            Interrupted: `stop` was set.
        """
        limits = self._sandbox.limits() | {"calls": self._calls, "user": None}
        if self._as_root:
            limits["user"] = _OWNERLESS + secrets.randbelow(200_000_000)
        if not self._ready:  # not waited for before, so that several get ready at the same time
            self._receive(_STARTING, stop)
            self._ready = True
        with TemporaryFile() as given, TemporaryFile() as said:
            given.write(json.dumps(cells).encode("ascii"))
            given.seek(0)
            with suppress(BrokenPipeError):  # then receiving says why
                socket.send_fds(self._line, [json.dumps(limits).encode("ascii")], [given.fileno(), said.fileno()])
            reply = json.loads(self._receive(self._sandbox.seconds + _STARTING, stop))
            if not reply["begun"]:
                raise CannotLockIn(self._why() or reply["why"] or "a submission's process did not start")
            said.seek(0)
            return said.read(MOST_SAID).splitlines(), reply["why"]

    def close(self) -> None:
        """End everything that runs there."""
        self._line.close()
        self._process.kill()
        self._process.wait()
        self._trouble.close()

    def _receive(self, seconds: float, stop: Event) -> bytes:
        """Wait for a message from within."""
        self._line.settimeout(_TICK)
        last = time.monotonic() + seconds
        while time.monotonic() < last:
            if stop.is_set():
                raise Interrupted
            with suppress(TimeoutError):
                try:
                    if message := self._line.recv(1000):
                        return message
                except ConnectionResetError:
                    pass
                self._process.wait()
                raise CannotLockIn(self._why() or "its process ended")
        raise CannotLockIn(f"nothing was heard from within for {seconds:g} s")

    def _why(self) -> str:
        """Give the last line of what bubblewrap or Python complained about."""
        self._trouble.seek(0)
        lines = self._trouble.read()[-2000:].decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


class Unlocked:
    """No walls at all: each submission is a process with the rights of whoever grades."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def run(self, cells: Cells, stop: Event) -> tuple[list[bytes], str]:
        """Run a notebook's cells; see `Locked.run`."""
        start = self._sandbox.limits() | {"cells": cells}
        start["processes"] = None  # the limit would count those of whoever grades
        command = [sys.executable, str(Path(__file__).with_name("inside") / "runner.py")]
        inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        names = ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "IPYTHONDIR")
        with (
            TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as folder,
            TemporaryFile() as given,
            TemporaryFile() as said,
        ):
            given.write(json.dumps(start).encode("ascii"))
            given.seek(0)
            names = environment(self._sandbox.threads) | inherited | dict.fromkeys(names, folder)
            files = {"stdin": given, "stdout": said, "stderr": subprocess.DEVNULL}
            process = subprocess.Popen(command, **files, cwd=folder, env=names, start_new_session=True)
            try:
                why = watch(_ended(process, stop), process.pid, said.fileno(), start, enclosed=False)
            finally:
                end(process.pid)
                process.wait()
            said.seek(0)
            return said.read(MOST_SAID).splitlines(), why

    def close(self) -> None:
        """Do nothing: nothing is left."""


def _ended(process: subprocess.Popen, stop: Event) -> Callable[[float], bool]:
    """Make the function that waits for a process's end."""

    def ended(seconds: float) -> bool:
        if stop.is_set():
            raise Interrupted
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
        return process.poll() is not None

    return ended
