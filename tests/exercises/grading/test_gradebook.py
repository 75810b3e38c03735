"""The table and the pages: what a spreadsheet, a platform and a browser make of them, whatever the names are."""

import csv
import json
from pathlib import Path

import pytest

from encoder_lab.exercises.__main__ import main
from encoder_lab.exercises.grading.gradebook import harmless, merge, read_records, write_roster
from encoder_lab.exercises.grading.page import file_name
from encoder_lab.exercises.grading.report import slips

HOSTILE = [
    '=HYPERLINK("x")',
    "José, Ana",
    'the "A" team',
    "name;semicolon",
    "\x1b[2J<script>alert(1)</script>",
    "김민수",
]


def write(out: Path, students: list[str], given: str = "'c'") -> None:
    """Write the records of a class in which everybody has answered one question."""
    (out / "records").mkdir(parents=True)
    for number, student in enumerate(students):
        result = {"status": "right", "message": "<i>so it is</i>", "given": given}
        record = {"student": student, "id": str(number), "results": {"quiz_zero_shot": result}, "notes": ["=1+1 <u>"]}
        (out / "records" / f"{number}.json").write_text(json.dumps(record))
    write_roster(out, {f"{number}.json": (student, str(number)) for number, student in enumerate(students)})


def rows(out: Path) -> list[list[str]]:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", " =1", "\r=1", "＝1", "\u00a0@x"])
def test_a_name_is_no_formula(name):
    assert str(harmless(name)).startswith("'")
    assert harmless("José") == "José" and harmless("") == "" and harmless(-1) == -1


def test_the_table_opens_everywhere(tmp_path):
    write(tmp_path, HOSTILE)
    assert merge(tmp_path) == []
    assert (tmp_path / "grades.csv").read_bytes().startswith("\ufeffstudent,id,head_shapes".encode())
    table = rows(tmp_path)
    assert table[0][-2:] == ["right", "notes"] and {len(row) for row in table} == {len(table[0])}
    names = [row[0] for row in table[1:]]
    assert names == [harmless(name) for name in HOSTILE] and "\x1b" not in "".join(names)
    assert all(row[-1] == "'=1+1 <u>" and row[-2] == "1" for row in table[1:])


def test_a_page_shows_everything_and_does_nothing(tmp_path):
    write(tmp_path, HOSTILE, given="</pre><script>alert(2)</script>\u202e\x1b[31m")
    merge(tmp_path)
    pages = sorted((tmp_path / "pages").iterdir())
    assert len(pages) == len(HOSTILE)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text and "\x1b" not in text and "\u202e" not in text and "<i>" not in text
        assert "default-src 'none'" in text
        assert "&lt;i&gt;so it is&lt;/i&gt;" in text and "&lt;/pre&gt;&lt;script&gt;alert(2)" in text
        assert "How many" in text or "label" in text  # what was asked


def test_names_of_pages(tmp_path):
    names = [file_name({"student": student, "id": ""}) for student in ("a/../b", "a-b", "A-b", "..", "김" * 200, "")]
    assert len({name.casefold() for name in names}) == 6
    assert all(len(name.encode()) < 255 and "/" not in name and name[0] != "." for name in names)


@pytest.mark.parametrize(
    ("platform", "head", "first"),
    [
        ("canvas", ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Notebook 00"],
         ["    Points Possible", "", "", "", "", "6"]),
        ("moodle", ["Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Feedback comments"],
         ["Participant 0", "ada", "", "1", "6", "Notebook 00: 1"]),
        ("nbgrader", ["assignment", "student_id", "first_name", "last_name", "email", "raw_score",
                      "late_submission_penalty", "score", "max_score"],
         ["Notebook 00", "0", "", "ada", "", "1", "0", "1", "6"]),
    ],
)  # fmt: skip
def test_platforms_columns(tmp_path, platform, head, first):
    write(tmp_path, ["ada"])
    merge(tmp_path, platform)
    assert rows(tmp_path)[:2] == [head, first]


def test_a_class_s_page_counts_and_names_nobody(tmp_path):
    wrong = {"status": "wrong", "message": "Your answer has 3.5 at [0] where 'x' is wanted.", "given": "3.5"}
    other = wrong | {"message": "Your answer has -7 at [2] where 'y' is wanted."}
    right = {"status": "right", "message": "", "given": "1"}
    write(tmp_path, ["Ada <b>", "Bob", "Eve", "Kim"])
    for number, result in enumerate((wrong, other, wrong | {"message": "Another."}, right)):
        path = tmp_path / "records" / f"{number}.json"
        record = json.loads(path.read_text()) | {"results": {"drift": result}, "seconds": {"02": number + 1.0}}
        path.write_text(json.dumps(record))
    told = slips(read_records(tmp_path)[0])
    assert told == {"drift": {"Your answer has … at […] where … is wanted.": 0.5, "Another.": 0.25}}
    assert main(["report", str(tmp_path)]) == 0
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "drift, 50%: Your answer has … at […]" in text and "at most: 2, 4" in text
    assert "<td>drift</td><td>1</td><td>3</td><td>0</td>" in text
    assert not any(name in text for name in ("Ada", "Bob", "Eve", "Kim"))
    assert main(["report", str(tmp_path), "--names"]) == 0
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<td>Ada &lt;b&gt;</td><td>0</td>" in text and "<td>Kim</td><td>1</td>" in text
