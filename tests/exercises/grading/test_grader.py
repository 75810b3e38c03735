"""The grader: verdicts of notebooks that are right, half done or broken; runs that stop and go on; parts; misuse."""

import csv
import sys
from pathlib import Path

import pytest

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.__main__ import main
from encoder_lab.exercises.grading import grader, sandbox, walls
from encoder_lab.exercises.grading.sandbox import Sandbox
from encoder_lab.exercises.solutions import solved_cell
from tests.exercises.answers import EXERCISES, QUIZZES
from tests.exercises.grading.notebooks import CHECK_SHAPES, GOOD, IMPORT, QUIZ, SHAPES, hand_in

NAMES = [exercise.name for exercises in NOTEBOOKS.values() for exercise in exercises]


def table(out: Path) -> dict[str, dict[str, str]]:
    """Read the table: student -> column -> cell."""
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["student"] for row in rows})
    return {row["student"]: row for row in rows}


def grade(folder: Path, *options: str) -> dict[str, dict[str, str]]:
    """Run the command and read its table."""
    out = folder.parent / "grades"
    assert main(["grade", str(folder), "--out", str(out), *options]) == 0
    return table(out)


def solved_notebook() -> list[str]:
    """Every exercise of notebooks 00 to 09, solved with the reference answers' own text, and every quiz."""
    cells = ["import torch\nfrom transformers import BertForSequenceClassification\nfrom encoder_lab import *", IMPORT]
    for exercise in EXERCISES.values():
        if (load := f'ck = load("{exercise.checkpoint}")') not in cells:
            cells.append(load)
        cells += [exercise.given, solved_cell(exercise), exercise.check]
    cells += ["check.progress()", "check.head_shapes.hint()", "check.head_shapes.solution()"]  # no answers, no failures
    return cells + [quiz.check.replace("...", repr(quiz.right)) for quiz in QUIZZES.values()]


@pytest.mark.usefixtures("locked_in")
def test_reference_answers_and_an_untouched_notebook(tmp_path, monkeypatch):
    monkeypatch.delenv("ENCODER_LAB_SOURCE", raising=False)
    hand_in(tmp_path / "in" / "ada" / "all.ipynb", *solved_notebook())
    load = "from encoder_lab import load, tokenize\nck = load('zero-shot-classification')"
    untouched = [cell for each in EXERCISES.values() for cell in (each.given, each.cell, each.check)]
    quizzes = [quiz.check for quiz in QUIZZES.values()]
    hand_in(tmp_path / "in" / "bob.ipynb", IMPORT, "import torch", load, *untouched, *quizzes)
    found = grade(tmp_path / "in")
    assert {name: found["ada"][name] for name in NAMES} == dict.fromkeys(NAMES, "right")
    assert found["ada"]["notes"] == "" and found["ada"]["right"] == str(len(NAMES))
    assert {name: found["bob"][name] for name in NAMES} == dict.fromkeys(NAMES, "not answered")


@pytest.mark.more
@pytest.mark.usefixtures("locked_in")
def test_half_done_notebooks(tmp_path):
    folder = tmp_path / "in"
    hand_in(folder / "good.ipynb", *GOOD)
    guess = 'check.quiz_zero_shot("a")'
    hand_in(folder / "wrong.ipynb", IMPORT, SHAPES.replace("(12, 2)", "(2,)"), CHECK_SHAPES, guess)
    hand_in(folder / "later-call-counts.ipynb", *GOOD, guess)
    hand_in(folder / "no-check-cell.ipynb", IMPORT, SHAPES, QUIZ)
    hand_in(folder / "in-a-comment.ipynb", IMPORT, SHAPES, f"# {CHECK_SHAPES}", QUIZ)
    hand_in(folder / "no-import.ipynb", SHAPES, CHECK_SHAPES)
    hand_in(folder / "syntax.ipynb", IMPORT, "shapes = {", CHECK_SHAPES, QUIZ)
    hand_in(folder / "failing.ipynb", IMPORT, "1 / 0", SHAPES, "undefined", CHECK_SHAPES, "check.gone(1)", QUIZ)
    hand_in(folder / "magics.ipynb", f"%matplotlib inline\n{IMPORT}", "!echo hello\n%psource len", SHAPES, CHECK_SHAPES)
    found = grade(folder, "--workers", "2")
    assert {student: (row["head_shapes"], row["quiz_zero_shot"]) for student, row in found.items()} == {
        "good": ("right", "right"),
        "wrong": ("wrong", "wrong"),
        "later-call-counts": ("right", "wrong"),
        "no-check-cell": ("not answered", "right"),
        "in-a-comment": ("not answered", "right"),
        "no-import": ("error", "not answered"),
        "syntax": ("error", "right"),
        "failing": ("right", "right"),
        "magics": ("right", "not answered"),
    }
    assert "no-import.ipynb: it never imports `check`" in found["no-import"]["notes"]
    said = found["failing"]["notes"]
    assert "cells that stopped with an error: 2 (ZeroDivisionError), 4 (NameError)" in said
    assert "this edition has no check gone" in said and "no check cell for newly_initialised" in said


@pytest.fixture
def answers(monkeypatch):
    """Answer for every submission without running it; count how often that was asked for."""
    asked = []

    class Place:
        def run(self, cells, stop):
            asked.append(cells)
            if any("interrupt" in source for _, source in cells):
                raise KeyboardInterrupt
            return [b'{"exercise": "quiz_zero_shot", "answer": "c"}', b'{"finished": true}'], ""

        def close(self):
            pass

    monkeypatch.setattr(Sandbox, "open", lambda self: Place())
    return asked


def test_a_run_that_was_stopped_goes_on(tmp_path, answers, capsys):
    folder, out = tmp_path / "in", tmp_path / "grades"
    for number in range(5):
        hand_in(folder / f"s{number}.ipynb", IMPORT, QUIZ)
    hand_in(folder / "t.ipynb", IMPORT, QUIZ, "interrupt")
    with pytest.raises(SystemExit) as stopped:
        main(["grade", str(folder), "--out", str(out), "--workers", "1"])
    assert stopped.value.code == 130 and "goes on from here" in capsys.readouterr().err
    done = len(list((out / "records").iterdir()))
    assert done == 5 and not (out / "grades.csv").exists()

    answers.clear()
    hand_in(folder / "t.ipynb", IMPORT, QUIZ)
    hand_in(folder / "s1.ipynb", IMPORT, QUIZ, "'something new'")
    assert {row["quiz_zero_shot"] for row in grade(folder).values()} == {"right"}
    assert len(answers) == 2

    answers.clear()
    grade(folder, "--seconds", "7")
    assert len(answers) == 6  # another limit may give another result


def test_parts_are_put_together(tmp_path, answers, capsys):
    folder, out = tmp_path / "in", tmp_path / "parts"
    for number in range(7):
        hand_in(folder / f"s{number}.ipynb", IMPORT, QUIZ)
    for part in ("1/3", "3/3"):
        assert main(["grade", str(folder), "--out", str(out / part[0]), "--part", part]) == 0
    assert not list(out.rglob("grades.csv"))
    assert main(["merge", str(out)]) == 1
    assert "Not graded yet: 2 students, s1" in capsys.readouterr().err
    assert table(out)["s1"]["notes"] == "not graded yet" and table(out)["s1"]["quiz_zero_shot"] == "not answered"

    main(["grade", str(folder), "--out", str(out / "2"), "--part", "2/3"])
    assert len(answers) == 7
    assert main(["merge", str(out)]) == 0
    assert [row["quiz_zero_shot"] for row in table(out).values()] == ["right"] * 7
    assert len(list((out / "pages").iterdir())) == 7

    main(["grade", str(folder), "--out", str(out / "2"), "--part", "2/3", "--memory", "999"])
    with pytest.raises(SystemExit):
        main(["merge", str(out)])
    assert "the parts are of different submissions, settings or editions" in capsys.readouterr().err


def test_broken_files(tmp_path, answers):
    folder = tmp_path / "in"
    hand_in(folder / "ok" / "00.ipynb", *GOOD)
    for student, content in {
        "binary": b"\xff\xfe\x00", "cut": b'{"cells": [', "empty": b"", "list": b"[]", "number": b"5",
        "cells": b'{"cells": 3}', "deep": b"[" * 100_000, "source": b'{"cells": [{"cell_type": "code"}]}',
    }.items():  # fmt: skip
        (folder / student).mkdir()
        (folder / student / "00_welcome.ipynb").write_bytes(content)
    (folder / "unnumbered").mkdir()
    (folder / "unnumbered" / "mine.ipynb").write_bytes(b"{")
    (folder / "strange.ipynb").mkdir()  # a folder with a notebook's name
    (folder / "nothing").mkdir()
    (folder / "notes.txt").write_text("not a student")
    found = grade(folder)
    assert found["ok"]["quiz_zero_shot"] == "right"
    for student in ("binary", "cut", "empty", "list", "number", "cells", "deep", "source", "unnumbered"):
        assert found[student]["head_shapes"] == "error", student
        assert "not a notebook" in found[student]["notes"]
    for student in ("nothing", "strange.ipynb"):
        assert found[student]["head_shapes"] == "not answered" and found[student]["notes"] == "no notebook"
    assert len(found) == 12


def test_what_a_check_itself_does_wrong_is_no_student_s_fault(tmp_path, answers, monkeypatch):
    hand_in(tmp_path / "in" / "ada.ipynb", IMPORT, QUIZ)
    monkeypatch.setattr(type(QUIZZES["quiz_zero_shot"]), "judge", lambda self, answer: 1 / 0)
    row = grade(tmp_path / "in")["ada"]
    assert row["quiz_zero_shot"] == "error"
    assert "the check of quiz_zero_shot failed: ZeroDivisionError" in row["notes"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system itself is the reason")
def test_without_bubblewrap_nothing_runs(tmp_path, monkeypatch, capsys):
    hand_in(tmp_path / "in" / "ada.ipynb", *GOOD)
    monkeypatch.setattr(walls.shutil, "which", lambda name: None)
    monkeypatch.setattr(sandbox.subprocess, "Popen", lambda *arguments, **options: pytest.fail("something ran"))
    with pytest.raises(SystemExit) as stopped:
        main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "grades")])
    said = capsys.readouterr().err.splitlines()[-1]
    assert stopped.value.code == 2 and "there is no bubblewrap here. Install bubblewrap" in said and "--unsafe" in said


def test_unsafe_needs_no_bubblewrap(tmp_path, monkeypatch):
    hand_in(tmp_path / "in" / "ada.ipynb", *GOOD, "import time; time.sleep(60)")
    monkeypatch.setattr(walls.shutil, "which", lambda name: None)
    row = grade(tmp_path / "in", "--unsafe", "--seconds", "10")["ada"]
    assert (row["head_shapes"], row["quiz_zero_shot"]) == ("right", "right") and "stopped after 10 s" in row["notes"]


def test_workers_follow_memory_and_cores(monkeypatch):
    monkeypatch.setattr(grader, "cpu_count", lambda: 8)
    for free, workers in ((64, 8), (8, 3), (1, 1)):
        memory = type("Memory", (), {"available": free * 2**30})
        monkeypatch.setattr(grader.psutil, "virtual_memory", lambda memory=memory: memory)
        assert grader.default_workers(2048) == workers


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "{folder}/missing"], "there is no folder"),
        (["grade", "{folder}"], "there is no notebook"),
        (["grade", "{folder}/no.zip"], "it is no zip that can be read"),
        (["grade", "{folder}", "--seconds", "0"], "invalid number above 0 value: '0'"),
        (["grade", "{folder}", "--seconds", "inf"], "invalid number above 0 value: 'inf'"),
        (["grade", "{folder}", "--memory", "much"], "invalid number above 0 value: 'much'"),
        (["grade", "{folder}", "--part", "3/2"], "'3/2' is no part; the second of eight is 2/8"),
        (["grade", "{folder}", "--columns", "abacus"], "invalid choice"),
        (["grade", "{folder}/one", "--out", "{folder}/no.zip"], "the same command goes on from here"),
        (["merge", "{folder}"], "there is no roster.json"),
        (["mark", "{folder}"], "invalid choice"),
        ([], "required"),
    ],
)
def test_misuse_is_one_sentence(arguments, said, tmp_path, capsys, answers):
    hand_in(tmp_path / "in" / ".hidden" / "x.ipynb", IMPORT)
    (tmp_path / "in" / "no.zip").write_text("no zip") if "{folder}" not in arguments else None
    hand_in(tmp_path / "in" / "one" / "x.ipynb", IMPORT) if "{folder}/one" in arguments else None
    with pytest.raises(SystemExit) as stopped:
        main([argument.format(folder=tmp_path / "in") for argument in arguments])
    error = capsys.readouterr().err
    assert stopped.value.code == 2 and said in error.splitlines()[-1] and "Traceback" not in error
