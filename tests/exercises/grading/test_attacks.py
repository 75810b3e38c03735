"""Submissions that attack the grades and the run: none is graded right, none stops it, none takes too much."""

import time
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from encoder_lab.exercises.grading.grader import grade_notebook
from encoder_lab.exercises.grading.sandbox import Interrupted, Sandbox
from encoder_lab.exercises.grading.submissions import collect
from tests.exercises.grading.notebooks import CHECK_SHAPES, GOOD, IMPORT, QUIZ, SHAPES, hand_in

pytestmark = pytest.mark.usefixtures("locked_in")


def verdicts(folder: Path, *cells: str, seconds: float = 60, memory: int = 1024) -> tuple[str, str, str]:
    """Grade one notebook: the verdicts on its two checks, and the notes."""
    hand_in(folder / "in" / "x.ipynb", *cells)
    [submission] = collect(folder / "in")
    with closing(Sandbox(seconds=seconds, memory=memory, warm=False).open()) as place:
        results, notes = grade_notebook(submission.notebooks[0], place, Event())
    found = (results.get(name, {}).get("status", "not answered") for name in ("head_shapes", "quiz_zero_shot"))
    return *found, "; ".join(notes)


WRONG_SHAPES = "shapes = {}"
FORGERIES = {
    "its own check": "class C:\n    def __getattr__(self, n): return lambda a: 'right'\ncheck = C()",
    "check deleted": "del check",
    "check patched": "check.head_shapes = lambda answer: 'head_shapes: right.'",
    "class patched": "type(check).__getattr__ = lambda self, name: lambda answer: True",
    "module replaced": "import sys, types\nsys.modules['encoder_lab.exercises'] = types.ModuleType('x')",
    "package's own functions": "import encoder_lab\nencoder_lab.fill_mask = encoder_lab.load = lambda *a, **k: shapes",
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
        '    try: os.write(fd, b\'{"exercise": "head_shapes", "status": "right", "answer": {"right": 1}}\\n\')\n'
        "    except OSError: pass"
    ),
    "nonsense in every pipe": (
        "import os\nfor fd in range(3, 30):\n    try: os.write(fd, b'\\xff[[[{\\n' * 1000 + b'[' * 10**6 + b'\\n')\n"
        "    except OSError: pass"
    ),
    "lines of all kinds": (
        "import os, json\n"
        "for line in [[], 3, 'x', {'exercise': []}, {'exercise': 'x'}, {'failed': {}}, {'failed': 10**9},\n"
        "        {'exercise': 'head_shapes', 'answer': {'array': ['<f8', [10**12], '']}},\n"
        "        {'exercise': 'head_shapes', 'answer': {'tensor': ['O', [1], 'AAAAAAAAAAA=']}}]:\n"
        "    for fd in range(3, 30):\n"
        "        try: os.write(fd, json.dumps(line).encode() + b'\\n')\n        except OSError: pass"
    ),
    "all of it taken back": (
        "import os\nfor fd in range(3, 30):\n    try: os.ftruncate(fd, 0)\n    except OSError: pass"
    ),
    "too deep": "shapes = []\nfor _ in range(100_000): shapes = [shapes]",
    "too large": "shapes = 'x' * (64 * 2**20)",
    "no number": "shapes = {'fill-mask': float('nan'), 'question-answering': 10**5000}",
    "not finite": "import numpy as np\nshapes = np.full((300, 300), np.nan)",
    "resists": "class R(dict):\n    def items(self): raise RuntimeError\nshapes = R(a=1)",
    "leaves while it is read": "import os\nclass R(dict):\n    def items(self): os._exit(0)\nshapes = R(a=1)",
    "as many equal hashes as it can": "shapes = {number * (2**61 - 1) for number in range(2000)}",
}  # fmt: skip


@pytest.mark.more
@pytest.mark.parametrize("trick", FORGERIES)
def test_no_forgery_is_right(trick, tmp_path):
    first, _, note = verdicts(tmp_path, IMPORT, WRONG_SHAPES, FORGERIES[trick], CHECK_SHAPES, QUIZ)
    assert first in ("wrong", "error"), note


ENDED, LATE = "its process ended before the last cell", "stopped after 4 s"


@pytest.mark.more
@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("import os; os._exit(0)", ENDED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", ENDED),
        ("import ctypes; ctypes.string_at(0)", ENDED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", LATE),
        ("import time; time.sleep(10**6)", LATE),
        (
            "import signal\nfor number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)\n"
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
            LATE,
        ),
        ("import itertools\nfor _ in itertools.repeat(0): print('x' * 10**6)", LATE),
        ("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", "stopped"),
        (
            "import threading\nwhile True:\n    try: threading.Thread(target=input).start()\n"
            "    except Exception: pass",
            "",
        ),
        ("for _ in iter(int, 1): check.quiz_static('x' * 10**6)", "stopped: its answers are larger than 16 MiB"),
        (
            "import os, time\nfor _ in range(5): os.fork()\nhog = bytearray(b'x' * 100 * 2**20)\ntime.sleep(60)",
            "stopped: it took more than 1024 MiB",
        ),
        (
            "import mmap\nhogs = [mmap.mmap(-1, 2**27) for _ in range(40)]\nfor hog in hogs: hog[:] = b'x' * 2**27",
            "stopped: it took more than 1024 MiB",
        ),
    ],
)  # fmt: skip
def test_what_was_right_before_the_end_stays_right(cell, note, tmp_path):
    before = (IMPORT, SHAPES, CHECK_SHAPES)
    first, second, said = verdicts(tmp_path, *before, cell, QUIZ, seconds=4 if note in (LATE, "stopped", "") else 60)
    assert first == "right" and note in said
    assert second == "error" or not note


@pytest.mark.more
@pytest.mark.parametrize("cell", ["raise SystemExit", "exit()", "import sys; sys.exit(3)", "raise KeyboardInterrupt"])
def test_leaving_is_not_the_end(cell, tmp_path):
    assert verdicts(tmp_path, cell, *GOOD)[:2] == ("right", "right")


@pytest.mark.more
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
        "import os\nos.kill(1, 9)",
        "import os\nos.kill(-1, 9)",
        "import os\nos.kill(os.getppid(), 9)",
        "import os\nos.fork()",
        "hog = bytearray(8 * 2**30)",
        "hog = []\nwhile True: hog.append('x' * 10**7 + str(len(hog)))",
        "open('big', 'wb').truncate(2**31)",
        "file = open('big', 'wb')\nwhile True: file.write(b'x' * 2**20)",
        "for n in range(9): open(f'/dev/shm/{n}', 'wb').write(b'x' * 2**26)",
    ],
)
def test_nuisances_do_no_harm(cell, tmp_path):
    assert verdicts(tmp_path, *GOOD[:1], cell, *GOOD[1:], memory=600)[:2] == ("right", "right")


@pytest.mark.more
def test_the_processor_s_time_has_an_end(tmp_path):
    cell = "import os\nif os.fork(): os.wait()\nelse:\n    while True: pass"
    start = time.monotonic()
    first, second, note = verdicts(tmp_path, *GOOD[:3], cell, QUIZ, seconds=10)
    assert first == "right" and (second == "right" or note) and time.monotonic() - start < 30


@pytest.mark.more
def test_a_run_that_is_stopped_says_nothing_about_its_student(tmp_path):
    hand_in(tmp_path / "x.ipynb", *GOOD, "import time; time.sleep(60)")
    stop = Event()
    stop.set()
    with closing(Sandbox(warm=False).open()) as place, pytest.raises(Interrupted):
        grade_notebook(collect(tmp_path)[0].notebooks[0], place, stop)
