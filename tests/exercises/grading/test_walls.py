"""Submissions that attack the machine and whoever grades: nothing can be seen, written, reached or left running."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from threading import Event

import psutil
import pytest

import encoder_lab
from encoder_lab.exercises.grading import walls
from encoder_lab.exercises.grading.inside.wire import unpack
from encoder_lab.exercises.grading.sandbox import Sandbox
from tests.exercises.grading.notebooks import IMPORT

pytestmark = pytest.mark.usefixtures("locked_in")
SECRET = "hf_the_key_of_whoever_grades"


def probe(cell: str, **options) -> object:
    """Run a cell locked in, and give what it hands to `check.probe`."""
    with closing(Sandbox(seconds=60, warm=False, **options).open()) as place:
        lines, why = place.run([(0, IMPORT), (1, cell)], Event())
    messages = [json.loads(line) for line in lines]
    answers = [unpack(message["answer"]) for message in messages if message.get("exercise") == "probe"]
    assert answers, (messages, why)
    return answers[-1]


def attempts(*calls: str) -> str:
    """Write a cell that makes each call and hands over which of them came through."""
    return (
        "import ctypes, os, socket, subprocess, sys\nfrom pathlib import Path\n"
        "libc, came_through = ctypes.CDLL(None), []\n"
        + "".join(f"try: {call}; came_through.append({call!r})\nexcept BaseException: pass\n" for call in calls)
        + "check.probe(came_through)"
    )


# Three that stand for all: they are in `make test`.


def test_neither_solutions_nor_anybody_else_s_work_can_be_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", SECRET)
    (tmp_path / "other.ipynb").write_text("another student's work")
    beside = Path(sys.prefix) / "share" / f"handed-in-{os.getpid()}"  # where an installation is, which can be seen
    beside.mkdir(parents=True)
    elsewhere = [tmp_path, beside / "other.ipynb", Path.home() / ".ssh", Path("/etc/shadow")]
    try:
        (beside / "other.ipynb").write_text("another student's work")
        found = probe(
            "import os, encoder_lab\nfrom pathlib import Path\nhere = Path(encoder_lab.__file__).parent\n"
            "def readable(path):\n    try: return Path(path).read_bytes()\n    except OSError: return b''\n"
            "numbers = [name for name in os.listdir('/proc') if name.isdigit()]\n"
            "environments = b''.join(readable(f'/proc/{number}/environ') for number in numbers)\n"
            f"places = {[str(place) for place in elsewhere]}\n"
            "check.probe([os.listdir(here / 'exercises'), [place for place in places if os.path.exists(place)],\n"
            "    os.listdir(os.environ['HOME']), len(numbers) < 5,\n"
            f"    {SECRET!r} in str(os.environ) + str(environments), (here.parent / 'notebooks').exists()])",
            hidden=(beside,),
        )
    finally:
        (beside / "other.ipynb").unlink()
        beside.rmdir()
    assert found == [[], [], [], True, False, False]


def test_no_network_and_no_socket_of_the_host():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        abstract.bind(f"\0grader-{os.getpid()}")
        abstract.listen()
        calls = [
            f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=2)",
            f"socket.socket(socket.AF_UNIX).connect('\\0grader-{os.getpid()}')",
            "socket.create_connection(('1.1.1.1', 53), timeout=2)",
            "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('1.1.1.1', 53))",
            "socket.socket(40, socket.SOCK_STREAM).connect((2, 22))",  # vsock: to the host of a virtual machine
            "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
            "urllib.request.urlopen('http://1.1.1.1', timeout=2)",
        ]
        assert probe("import urllib.request\n" + attempts(*calls)) == []


def test_whatever_was_started_ends_with_the_run():
    mark = f"7{os.getpid()}{time.monotonic_ns() % 10**6}"
    starts = [
        f"subprocess.Popen(['sleep', '{mark}'])",
        f"subprocess.Popen(['sleep', '{mark}'], start_new_session=True)",
        f"subprocess.Popen(['sh', '-c', 'setsid sleep {mark} & exit'])",
    ]
    assert probe(f"import time\n{attempts(*starts)}\ntime.sleep(0.5)\ncheck.probe(came_through)") == starts
    end = time.monotonic() + 10
    while any(
        mark in process.info["cmdline"] for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"]
    ):
        assert time.monotonic() < end, "still running"


# All the others.


@pytest.mark.more
def test_the_next_submission_finds_nothing_of_the_one_before():
    leave = "import os, subprocess\nfor name in ('left', '/dev/shm/left'): open(name, 'w').write('x')\n"
    leave += "subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
    look = "import os\ncheck.probe(['left' in os.listdir(), os.listdir('/dev/shm'), len(os.listdir('/proc/1/task')),\n"
    look += "    sum(name.isdigit() for name in os.listdir('/proc'))])"
    with closing(Sandbox(seconds=60, warm=False).open()) as place:
        for cells, wanted in ((leave + look, [True, ["left"], 1, 3]), (look, [False, [], 1, 2])):
            lines, _ = place.run([(0, IMPORT), (1, cells)], Event())
            [answer] = [unpack(json.loads(line)["answer"]) for line in lines if b"probe" in line]
            assert answer == wanted


@pytest.mark.more
def test_nothing_can_be_written_but_in_memory():
    package = Path(encoder_lab.__file__).parent
    places = [
        package,
        package / "exercises",
        package / "bundled",
        sys.prefix,
        sys.base_prefix,
        "/usr",
        "/etc",
        "/",
        "/dev",
    ]
    places += ["/student", "/grading", "/proc/sys/kernel"]
    calls = [f"open({str(Path(place) / 'x')!r}, 'w')" for place in places]
    calls += [f"open({name!r}, 'w').write('x')" for name in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger")]
    calls += [f"os.remove({str(package / '__init__.py')!r})", f"os.rename({str(package)!r}, 'x')"]
    before = Path("/dev/null").stat().st_mode
    if os.getuid() == 0:  # otherwise the device is nobody's inside, and a change of its mode fails like all these
        calls.append("os.chmod('/dev/null', 0o600)")
    assert probe(attempts(*calls)) == []
    assert Path("/dev/null").stat().st_mode == before
    allowed = ["open('x', 'w').write('x')", "open('/dev/shm/x', 'w').write('x')"]
    assert probe(attempts(*allowed)) == allowed


@pytest.mark.more
def test_no_way_round_by_the_kernel():
    calls = [
        "os.memfd_create('x')", "os.setuid(0)", "os.nice(-5)",
        "libc.unshare(0x10000000) + 1 or 1 / 0", "libc.unshare(0x00020000) + 1 or 1 / 0",
        "libc.setns(0, 0) + 1 or 1 / 0",
        "libc.shmget(0, 4096, 0o1600) + 1 or 1 / 0", "libc.ptrace(16, 1, 0, 0) + 1 or 1 / 0",
        "libc.mount(b'x', b'/tmp', b'tmpfs', 0, 0) + 1 or 1 / 0", "libc.umount2(b'/tmp', 2) + 1 or 1 / 0",
        "os.chroot('/tmp')", "os.listdir('/sys')", "open('/dev/mem')", "open('/dev/kmsg')", "os.listdir('/run')",
        "open(f'/proc/1/mem', 'rb').read(1)",
    ]  # fmt: skip
    if os.uname().machine == "x86_64":
        calls += ["libc.syscall(250, 0, -3, 0) + 1 or 1 / 0", "libc.syscall(56, 0x10000011, 0, 0, 0, 0) + 1 or 1 / 0"]
        calls += ["libc.syscall(425, 8, 0) + 1 or 1 / 0", "libc.syscall(0x40000000 | 39) + 1 or 1 / 0"]
    assert probe(attempts(*calls)) == []


@pytest.mark.more
@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="root can become an ordinary user, no one else")
def test_an_ordinary_user_is_locked_in_as_well(tmp_path):
    home = Path(sys.base_prefix)
    calls = ["socket.socket()", "libc.unshare(0x10000000) + 1 or 1 / 0", "open('/proc/1/environ').read(1)"]
    calls += ["os.readlink('/proc/1/fd/0')", "open('/proc/sys/kernel/core_pattern', 'w')"]
    calls += ["os.chmod('/dev/null', 0o600)"]
    script = tmp_path / "probe.py"
    script.write_text(
        "from threading import Event\nfrom encoder_lab.exercises.grading.sandbox import Sandbox\n"
        f"cells = [(0, {IMPORT!r}), (1, {attempts(*calls)!r}), (2, 'import os; check.here(os.getuid())')]\n"
        "print(Sandbox(warm=False).open().run(cells, Event()))"
    )
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    closed = [folder for folder in reversed(home.parents[:-1]) if not folder.stat().st_mode & 0o001]
    above = [word for folder in closed[:1] for word in ("--perms", "0755", "--tmpfs", str(folder))]
    above += [word for folder in reversed(home.parents[:-1]) for word in ("--dir", str(folder))]
    command = ["bwrap", "--dev-bind", "/", "/", *above, "--ro-bind", home, home, "--cap-add", "ALL", "setpriv"]
    command += ["--reuid", "12345", "--regid", "12345", "--clear-groups", "env", "SECRET=1", sys.executable, script]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert '{"exercise": "probe", "answer": {"list": []}}' in said.stdout, said.stderr
    assert '{"exercise": "here", "answer": 12345}' in said.stdout, said.stdout


def test_a_course_that_lies_in_tmp_is_seen_there(monkeypatch):
    course = str(Path("/tmp", "course"))
    monkeypatch.setattr(sys, "prefix", course)
    words = walls.walls([], as_root=False)
    assert words[words.index(course) - 1] == "--ro-bind"
    assert "/tmp" not in [after for word, after in pairwise(words) if word == "--tmpfs"]
    assert words[-1] == walls.environment(1)["TMPDIR"] == "/scratch"
