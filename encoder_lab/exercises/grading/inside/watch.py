"""Watches over a submission's processes: what they hold, how long they run, how much they say; and ends them."""

import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

MOST_SAID = 16 * 2**20  # bytes of all answers of a submission
_TICK = 0.25  # seconds between two looks


def watch(ended: Callable[[float], bool], pid: int, said: int, start: dict, enclosed: bool) -> str:
    """Wait until a submission ends by itself, or give the reason to end it.

    Args:
        ended: waits as many seconds as it is given, and says whether the process has ended.
        pid: the process.
        said: the file that its answers go to.
        start: its limits, `seconds` and `memory` in bytes.
        enclosed: whether the process and its children are those that enclose the submission, not its own.
    """
    last = time.monotonic() + start["seconds"]
    while not ended(_TICK):
        if time.monotonic() > last:
            return f"stopped after {start['seconds']:g} s"
        if os.fstat(said).st_size > MOST_SAID:
            return f"stopped: its answers are larger than {MOST_SAID // 2**20} MiB"
        if _held(pid, enclosed) > start["memory"]:
            return f"stopped: it took more than {start['memory'] // 2**20} MiB"
    return ""


def end(pid: int) -> None:
    """Kill a process and all that are below it, and wait until they are gone."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        for each in family:
            with suppress(psutil.Error):
                each.kill()
        psutil.wait_procs(family, timeout=10)


def _held(pid: int, enclosed: bool) -> int:
    """Count the bytes that processes hold for themselves; 0 where the system does not say."""
    kibibytes = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        spared = {process, *process.children()} if enclosed else set()
        for each in {process, *process.children(recursive=True)} - spared:
            with suppress(OSError):  # ended meanwhile, or a system without /proc
                status = Path(f"/proc/{each.pid}/status").read_text()
                kibibytes += sum(map(int, re.findall(r"^Rss(?:Anon|Shmem):\s+(\d+)", status, re.MULTILINE)))
    return kibibytes * 1024
