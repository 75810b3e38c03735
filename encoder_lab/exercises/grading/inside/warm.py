"""Stays warm within the walls: it imports everything once, and each submission runs in a copy of this process.

The walls, bubblewrap's, keep submissions from the machine; what is done here keeps them from each other and from this
process. A copy gets processes, messages and folders to write to of its own, gives up every right and every call it
does not need, and ends with all that it has started before the next one begins. Nothing that a submission has written
is ever read here.
"""

import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from runner import limit, run  # these lie beside this file
from watch import end, watch

_MODULES = ("IPython.core.interactiveshell", "matplotlib.pyplot", "torch", "transformers", "encoder_lab")
_PARTS = ("explore", "few_shot", "grow", "interventions", "metrics", "plots", "samples")
_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_FOLDERS, _NEW_MESSAGES, _NEW_PROCESSES = 0x00020000, 0x08000000, 0x20000000  # CLONE_NEWNS, _NEWIPC, _NEWPID
_NOSUID, _NODEV, _NOEXEC, _PRIVATE = 2, 4, 8, 0x4000 | 0x40000  # of mount(2); the last with MS_REC
_DIE_WITH_PARENT, _DUMPABLE, _SECCOMP, _NO_NEW_PRIVILEGES = 1, 4, 22, 38  # of prctl(2)


class _Program(ctypes.Structure):
    _fields_ = [("steps", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def main() -> None:
    """Import what submissions will, then run one after the other until nobody asks any more."""
    line = socket.socket(fileno=int(sys.argv[1]))
    sys.path[0] = sys.argv[2]
    if sys.argv[3] == "warm":
        _warm_up()
    gc.freeze()  # what is here now is never looked through again, so copies go on sharing it
    line.send(b"ready")
    while True:
        limits, files, _, _ = socket.recv_fds(line, 2**16, 2)
        if not limits:
            return
        line.send(json.dumps(_serve(json.loads(limits), *files)).encode("ascii"))
        for file in files:
            os.close(file)


def _warm_up() -> None:
    """Import what the course's notebooks import, and what loading its checkpoints does."""
    for name in (*_MODULES, *(f"encoder_lab.{part}" for part in _PARTS)):
        importlib.import_module(name)
    state = sys.modules["torch"].get_rng_state()
    for task in sys.modules["encoder_lab"].TASKS:
        with suppress(OSError, ValueError):  # a source without it; whoever needs it will be told
            sys.modules["encoder_lab"].load(task)
    sys.modules["torch"].set_rng_state(state)  # chance begins where it does in a fresh kernel


def _serve(start: dict, given: int, said: int) -> dict:
    """Run one submission in a copy of this process.

    Args:
        start: its limits.
        given: the file with its cells. Only the copy reads it: what this process reads, later copies could find.
        said: the file that its answers go to.

    Returns:
        Why it was stopped, or ""; and whether its own code was reached at all.
    """
    reading, begun = os.pipe()
    os.set_blocking(reading, False)
    copy = os.fork()
    if copy == 0:
        try:
            _enclose(start, given, said, begun)
        except BaseException:
            traceback.print_exc()  # to whoever grades; a submission's own standard error goes nowhere
        finally:
            os._exit(1)
    os.close(begun)
    handle = os.pidfd_open(copy)
    why = watch(lambda seconds: bool(select.select([handle], [], [], seconds)[0]), copy, said, start, enclosed=True)
    end(copy)
    with suppress(ChildProcessError):
        os.waitpid(copy, 0)
    os.close(handle)
    with suppress(BlockingIOError):
        told = os.read(reading, 1)
    os.close(reading)
    return {"why": why, "begun": told == b"1"}


def _enclose(start: dict, given: int, said: int, begun: int) -> None:
    """Raise the inner walls and run the submission; never returns."""
    os.setsid()
    kept = sorted({0, 1, 2, given, said, begun})
    for low, high in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(low + 1, high)
    _demand(_LIBC.unshare(_NEW_FOLDERS | _NEW_MESSAGES | _NEW_PROCESSES))
    if first := os.fork():
        os.waitpid(first, 0)
        os._exit(0)
    # The first of the new processes: when it ends, the kernel ends all others, however they hide.
    _demand(_LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0))
    _demand(_LIBC.mount(None, b"/", None, _PRIVATE, None))
    for place in (os.environb[b"TMPDIR"], b"/dev/shm"):
        size = b"size=%d,mode=1777" % start["file"]
        _demand(_LIBC.mount(b"tmpfs", place, b"tmpfs", _NOSUID | _NODEV, size))
    _demand(_LIBC.mount(b"proc", b"/proc", b"proc", _NOSUID | _NODEV | _NOEXEC, None))
    os.chdir(os.environ["TMPDIR"])
    if second := os.fork():
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        while os.wait()[0] != second:
            pass
        os._exit(0)
    Path("/proc/self/oom_score_adj").write_text("1000")  # where the machine's memory is full, this goes, not the grader
    _give_up_rights(start)
    with os.fdopen(given, "rb") as file:
        start["cells"] = json.load(file)
    run(start, said, begun)


def _give_up_rights(start: dict) -> None:
    """Become a user who owns nothing, without any privilege, with few calls to the kernel and with limits."""
    if (user := start["user"]) is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    version, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _demand(_LIBC.capset(version, nothing))
    _demand(_LIBC.prctl(_DUMPABLE, 1, 0, 0, 0))
    limit(start)
    calls = bytes.fromhex(start["calls"])
    _demand(_LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _demand(_LIBC.prctl(_SECCOMP, 2, ctypes.byref(_Program(len(calls) // 8, calls)), 0, 0))
    state = dict(each.split(":\t") for each in Path("/proc/self/status").read_text().splitlines() if ":\t" in each)
    held = [int(state[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")]
    if any(held) or state["Seccomp"] != "2" or state["NoNewPrivs"] != "1" or os.getuid() == 0:
        raise PermissionError(f"rights were not given up: {state}")


def _demand(result: int) -> None:
    """Stop where the kernel has refused."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main()
