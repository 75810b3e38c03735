"""Hears one notebook: its cells run in a process of their own, and the answers they give are judged in this one."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from subprocess import Popen
from threading import Thread

import encoder_lab
from encoder_lab.exercises.containment import contained
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.exercises.outcome import WRONG
from encoder_lab.exercises.wire import LIMIT, pack, unpack

ERROR = "error"
STARTING = 60  # seconds in which Python and IPython must have started, on a busy machine too
RUNNER = Path(__file__).with_name("runner.py")


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one notebook."""

    statuses: dict[str, str]  # exercise -> the verdict on the last answer given to its check
    note: str  # why it stopped early, or which cells failed; "" if neither


class Stopped(BaseException):
    """The notebook cannot be heard any longer; not an `Exception`, so that no check takes it for a wrong answer."""


def hear(cells: list[tuple[int, str]], exercises: Mapping[str, Exercise | Quiz], seconds: float, memory: int) -> Heard:
    """Run a notebook's cells and judge what they hand to the checks.

    Args:
        cells: (number, source) of each code cell.
        exercises: the exercises by name.
        seconds: the whole notebook's time.
        memory: MiB of its process, where the system can limit it.

    Returns:
        The verdicts reached, also when the notebook had to be stopped.
    """
    statuses: dict[str, str] = {}
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as folder:
        with contained([sys.executable, str(RUNNER)], Path(folder)) as process:
            line = _Line(process)
            try:
                line.send({"cells": cells, "memory": memory, "package": str(Path(encoder_lab.__file__).parents[1])})
                line.receive()  # it has started; only now does the notebook's own time begin
                line.give(seconds)
                while "finished" not in (message := line.receive()):
                    name = message.get("exercise")
                    if isinstance(name, str) and name in exercises:
                        statuses[name], trouble = _judge(exercises[name], message, line)
                        notes += trouble
                    line.send({"judged": name})
                notes += _failed_cells(message["finished"])
            except Stopped as stopped:
                notes.append(str(stopped))
        line.close()
    return Heard(statuses, "; ".join(dict.fromkeys(notes)))


class _Line:
    """The pipe to a runner: messages that nobody vouches for, and an end to waiting."""

    def __init__(self, process: Popen) -> None:
        self._process, self._threads = process, list[Thread]()
        self.give(STARTING)

    def give(self, seconds: float) -> None:
        """Let the process go on for so long from now."""
        self._seconds, self._end = seconds, time.monotonic() + seconds

    def send(self, message: dict) -> None:
        """Write one message, in a thread: a runner that does not read must not hold up the grader."""
        self._start(self._write, json.dumps(message).encode("ascii") + b"\n")

    def receive(self) -> dict:
        """Read one message.

        Raises:
            Stopped: the time is up, the process has ended, or it says something else.
        """
        box: SimpleQueue[bytes] = SimpleQueue()
        self._start(lambda: box.put(self._process.stdout.readline(LIMIT + 1)))
        try:
            line = box.get(timeout=max(0.0, self._end - time.monotonic()))
        except Empty:
            raise Stopped(f"stopped after {self._seconds:g} s") from None
        if not line:
            raise Stopped("its process ended before the last cell")
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise Stopped("its process wrote something that is no answer")
        return message

    def function(self, number: int) -> Callable:
        """Make a stand-in for the runner's function of that number."""

        def stand_in(*arguments: object) -> object:
            self.send({"function": number, "arguments": [pack(argument) for argument in arguments]})
            reply = self.receive()
            if "raised" in reply:
                raise RuntimeError(str(reply["raised"]))
            if "exercise" in reply or "answer" not in reply:
                raise Stopped("its process wrote something that is no answer")
            return unpack(reply["answer"])

        return stand_in

    def close(self) -> None:
        """Close the pipes, once the process has ended and with it every wait for it."""
        for thread in self._threads:
            thread.join(timeout=1)
        if not any(thread.is_alive() for thread in self._threads):
            self._process.stdout.close()
            try:
                self._process.stdin.close()
            except OSError:  # something unsent for a process that is gone
                pass

    def _start(self, work: Callable, *arguments: object) -> None:
        """Run something in a thread that does not keep the grader from ending."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _write(self, line: bytes) -> None:
        """Write a line unless the process is gone."""
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except (OSError, ValueError):
            pass


def _judge(exercise: Exercise | Quiz, message: dict, line: _Line) -> tuple[str, list[str]]:
    """Judge one answer; a failure of the check itself is the grader's to report, not the student's fault."""
    try:
        answer = unpack(message.get("answer"), line.function)
    except Exception:  # whatever the process made up
        return WRONG, []
    try:
        return exercise.judge(answer)[0], []
    except Exception as error:
        return ERROR, [f"the check of {exercise.name} failed: {type(error).__name__}: {error}"]


def _failed_cells(numbers: object) -> list[str]:
    """Say which cells stopped with an error."""
    if not isinstance(numbers, list) or not numbers:
        return []
    shown = ", ".join(str(number) for number in numbers[:20] if isinstance(number, int))
    return [f"cells that stopped with an error: {shown}"]
