"""Starts a process that is not trusted, and ends it together with everything it has started."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# What the runner may know of the instructor's environment: enough to start Python and find a checkpoint, no secrets.
PASSED_ON = (
    "APPDATA", "ENCODER_LAB_SOURCE", "HF_HOME", "HF_HUB_CACHE", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH",
    "LOCALAPPDATA", "OMP_NUM_THREADS", "PATH", "SYSTEMROOT", "USERPROFILE",
)  # fmt: skip


@contextmanager
def contained(command: list[str], folder: Path) -> Iterator[subprocess.Popen]:
    """Run a command with pipes to it; afterwards kill it and its descendants.

    On Linux descendants that left the process group are found too, because this process adopts orphans meanwhile; on
    macOS those may stay, and on Windows all descendants may.

    Args:
        command: the program and its arguments.
        folder: where it works and keeps its temporary files.

    Yields:
        The process.
    """
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP", "IPYTHONDIR"), str(folder))
    environment |= {"MPLBACKEND": "agg", "TOKENIZERS_PARALLELISM": "false"}
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    before = _children()
    _adopt_orphans(True)
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=nowhere, cwd=folder, env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        if sys.platform == "win32":
            process.kill()
        else:
            with suppress(ProcessLookupError, PermissionError):  # gone already, or (macOS) nothing but zombies left
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        while strangers := _children() - before:
            for child in strangers:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                with suppress(ChildProcessError):
                    os.waitpid(child, 0)
        _adopt_orphans(False)


def _adopt_orphans(yes: bool) -> None:
    """Ask Linux to make orphaned descendants children of this process; elsewhere nothing can be asked."""
    if sys.platform == "linux":
        set_child_subreaper = 36  # from <sys/prctl.h>
        ctypes.CDLL(None).prctl(set_child_subreaper, int(yes), 0, 0, 0)


def _children() -> set[int]:
    """List this process's children that left its terminal group, as the runner and its orphans do (Linux only)."""
    found = set()
    if sys.platform != "linux":
        return found
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # ended meanwhile
                fields = (entry / "stat").read_text().rpartition(")")[2].split()  # after "pid (name)"
                parent, group = int(fields[1]), int(fields[3])
                if parent == os.getpid() and group != os.getsid(0):
                    found.add(int(entry.name))
    return found
