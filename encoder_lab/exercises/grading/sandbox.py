"""Runs one submission, locked in: with limits, and with an end for everything it has started."""

import json
import os
import re
import secrets
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Event

import psutil

from encoder_lab.exercises.grading.system_calls import call_filter
from encoder_lab.exercises.grading.walls import INSIDE, PACKAGE, WRITABLE, environment, walls

_MOST_SAID = 16 * 2**20  # bytes of all answers of a submission
_TICK = 0.25  # seconds between two looks at a submission
_OWNERLESS = 1_900_000_000  # from here on, user numbers that no system gives to anybody


class CannotLockIn(Exception):
    """Submissions cannot be locked in here; the message says why."""


class Interrupted(Exception):
    """The grader was stopped; what the submission had answered by then counts for nothing."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How submissions are run, and what each may take."""

    seconds: float = 300.0  # by the clock
    memory: int = 2048  # MiB, of all its processes together
    threads: int = 1  # that compute at the same time
    processes: int = 256  # threads of any kind, its processes' own included
    hidden: tuple[Path, ...] = ()  # must not be seen inside, wherever they lie
    unsafe: bool = False  # not locked in at all: with the rights of whoever grades

    def run(self, cells: list[tuple[int, str]], stop: Event) -> tuple[list[bytes], str]:
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
        start = {"cells": cells, "package": str(PACKAGE.parent), "file": WRITABLE, "memory": self.memory * 2**20}
        start |= {"cpu": int(self.seconds * self.threads) + 1, "processes": self.processes, "user": None, "ready": None}
        with ExitStack() as opened:
            given, said, trouble, calls = (opened.enter_context(TemporaryFile()) for _ in range(4))
            options = {"stdin": given, "stdout": said, "stderr": trouble, "start_new_session": True}
            if self.unsafe:
                command = [sys.executable, str(Path(__file__).with_name("runner.py"))]
                folder = opened.enter_context(TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True))
                options |= {"cwd": folder, "env": _own_environment(self.threads, folder)}
                start["processes"] = None  # the limit would count those of whoever grades
            else:
                if os.getuid() == 0:
                    start["user"] = _OWNERLESS + secrets.randbelow(200_000_000)
                reading, start["ready"] = os.pipe()
                opened.callback(os.close, reading)
                opened.callback(os.close, start["ready"])
                os.set_blocking(reading, False)
                try:
                    calls.write(call_filter())
                    lock = [*walls(self.hidden, start["user"] is not None), "--seccomp", str(calls.fileno())]
                except OSError as error:
                    raise CannotLockIn(str(error)) from error
                command = [*lock, "--", sys.executable, f"{INSIDE}/runner.py"]
                options |= {"pass_fds": [calls.fileno(), start["ready"]], "env": environment(self.threads)}
            given.write(json.dumps(start).encode("ascii"))
            for file in (given, calls):
                file.seek(0)
            process = subprocess.Popen(command, **options)
            try:
                why = self._watch(process, said.fileno(), stop)
            finally:
                _end(process)
            for file in (said, trouble):
                file.seek(0)
            if not self.unsafe and not _has_begun(reading):
                words = trouble.read(2000).decode(errors="replace").strip().splitlines()
                raise CannotLockIn(why or (words[-1] if words else "its process did not start"))
            return said.read(_MOST_SAID).splitlines(), why

    def _watch(self, process: subprocess.Popen, said: int, stop: Event) -> str:
        """Wait until a run ends by itself, or give the reason to end it."""
        end = time.monotonic() + self.seconds
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=_TICK)
                return ""
            if stop.is_set():
                raise Interrupted
            if time.monotonic() > end:
                return f"stopped after {self.seconds:g} s"
            if os.fstat(said).st_size > _MOST_SAID:
                return f"stopped: its answers are larger than {_MOST_SAID // 2**20} MiB"
            if _held(process.pid) > self.memory * 2**20:
                return f"stopped: it took more than {self.memory} MiB"


def _own_environment(threads: int, folder: str) -> dict[str, str]:
    """Write the environment of a submission that is not locked in."""
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    places = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "IPYTHONDIR"), folder)
    return environment(threads) | inherited | places


def _has_begun(reading: int) -> bool:
    """Say whether the runner came as far as the submission's own code; that code has no way to this pipe."""
    with suppress(BlockingIOError):
        return os.read(reading, 1) == b"1"
    return False


def _family(pid: int) -> list[psutil.Process]:
    """List a process and all that come from it and are still below it."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def _held(pid: int) -> int:
    """Count the bytes that a process and its descendants hold for themselves; 0 where the system does not say."""
    kibibytes = 0
    for process in _family(pid) if sys.platform == "linux" else []:
        with suppress(OSError):  # ended meanwhile
            status = Path(f"/proc/{process.pid}/status").read_text()
            kibibytes += sum(map(int, re.findall(r"^Rss(?:Anon|Shmem):\s+(\d+)", status, re.MULTILINE)))
    return kibibytes * 1024


def _end(process: subprocess.Popen) -> None:
    """Kill a process and its descendants; with bubblewrap, those that left the family too."""
    for each in _family(process.pid):
        with suppress(psutil.Error):
            each.kill()
    process.wait()
