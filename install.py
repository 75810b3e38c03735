"""Makes .venv, the environment that the course runs in, or mends it; `make` asks this before anything else.

What is installed is noted in .venv/installed, by content, so that a folder that was moved or copied is not installed
again. An environment that once worked stays in use where what is newer cannot be fetched.
"""

import hashlib
import os
import re
import runpy
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WANTED = ("requirements.txt", "pyproject.toml", "setup.py", "encoder_lab_threads.pth")  # what is installed, and how
OLDEST = (3, 11)
TORCH = "https://download.pytorch.org/whl/cpu"  # on Linux the usual place brings gigabytes of CUDA

CAUSES = {  # what pip or venv says -> the text that says what it means; the first that is found counts
    "No space left|ENOSPC|disk full": "install.disk",
    "Read-only file system|Permission denied|EACCES": "install.rights",
    "SOCKS support": "install.socks",
    "CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSLError|SSLCertVerification": "install.certificate",
    "ProxyError|Proxy Authentication|Cannot connect to proxy|407 ": "install.proxy",
    "[cC]onnection broken|NewConnectionError|NameResolution|ConnectTimeout|ReadTimeout|Read timed out|"
    "RemoteDisconnected|Failed to establish|Temporary failure|Network is unreachable": "install.network",
}


def say(key: str, **values: object) -> str:
    """Give a text of `texts/en/install.toml`, or of the language in use."""
    return runpy.run_path(str(ROOT / "encoder_lab" / "texts" / "__init__.py"))["say"](key, **values)


def run(command: list[str]) -> str:
    """Run a program, its progress in view; give what it says against it, and "" if it did what it should."""
    variables = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, env=variables, text=True, errors="replace")
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit status {done.returncode}"


def works(python: Path) -> bool:
    """Say whether an environment's Python starts and has pip."""
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0
    except OSError:
        return False


def make(environment: Path, python: Path) -> None:
    """Make an environment whose Python starts: mend it where the same Python is found elsewhere, else make it anew."""
    settings = environment / "pyvenv.cfg"
    version = re.search(r"^version\S* = (\d+\.\d+)", settings.read_text("utf-8"), re.M) if settings.is_file() else None
    if version and (same := shutil.which(f"python{version[1]}")):
        for old in python.parent.glob("python*"):
            old.unlink()
        if not run([same, "-m", "venv", "--without-pip", str(environment)]) and works(python):
            print(say("install.mended"))
            return
    print(say("install.first_time", folder=environment, python=sys.executable), flush=True)
    if wrong := run([sys.executable, "-m", "venv", "--clear", str(environment)]):
        sys.exit(say("install.stopped", cause=cause(wrong)))


def install(environment: Path, python: Path, quiet: bool) -> str:
    """Install what the course needs; give what pip says against it, and "" if all is there."""
    pip = [str(python), "-m", "pip", "install", *(["--quiet"] if quiet else [])]
    wrong = run([*pip, *without_cuda(), "-r", "requirements.txt"])
    wrong = wrong or run([*pip, "--no-build-isolation", "--no-deps", "-e", "."])
    if not wrong:  # an editable installation knows its folder by its whole name; this finds it from where it is
        for packages in (*environment.glob("lib/python*/site-packages"), *environment.glob("Lib/site-packages")):
            (packages / "__encoder_lab_here.pth").write_text(os.path.relpath(ROOT, packages) + "\n", "ascii")
    return wrong


def without_cuda() -> list[str]:
    """Tell pip where PyTorch for the CPU is, if that place answers."""
    if sys.platform != "linux":
        return []
    try:
        urllib.request.urlopen(f"{TORCH}/torch/", timeout=5)
    except (OSError, ValueError):
        return []
    return ["--extra-index-url", TORCH]


def cause(said: str) -> str:
    """Say in a sentence what pip or venv stumbled over; in its own words where that is not known."""
    for pattern, key in CAUSES.items():
        if re.search(pattern, said):
            return say(key)
    return say("install.unknown", last=said.splitlines()[-1][:300])


def main(environment: Path = ROOT / ".venv") -> None:
    """Look whether anything is to be done, and do it."""
    if sys.version_info < OLDEST:
        sys.exit(f"Encoder Lab needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}.")
    for stream in (sys.stdout, sys.stderr):  # a terminal that lacks a sign shows its number
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    note = environment / "installed"
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in WANTED)).hexdigest()
    try:
        worked = note.is_file()
        if not works(python):
            make(environment, python)
            worked = note.is_file()  # made anew, there is none
        if worked and note.read_text("utf-8") == wanted:
            return
        if wrong := install(environment, python, quiet=worked):
            if not worked:
                sys.exit(say("install.stopped", cause=cause(wrong)))
            print(say("install.goes_on", cause=cause(wrong)), file=sys.stderr)
            return
        note.write_text(wanted, "utf-8")
    except OSError as error:
        sys.exit(say("install.stopped", cause=cause(str(error))))
    except KeyboardInterrupt:
        sys.exit(say("install.interrupted"))


if __name__ == "__main__":
    main()
