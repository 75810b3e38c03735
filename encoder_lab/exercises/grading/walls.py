"""What a submission can see of the machine: bubblewrap's arguments, and the environment inside.

There is Python with its packages, this package without its exercises, and two folders in memory to write to. There
is no network, no home, no other process, and nothing of the environment, the other submissions or the solutions.
"""

import os
import shutil
import site
import sys
from collections.abc import Iterable
from pathlib import Path

import encoder_lab

PACKAGE = Path(encoder_lab.__file__).parent
WRITABLE = 256 * 2**20  # bytes in each of the folders that a submission can write to, and of a file
INSIDE = "/grading"  # where the files are that run submissions
_HOME = "/student"  # nothing is in it


def walls(hidden: Iterable[Path], as_root: bool) -> list[str]:
    """Write the command that locks in whatever command follows it.

    Root must have no user namespace: inside, it would still be root to the kernel's own files in `/proc/sys`. It needs
    none either; the runner gives the submission a user number that owns nothing.

    Args:
        hidden: files and folders that must not be seen, in case they lie below one that can.
        as_root: whether this process is root.

    Raises:
        OSError: there is no bubblewrap.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise OSError("there is no bubblewrap here")
    words = [program, "--die-with-parent", "--new-session", "--hostname", "lab", "--unshare-pid", "--unshare-net"]
    words += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"]
    rights = ["CAP_SYS_ADMIN", *(["CAP_SETUID", "CAP_SETGID"] if as_root else [])]  # submissions get none of them
    words += [word for right in rights for word in ("--cap-add", right)] + ([] if as_root else ["--unshare-user"])
    words += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", *_system(), "--dir", _HOME]
    seen = _seen()
    for place in seen:
        words += _bind(place, place)
    for place in (PACKAGE / "exercises", Path("/usr/share/fonts"), *hidden):
        for root in seen:
            if place.exists() and place.resolve().is_relative_to(root.resolve()):
                words += _cover(root / place.resolve().relative_to(root.resolve()))
    words += _bind(Path(__file__).with_name("inside"), Path(INSIDE))
    scratch = _scratch()
    for place in (scratch, "/dev/shm"):
        words += ["--perms", "1777", "--size", str(WRITABLE), "--tmpfs", place]
    return [*words, "--remount-ro", "/", "--chdir", scratch]


def environment(threads: int) -> dict[str, str]:
    """Write the environment inside; bubblewrap itself must have no other, since its own could be read there."""
    source = os.environ.get("ENCODER_LAB_SOURCE")
    scratch = _scratch()
    names = {"HOME": _HOME, "USER": "student", "LOGNAME": "student", "LANG": "C.UTF-8", "TMPDIR": scratch}
    names |= {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    names |= {"MPLBACKEND": "agg", "MPLCONFIGDIR": f"{scratch}/.matplotlib", "IPYTHONDIR": f"{scratch}/.ipython"}
    names |= {"ENCODER_LAB_SOURCE": source} if source else {}
    names |= {"PYTHONPATH": _user_packages()[0]} if _user_packages() else {}
    names |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    return names | {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_CACHE": str(_hub_cache())}


def _seen() -> list[Path]:
    """List the folders that can be read: the system's, Python's, the package and where checkpoints are read from."""
    return _outermost([Path("/usr"), *_python(), *_sources(), PACKAGE])


def _scratch() -> str:
    """Name the folder that can be written to: /tmp, unless something that is read lies there."""
    return "/scratch" if any(place.is_relative_to("/tmp") for place in _seen()) else "/tmp"


def _system() -> list[str]:
    """Show the C library and its like where programs look for them."""
    words = []
    for place in (Path("/", name) for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32")):
        if place.is_symlink():
            words += ["--symlink", os.readlink(place), str(place)]
        elif place.exists():
            words += _bind(place, place)
    words += ["--dir", "/etc"]
    for place in ("/etc/ld.so.cache", "/etc/alternatives"):
        words += ["--ro-bind-try", place, place]
    return words


def _python() -> list[Path]:
    """List the folders that Python and its packages are in."""
    program = Path(sys.executable).resolve().parents[1]  # what links of several steps lead to
    return [Path(sys.prefix), Path(sys.base_prefix), program, *map(Path, _user_packages())]


def _user_packages() -> list[str]:
    """Give the folder of packages that were installed for this user alone, if it is in use."""
    folder = site.getusersitepackages()
    return [folder] if folder in sys.path else []


def _sources() -> list[Path]:
    """List the folders that checkpoints are read from, where they are not this package's."""
    source = os.environ.get("ENCODER_LAB_SOURCE", "")
    places = [_hub_cache()] if source == "hub" else [Path(source)] if source else []
    return [place.absolute() for place in places if place.is_dir()]


def _hub_cache() -> Path:
    """Give the folder of what was downloaded from the hub; the key to one's account there is beside it, not in it."""
    home = os.environ.get("HF_HOME") or "~/.cache/huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or f"{home}/hub").expanduser()


def _outermost(places: Iterable[Path]) -> list[Path]:
    """Leave out what lies below another place."""
    kept: list[Path] = []
    for place in sorted(set(places), key=lambda place: len(place.parts)):
        if not any(place.is_relative_to(each) for each in kept):
            kept.append(place)
    return kept


def _bind(place: Path, inside: Path) -> list[str]:
    """Show a file or folder, to be read only; the folders above it are made so that any user may pass."""
    above = [word for folder in reversed(inside.parents[:-1]) for word in ("--dir", str(folder))]
    return [*above, "--ro-bind", str(place), str(inside)]


def _cover(inside: Path) -> list[str]:
    """Put nothing in the place of a file or folder."""
    if not inside.is_dir():
        return ["--ro-bind", os.devnull, str(inside)]
    return ["--tmpfs", str(inside), "--remount-ro", str(inside)]
