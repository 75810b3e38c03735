"""Grades submissions: each is run locked in, what it answered is compared here, and the record of it is kept.

A record is a file of JSON, named by all that it depends on. So a run that was killed goes on where it was, and parts
that ran on several machines are put together by having their records in one place.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock

import psutil
from joblib import Parallel, cpu_count, delayed

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.exercises.grading.inside.wire import LIMIT, unpack
from encoder_lab.exercises.grading.notebook import Notebook
from encoder_lab.exercises.grading.sandbox import Locked, Sandbox, Unlocked
from encoder_lab.exercises.grading.submissions import Submission
from encoder_lab.exercises.outcome import WRONG
from encoder_lab.progress import progress_bar
from encoder_lab.shown import shorten, visible
from encoder_lab.written import write_whole

ERROR = "error"
Results = dict[str, dict[str, str]]  # exercise -> its status, message, and what was given
_EXERCISES: dict[str, Exercise | Quiz] = {
    exercise.name: exercise for exercises in NOTEBOOKS.values() for exercise in exercises
}
_ONE_AT_A_TIME = Lock()  # comparing takes no time beside running, and then no check has to mind another
_GRADER = 1536  # MiB for this process itself


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the grader: how, and where the records are."""

    sandbox: Sandbox
    out: Path

    def record_of(self, submission: Submission) -> Path:
        """Name the file of a submission's record."""
        how = [self.sandbox.seconds, self.sandbox.memory, self.sandbox.processes, self.sandbox.unsafe]
        told = json.dumps([submission.digest, how, _edition(), os.environ.get("ENCODER_LAB_SOURCE")])
        return self.out / "records" / f"{hashlib.sha256(told.encode()).hexdigest()[:40]}.json"

    def grade(self, submissions: Iterable[Submission], workers: int) -> None:
        """Grade what has no record yet, several at the same time.

        Raises:
            CannotLockIn: a submission could not be started.
            OSError: a record could not be written.
        """
        submissions = list(submissions)
        missing = [submission for submission in submissions if not self.record_of(submission).exists()]
        stop, places = Event(), SimpleQueue()
        with ExitStack() as opened, progress_bar(len(submissions), "grading", "students") as bar:
            for _ in range(min(workers, len(missing))):  # a place for each worker; that it can be made is known then
                places.put(opened.enter_context(closing(self.sandbox.open())))
            bar.update(len(submissions) - len(missing))
            parallel = Parallel(workers, backend="threading", return_as="generator_unordered", pre_dispatch=workers)
            try:
                for _ in parallel(delayed(self._grade_one)(submission, places, stop) for submission in missing):
                    bar.update()
            finally:
                stop.set()

    def _grade_one(self, submission: Submission, places: "SimpleQueue[Locked | Unlocked]", stop: Event) -> None:
        """Grade one submission and keep its record, whole or not at all."""
        results: Results = {}
        notes, seconds = list(submission.notes), {}
        place = places.get()
        try:
            for notebook in submission.notebooks:
                begin = time.monotonic()
                found, said = grade_notebook(notebook, place, stop)
                seconds[notebook.number] = round(time.monotonic() - begin, 1)
                results |= found
                notes += [f"{notebook.place}: {note}" for note in said]
        finally:
            places.put(place)
        record = {"student": submission.student, "id": submission.id, "results": results, "notes": notes}
        record["seconds"] = seconds
        write_whole(self.record_of(submission), json.dumps(record))


def grade_notebook(
    notebook: Notebook, place: Locked | Unlocked, stop: Event
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Grade one notebook.

    A check cell that was never reached, or that stopped with an error, is an error. An unreadable file is an error in
    the exercises of the notebook whose number it bears, or in all of them.

    Returns:
        For each exercise it has a check cell for the status, the message and what was given; and notes.
    """
    if notebook.trouble:
        names = [exercise.name for exercise in NOTEBOOKS.get(notebook.number, ())] or list(_EXERCISES)
        return {name: _result(ERROR, notebook.trouble) for name in names}, [notebook.trouble]
    known = notebook.asked & _EXERCISES.keys()
    results = {name: _result(ERROR, "the check cell was not reached, or stopped with an error") for name in known}
    notes = _of_another_edition(notebook)
    if notebook.language.lower() != "python":
        notes.append(f"its kernel is {shorten(visible(notebook.language), 40)}, not Python")
    if not any("encoder_lab.exercises" in source for _, source in notebook.cells):
        return results, [*notes, "it never imports `check` from encoder_lab.exercises"]
    lines, why = place.run(list(notebook.cells), stop)
    answers, failed, finished = _read(lines)
    for name, answer in answers.items():
        results[name], trouble = _judge(_EXERCISES[name], answer)
        notes += trouble
    if failed:
        notes.append("cells that stopped with an error: " + ", ".join(failed[:20]))
    if why or not finished:
        notes.append(why or "its process ended before the last cell")
    return results, notes


def _read(lines: list[bytes]) -> tuple[dict[str, object], list[str], bool]:
    """Read what a run handed out: the last answer to each exercise, the cells that failed, whether it came to its end.

    Anybody's program wrote it: what is not as expected is passed over.
    """
    answers: dict[str, object] = {}
    failed: list[str] = []
    finished = False
    for line in lines:
        try:
            message = json.loads(line) if len(line) <= LIMIT else None
        except (ValueError, RecursionError):
            continue
        if not isinstance(message, dict):
            continue
        if isinstance(name := message.get("exercise"), str) and name in _EXERCISES:
            answers[name] = message.get("answer")
        elif isinstance(number := message.get("failed"), int) and len(failed) < 100:
            failed.append(f"{number} ({shorten(visible(str(message.get('error'))), 60)})")
        finished = finished or "finished" in message
    return answers, failed, finished


def _judge(exercise: Exercise | Quiz, packed: object) -> tuple[dict[str, str], list[str]]:
    """Judge one answer; a failure of the check itself is the grader's to report, not the student's fault."""
    try:
        answer = unpack(packed)
        given = shorten(visible(repr(answer)), 1000)
    except Exception:  # whatever the process made up
        return _result(WRONG, "The answer cannot be read."), []
    try:
        with _ONE_AT_A_TIME:
            status, message = exercise.judge(answer)
        return _result(status, message, given), []
    except Exception as error:
        trouble = f"the check of {exercise.name} failed: {type(error).__name__}: {error}"
        return _result(ERROR, trouble, given), [trouble]


def _of_another_edition(notebook: Notebook) -> list[str]:
    """Say which checks this edition does not know, and which of its own the notebook lacks."""
    gone = sorted(notebook.asked - _EXERCISES.keys())
    new = [exercise.name for exercise in NOTEBOOKS.get(notebook.number, ()) if exercise.name not in notebook.asked]
    notes = [f"this edition has no check {', '.join(gone[:10])}"] if gone else []
    return notes + ([f"it has no check cell for {', '.join(new)}"] if new and gone else [])


def _result(status: str, message: str, given: str = "") -> dict[str, str]:
    return {"status": status, "message": message, "given": given}


def part_of(submissions: list[Submission], part: tuple[int, int]) -> list[Submission]:
    """Choose every n-th submission, beginning with the k-th."""
    k, n = part
    return submissions[k - 1 :: n]


def default_workers(memory: int) -> int:
    """Say how many submissions can run at the same time here, `memory` MiB each."""
    free = psutil.virtual_memory().available / 2**20 - _GRADER
    return max(1, min(cpu_count(), int(free // memory)))


@cache  # one for a run, whatever happens to the files meanwhile
def _edition() -> str:
    """Tell this edition's checks and texts from any other's."""
    package = Path(__file__).parents[2]
    files = [*sorted(package.glob("exercises/*.py")), *sorted(package.glob("texts/en/*.toml"))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
