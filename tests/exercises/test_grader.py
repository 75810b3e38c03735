"""The grader: who is a student, what is in the table, and notebooks that are right, half done or broken."""

import csv
import json
from pathlib import Path

import pytest

from encoder_lab.exercises.__main__ import main
from encoder_lab.exercises.grader import EXERCISES, collect, columns, harmless
from encoder_lab.exercises.solutions import solved_cell
from tests.exercises.answers import EXERCISES as WITH_CELLS
from tests.exercises.answers import QUIZZES
from tests.exercises.notebooks import CHECK_SHAPES, GOOD, IMPORT, QUIZ, SHAPES, hand_in


def grade(folder: Path, *options: str) -> dict[str, dict[str, str]]:
    """Run the command and read its table: student -> column -> cell."""
    out = folder.parent / "grades.csv"
    assert main(["grade", str(folder), "--out", str(out), *options]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["student"] for row in rows})
    return {row["student"]: row for row in rows}


def solved_notebook() -> list[str]:
    """Every exercise of notebooks 00 to 09, solved with the reference answers' own text, and every quiz."""
    cells = ["import torch\nfrom transformers import BertForSequenceClassification\nfrom encoder_lab import *", IMPORT]
    for exercise in WITH_CELLS.values():
        if (load := f'ck = load("{exercise.checkpoint}")') not in cells:
            cells.append(load)
        cells += [exercise.given, solved_cell(exercise), exercise.check]
    return cells + [quiz.check.replace("...", repr(quiz.right)) for quiz in QUIZZES.values()]


def test_reference_answers_and_an_untouched_notebook(tmp_path, monkeypatch):
    monkeypatch.delenv("ENCODER_LAB_SOURCE", raising=False)
    hand_in(tmp_path / "in" / "ada.ipynb", *solved_notebook())
    untouched = [cell for each in WITH_CELLS.values() for cell in (each.given, each.cell, each.check)]
    hand_in(
        tmp_path / "in" / "bob.ipynb", IMPORT, "import torch", *untouched, *(quiz.check for quiz in QUIZZES.values())
    )
    table = grade(tmp_path / "in")
    assert table["ada"] == {"student": "ada", **dict.fromkeys(EXERCISES, "right"), "notes": ""}
    assert {name: table["bob"][name] for name in EXERCISES} == dict.fromkeys(EXERCISES, "not answered")


def test_half_done_notebooks(tmp_path):
    folder = tmp_path / "in"
    hand_in(folder / "good.ipynb", *GOOD)
    guess = 'check.quiz_zero_shot("a")'
    hand_in(folder / "wrong.ipynb", IMPORT, SHAPES.replace("(12, 2)", "(2,)"), CHECK_SHAPES, guess)
    hand_in(folder / "later-call-counts.ipynb", *GOOD, guess)
    hand_in(folder / "no-check-cell.ipynb", IMPORT, SHAPES, QUIZ)
    hand_in(folder / "in-a-comment.ipynb", IMPORT, SHAPES, f"# {CHECK_SHAPES}", QUIZ)
    hand_in(folder / "no-cells.ipynb")
    hand_in(folder / "syntax.ipynb", IMPORT, "shapes = {", CHECK_SHAPES, QUIZ)
    hand_in(folder / "failing.ipynb", IMPORT, "1 / 0", SHAPES, "undefined", CHECK_SHAPES, "check.nothing(1)", QUIZ)
    hand_in(folder / "magics.ipynb", f"%matplotlib inline\n{IMPORT}", "!echo hello\n%psource len", SHAPES, CHECK_SHAPES)
    table = grade(folder)
    verdicts = {student: (row["head_shapes"], row["quiz_zero_shot"]) for student, row in table.items()}
    assert verdicts == {
        "good": ("right", "right"),
        "wrong": ("wrong", "wrong"),
        "later-call-counts": ("right", "wrong"),
        "no-check-cell": ("not answered", "right"),
        "in-a-comment": ("not answered", "right"),
        "no-cells": ("not answered", "not answered"),
        "syntax": ("error", "right"),
        "failing": ("right", "right"),
        "magics": ("right", "not answered"),
    }
    assert "no-cells.ipynb: it never imports `check`" in table["no-cells"]["notes"]
    assert table["failing"]["notes"] == "failing.ipynb: cells that stopped with an error: 2, 4"
    assert table["good"]["notes"] == "" and table["good"]["share_of_head"] == "not answered"
    assert "position_ids" not in table["good"]  # nobody handed in notebook 01


def test_files_that_are_no_notebooks(tmp_path):
    folder = tmp_path / "in"
    hand_in(folder / "ok" / "00_welcome.ipynb", *GOOD)
    for student, content in {
        "binary": b"\x00\xff\xfe", "cut": json.dumps({"cells": []}).encode()[:-3], "empty": b"", "list": b"[]",
        "number": b"3", "cells": b'{"cells": [3]}', "deep": b"[" * 100_000,
        "source": b'{"cells": [{"cell_type": "code"}]}',
    }.items():  # fmt: skip
        (folder / student).mkdir()
        (folder / student / "00_welcome.ipynb").write_bytes(content)
    (folder / "unnumbered").mkdir()
    (folder / "unnumbered" / "mine.ipynb").write_bytes(b"{")
    (folder / "strange.ipynb").mkdir()  # a folder with a notebook's name
    (folder / "nothing").mkdir()
    (folder / "notes.txt").write_text("not a student")
    table = grade(folder)
    assert table["ok"]["head_shapes"] == "right"
    for student in ("binary", "cut", "empty", "list", "number", "cells", "deep", "source", "unnumbered"):
        assert table[student]["head_shapes"] == "error", student
        assert "not a notebook" in table[student]["notes"]
    for student in ("nothing", "strange.ipynb"):
        assert table[student]["head_shapes"] == "not answered" and table[student]["notes"] == "no notebook"
    assert "notes" not in table and len(table) == 12


def test_notebooks_of_one_student_make_one_row(tmp_path):
    folder = tmp_path / "in"
    hand_in(folder / "ada" / "00.ipynb", *GOOD)
    hand_in(folder / "ada" / "more" / "copy.ipynb", IMPORT, "shapes = 3", CHECK_SHAPES)  # the better one counts
    hand_in(folder / "ada" / ".ipynb_checkpoints" / "00.ipynb", IMPORT, CHECK_SHAPES)
    hand_in(folder / "ada" / "01.ipynb", IMPORT, 'check.quiz_static("b")')
    hand_in(folder / "ada.ipynb", IMPORT, 'check.quiz_padding("b")')
    students = collect(folder)
    assert [notebook.place for notebook in students["ada"]] == [
        "ada/00.ipynb", "ada/01.ipynb", "ada/more/copy.ipynb", "ada.ipynb",
    ]  # fmt: skip
    assert columns(students)[0] == "head_shapes" and "position_ids" in columns(students)
    table = grade(folder)
    row = table["ada"]
    assert [row[name] for name in ("head_shapes", "quiz_zero_shot", "quiz_static", "quiz_padding", "wordpiece")] == [
        "right", "right", "right", "wrong", "not answered",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", " =1", "\r=1"])
def test_a_name_is_no_formula(name):
    assert harmless(name) == f"'{name}"


def test_names_in_the_table(tmp_path):
    names = ['=HYPERLINK("x")', "+1", "@me", "José, Ana", 'the "A" team', "two\nlines", "name;semicolon"]
    for name in names:
        hand_in(tmp_path / "in" / f"{name}.ipynb")
    table = grade(tmp_path / "in")
    assert set(table) == {harmless(name) for name in names}
    assert harmless("José") == "José" and harmless("") == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "{folder}/missing"], "there is no folder"),
        (["grade", "{folder}"], "there is no notebook"),
        (["grade", "{folder}", "--seconds", "0"], "invalid number above 0 value: '0'"),
        (["grade", "{folder}", "--seconds", "inf"], "invalid number above 0 value: 'inf'"),
        (["grade", "{folder}", "--memory", "much"], "invalid number above 0 value: 'much'"),
        (["grade", "{folder}/one", "--out", "{folder}/no/such.csv"], "No such file or directory"),
        (["mark", "{folder}"], "invalid choice"),
        ([], "required"),
    ],
)
def test_misuse_is_one_sentence(arguments, said, tmp_path, capsys):
    hand_in(tmp_path / "in" / ".hidden" / "x.ipynb", IMPORT)
    hand_in(tmp_path / "in" / "one" / "x.ipynb", IMPORT) if "{folder}/one" in arguments else None
    with pytest.raises(SystemExit) as stopped:
        main([argument.format(folder=tmp_path / "in") for argument in arguments])
    error = capsys.readouterr().err
    assert stopped.value.code == 2 and said in error.splitlines()[-1] and "Traceback" not in error
