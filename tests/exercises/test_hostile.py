"""Notebooks that try to get the better of the grader: none is graded right, none stops it, nothing is left running."""

import os
import sys
from pathlib import Path

import pytest

from encoder_lab.exercises.grader import EXERCISES, grade_notebook, read
from encoder_lab.exercises.hearing import hear
from tests.exercises.notebooks import CHECK_SHAPES, GOOD, IMPORT, QUIZ, SHAPES, hand_in

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory and stray processes are held on Linux only")


def verdicts(folder: Path, *cells: str, seconds: float = 60, memory: int = 2048) -> tuple[str, str, str]:
    """Grade one notebook: the verdicts on its two checks, and the note."""
    hand_in(folder / "in" / "x.ipynb", *cells)
    statuses, note = grade_notebook(read("x", folder / "in" / "x.ipynb", folder), seconds, memory)
    return statuses.get("head_shapes", "not answered"), statuses.get("quiz_zero_shot", "not answered"), note


WRONG_SHAPES = "shapes = {}"
FORGERIES = {
    "its own check": "class C:\n    def __getattr__(self, n): return lambda a: 'right'\ncheck = C()",
    "check deleted": "del check",
    "check patched": "check.head_shapes = lambda answer: 'head_shapes: right.'",
    "class patched": "type(check).__getattr__ = lambda self, name: lambda answer: True",
    "module replaced": "import sys, types\nsys.modules['encoder_lab.exercises'] = types.ModuleType('x')",
    "solutions": "from encoder_lab.exercises.solutions.notebook_00 import head_shapes as shapes",
    "checks' own code": "import encoder_lab.exercises.notebook_00 as n\nn.head_shapes = lambda a: None",
    "a result for an answer": "shapes = 'head_shapes: right.'",
    "equal to all": (
        "class E(dict):\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\n"
        "    def keys(self): return ['fill-mask']\nshapes = E()"
    ),
    "equal number": (
        "class N(int):\n    def __eq__(self, o): return True\n    __hash__ = int.__hash__\nshapes = dict(a=N(1))"
    ),
    "written to every pipe": (
        "import os\nfor fd in range(3, 30):\n"
        '    try: os.write(fd, b\'{"status": "right", "judged": "right"}\\n\')\n    except OSError: pass'
    ),
    "nonsense in every pipe": (
        "import os\nfor fd in range(3, 30):\n    try: os.write(fd, b'\\xff[[[{\\n')\n    except OSError: pass"
    ),
    "through the frames": (
        "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Channel':\n"
        "        o.send({'exercise': 'head_shapes', 'answer': {'right': 1}, 'status': 'right'}); o.receive()"
    ),
    "too deep": "shapes = []\nfor _ in range(100_000): shapes = [shapes]",
    "too large": "shapes = 'x' * (64 * 2**20)",
    "no number": "shapes = {'fill-mask': float('nan'), 'question-answering': 10**5000}",
    "resists": "class R(dict):\n    def items(self): raise RuntimeError\nshapes = R(a=1)",
}


@pytest.mark.parametrize("trick", FORGERIES)
def test_no_forgery_is_right(trick, tmp_path):
    first, _, note = verdicts(tmp_path, IMPORT, WRONG_SHAPES, FORGERIES[trick], CHECK_SHAPES, QUIZ)
    assert first in ("wrong", "error"), note


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("import os; os._exit(0)", "its process ended before the last cell"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "its process ended before the last cell"),
        ("import ctypes; ctypes.string_at(0)", "its process ended before the last cell"),
        (
            "import signal\nfor number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)\n"
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
            "stopped after 2 s",
        ),
        ("import itertools\nfor _ in itertools.repeat(0): print('x' * 10**6)", "stopped after 2 s"),
        ("for _ in iter(int, 1): check.quiz_zero_shot('c')", "stopped after 2 s"),
    ],
)
def test_what_was_right_before_the_end_stays_right(cell, note, tmp_path):
    before = (IMPORT, SHAPES, CHECK_SHAPES)
    first, second, said = verdicts(tmp_path, *before, cell, QUIZ, seconds=2 if "2 s" in note else 60)
    assert (first, said) == ("right", note)
    assert second == ("right" if "quiz" in cell else "error")


@pytest.mark.parametrize("cell", ["raise SystemExit", "exit()", "import sys; sys.exit(3)", "raise KeyboardInterrupt"])
def test_leaving_is_not_the_end(cell, tmp_path):
    assert verdicts(tmp_path, cell, *GOOD)[:2] == ("right", "right")


@pytest.mark.parametrize(
    "cell",
    [
        "print('x' * 10**8)\nfor _ in range(800): print('x' * 10**6)",
        "import os; os.write(1, b'x' * 10**7); os.write(2, b'x' * 10**7)",
        "import sys; sys.stdout.close(); sys.stdin.close()",
        "input()",
        "import os, shutil\nshutil.rmtree(os.getcwd())",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
        "import sys; sys.path.clear(); sys.modules.pop('json', None)",
        "import builtins; builtins.print = None",
    ],
)
def test_nuisances_do_no_harm(cell, tmp_path):
    assert verdicts(tmp_path, *GOOD[:1], cell, *GOOD[1:], memory=600)[:2] == ("right", "right")


@linux
@pytest.mark.parametrize(
    "cell",
    [
        "hog = bytearray(8 * 2**30)",
        "hog = []\nwhile True: hog.append('x' * 10**7 + str(len(hog)))",
        "open('big', 'wb').truncate(2**31)",
    ],
)
def test_a_hog_only_loses_its_own_cell(cell, tmp_path):
    assert verdicts(tmp_path, *GOOD[:1], cell, *GOOD[1:], memory=600) == (
        "right", "right", "cells that stopped with an error: 2",
    )  # fmt: skip


@linux
@pytest.mark.parametrize(
    "start",
    [
        "subprocess.Popen(['sleep', '77'])",
        "subprocess.Popen(['sleep', '77'], start_new_session=True)",
        "subprocess.Popen(['sh', '-c', 'setsid sleep 77 & exit'])",
    ],
)
def test_nothing_is_left_running(start, tmp_path):
    mark = tmp_path / "pid"
    cell = f"import subprocess, time\n{start}\ntime.sleep(0.3)"
    tell = (
        "import os\nfrom pathlib import Path\n"
        "found = [p.name for p in Path('/proc').iterdir() if p.name.isdigit() and "
        "b'sleep\\x0077' in (p / 'cmdline').read_bytes() and Path(os.readlink(p / 'cwd')) == Path.cwd()]\n"
        f"Path({str(mark)!r}).write_text(' '.join(found))"
    )
    assert verdicts(tmp_path, *GOOD, cell, tell)[:2] == ("right", "right")
    started = mark.read_text().split()
    assert started and not any(Path("/proc", pid).exists() for pid in started)


@linux
def test_a_copy_of_the_process_does_not_speak(tmp_path):
    first, second, _ = verdicts(tmp_path, IMPORT, "import os\nos.fork()", SHAPES, CHECK_SHAPES, QUIZ)
    assert (first, second) == ("right", "right")


def test_a_process_that_answers_without_listening(tmp_path):
    cell = (
        "import gc, json\nchannel = [o for o in gc.get_objects() if type(o).__name__ == 'Channel'][0]\n"
        "channel.receive = lambda: {'judged': 1}\nfor _ in range(30_000): check.quiz_static('b')"
    )
    heard = hear([(0, IMPORT), (1, cell)], EXERCISES, seconds=3, memory=2048)
    assert heard.statuses == {"quiz_static": "right"}


def test_the_environment_keeps_its_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    cell = "import os\nif 'HF_TOKEN' in os.environ or any('main' in name for name in os.listdir()): shapes = 0"
    assert verdicts(tmp_path, IMPORT, SHAPES, cell, CHECK_SHAPES)[0] == "right"
    assert os.environ["HF_TOKEN"] == "hf_secret"
