"""How long a class takes to grade: `python -m tests.benchmarks.grading`, or with another number than 100 behind it.

Every submission is notebook 01 with the reference answers, a comment of its own in it. Memory is what all processes of
the grader take up together, at its highest.
"""

import copy
import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.exercise import Exercise
from encoder_lab.exercises.solutions import solved_cell

[NOTEBOOK] = (Path(__file__).parents[2] / "notebooks").glob("01_*.ipynb")
AIM = 360  # seconds for 100 submissions on two cores


def solved() -> dict:
    """Notebook 01 with every exercise and question answered."""
    book = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    answers = {}
    for each in NOTEBOOKS["01"]:
        if isinstance(each, Exercise):
            answers[each.cell] = solved_cell(each)
        else:
            answers[each.check] = each.check.replace("...", repr(each.right))
    for cell in book["cells"]:
        cell["source"] = answers.get("".join(cell["source"]), cell["source"])
    return book


def write_class(folder: Path, count: int) -> None:
    """Write the submissions."""
    book = solved()
    for number in range(count):
        one = copy.deepcopy(book)
        one["cells"][1]["source"] = [f"# {number}\n", *one["cells"][1]["source"]]
        (folder / f"student {number:03}.ipynb").write_text(json.dumps(one), encoding="utf-8")


def held(process: psutil.Process) -> float:
    """MiB that a process and its descendants take up together; what they share counts once (PSS)."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        with suppress(psutil.Error):
            total += each.memory_full_info().pss
    return total / 2**20


def main() -> None:
    """Grade a class and print seconds and memory beside the aim."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with TemporaryDirectory() as folder:
        handed_in, out = Path(folder, "in"), Path(folder, "grades")
        handed_in.mkdir()
        write_class(handed_in, count)
        start, most = time.monotonic(), 0.0
        command = [sys.executable, "-m", "encoder_lab.exercises", "grade", handed_in, "--out", out]
        with subprocess.Popen(command) as running:
            process = psutil.Process(running.pid)
            while running.poll() is None:
                most = max(most, held(process))
                time.sleep(0.5)
        seconds = time.monotonic() - start
        rows = (out / "grades.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
        right = sum(row.count("right") == len(NOTEBOOKS["01"]) for row in rows)
    print(f"{count} submissions of notebook 01: {seconds:.0f} s  (aim: {AIM * count / 100:.0f})")
    print(f"{'all processes together':27}: {most:.0f} MiB at the peak")
    print(f"{'all answers right':27}: {right} of {count}")


if __name__ == "__main__":
    main()
