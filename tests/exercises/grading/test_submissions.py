"""Who handed in what: names of all kinds, zips of all kinds, platforms' downloads, links, and files that are none."""

import io
import json
import os
import stat
import sys
import unicodedata
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from encoder_lab.exercises.grading import files
from encoder_lab.exercises.grading.submissions import Submission, collect
from tests.exercises.grading.notebooks import IMPORT, QUIZ, hand_in

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such files, or merge such names")
ZERO, ONE = (IMPORT, QUIZ), (IMPORT, 'check.quiz_static("b")')


def content(*cells: str) -> bytes:
    """A notebook's bytes."""
    code = [{"cell_type": "code", "source": [cell]} for cell in cells]
    return json.dumps({"cells": code}).encode()


def zipped(entries: dict[str, bytes], when: tuple = (2026, 1, 1, 0, 0, 0)) -> bytes:
    """A zip's bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name, when), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def by_student(folder: Path) -> dict[str, Submission]:
    """The submissions by student."""
    found = collect(folder)
    assert len(found) == len({each.student for each in found})
    return {each.student: each for each in found}


def places(submission: Submission) -> list[str]:
    return [notebook.place for notebook in submission.notebooks]


def test_a_student_is_the_first_part_of_a_path(tmp_path):
    hand_in(tmp_path / "ada" / "week 1" / "00.ipynb", *ZERO)
    hand_in(tmp_path / "ada" / ".ipynb_checkpoints" / "00.ipynb", *ZERO)
    hand_in(tmp_path / "ada.ipynb", *ONE)
    (tmp_path / "ada.zip").write_bytes(zipped({"02.ipynb": content(IMPORT, "check.drift(1)")}))
    (tmp_path / "empty").mkdir()
    found = by_student(tmp_path)
    assert places(found["ada"]) == ["ada/week 1/00.ipynb", "ada.ipynb", "ada/02.ipynb"]
    assert [each.number for each in found["ada"].notebooks] == ["00", "01", "02"]
    assert found["ada"].notes == () and found["empty"].notes == ("no notebook",)


def test_the_later_of_two_counts_and_that_is_said(tmp_path):
    for name, day in (("hw-10", 3), ("hw", 3), ("hw-2", 3), ("newest", 4), ("broken 00", 5)):
        path = tmp_path / "ada" / f"{name}.ipynb"
        hand_in(path, *ZERO, f"'{name}'")
        if "broken" in name:
            path.write_text("{")
        os.utime(path, (0, datetime(2026, 3, day).timestamp()))
    [ada] = collect(tmp_path)
    assert places(ada) == ["ada/newest.ipynb"]
    assert ada.notes == (
        "ada/broken 00.ipynb does not count: not JSON, so not a notebook",
        "ada/hw.ipynb does not count: an earlier notebook 00 than ada/hw-2.ipynb",
        "ada/hw-2.ipynb does not count: an earlier notebook 00 than ada/hw-10.ipynb",
        "ada/hw-10.ipynb does not count: an earlier notebook 00 than ada/newest.ipynb",
    )


@linux
def test_one_name_in_two_spellings_is_one_student(tmp_path):
    for form, cells in (("NFC", ZERO), ("NFD", ONE)):
        hand_in(tmp_path / unicodedata.normalize(form, "José 김민수") / "x.ipynb", *cells)
    assert list(by_student(tmp_path)) == ["José 김민수"]
    assert len(by_student(tmp_path)["José 김민수"].notebooks) == 2


@linux
def test_names_of_all_kinds(tmp_path):
    for name in (" two  spaces ", "x" * 200, "two\nlines", "\x1b[31mred", "<b>bold", "-rf"):
        hand_in(tmp_path / f"{name}.ipynb", *ZERO)
    assert set(by_student(tmp_path)) == {"two spaces", "x" * 200, "two lines", "\\x1b[31mred", "<b>bold", "-rf"}


def test_what_platforms_call_files(tmp_path):
    hand_in(tmp_path / "doejane_LATE_12345_67890_Notebook 00-1.ipynb", *ZERO)
    hand_in(tmp_path / "doejane_12345_67880_Notebook 01.ipynb", *ONE)
    hand_in(tmp_path / "Kim Min-su_4711_assignsubmission_file_" / "my.ipynb", *ZERO)
    hand_in(tmp_path / "Ada Lovelace_4712_assignsubmission_file" / "my.ipynb", *ZERO)
    hand_in(tmp_path / "Bob_4713_assignsubmission_file_my_own.ipynb", *ZERO)
    hand_in(tmp_path / "under_score" / "1_2_x.ipynb", *ZERO)
    found = {(each.student, each.id): len(each.notebooks) for each in collect(tmp_path)}
    assert found == {
        ("doejane", "12345"): 2, ("Kim Min-su", "4711"): 1, ("Ada Lovelace", "4712"): 1, ("Bob", "4713"): 1,
        ("under_score", ""): 1,
    }  # fmt: skip


def test_zips_from_a_mac_and_from_a_korean_windows(tmp_path):
    mac = unicodedata.normalize("NFD", "김민수")
    entries = {f"{mac}/00.ipynb": content(*ZERO), f"__MACOSX/{mac}/._00.ipynb": b"x", f"{mac}/._00.ipynb": b"x",
               f"{mac}/.DS_Store": b"x"}  # fmt: skip
    (tmp_path / "mac.zip").write_bytes(zipped(entries))
    windows = zipped({"nnnnnn\\00.ipynb": content(*ZERO)})
    name = "이영희".encode("cp949")
    assert len(name) == 6
    (tmp_path / "windows.zip").write_bytes(windows.replace(b"nnnnnn", name))
    raw = zipped({"n" * 24 + "/00.ipynb": content(*ZERO)}).replace(b"n" * 24, mac.encode())
    assert len(mac.encode()) == 24
    (tmp_path / "unmarked.zip").write_bytes(raw)  # UTF-8 that does not say so, as a Mac's Finder writes it
    (tmp_path / "class.zip").write_bytes(zipped({"a/00.ipynb": content(*ZERO), "b/": b"", "c.ipynb": content(*ONE)}))
    found = by_student(tmp_path)
    assert places(found["mac"]) == [f"mac/{mac}/00.ipynb"] and places(found["windows"]) == ["windows/이영희/00.ipynb"]
    assert places(found["unmarked"]) == [f"unmarked/{mac}/00.ipynb"]
    assert list(by_student(tmp_path / "class.zip")) == ["a", "b", "c"]
    assert list(by_student(tmp_path / "mac.zip")) == ["00"]  # one folder, zipped: what is in it was handed in
    assert list(by_student(tmp_path / "windows.zip")) == ["00"]


def test_zips_that_mean_harm(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_MOST_BYTES", 3 * 2**20)
    good, bomb = content(*ZERO), zipped({"x.ipynb": b" " * 4 * 2**20})
    deep = zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"00.ipynb": good})})})})
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        entry = zipfile.ZipInfo("00.ipynb")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    for name, data in {
        "slip": zipped({"../../evil.ipynb": good, "/etc/evil.ipynb": good, "C:\\evil.ipynb": good, "00.ipynb": good}),
        "bomb": bomb, "inner": zipped({"bomb.zip": bomb, "00.ipynb": good}), "deep": deep,
        "cut": zipped({"a": b"x"})[:40],
        "damaged": zipped({"00.ipynb": b"x" * 5000}).replace(b"\x4b", b"\x4c", 1), "link": link.getvalue(), "none": b"",
    }.items():  # fmt: skip
        (tmp_path / f"{name}.zip").write_bytes(data)
    found = by_student(tmp_path)
    assert set(found) == {"slip", "bomb", "inner", "deep", "cut", "damaged", "link", "none"}
    assert places(found["slip"]) == ["slip/00.ipynb"]
    assert sum("leads out of its zip" in note for note in found["slip"].notes) == 3
    assert "unpacks to too much" in found["bomb"].notes[0]
    assert "unpacks to too much" in found["inner"].notes[0] and places(found["inner"]) == ["inner/00.ipynb"]
    assert "a zip within zips within zips" in found["deep"].notes[0]
    assert all("cannot be read" in found[name].notes[0] for name in ("cut", "damaged", "none"))
    assert found["link"].notebooks[0].trouble == "not JSON, so not a notebook"
    assert not list(tmp_path.parent.rglob("*evil*"))


@linux
def test_links_are_not_followed(tmp_path):
    folder = tmp_path / "in"
    hand_in(tmp_path / "secret" / "00.ipynb", *ZERO)
    hand_in(folder / "ada" / "00.ipynb", *ZERO)
    (folder / "bob").mkdir()
    (folder / "bob" / "00.ipynb").symlink_to(folder / "ada" / "00.ipynb")
    (folder / "eve").mkdir()
    (folder / "eve" / "all").symlink_to(tmp_path / "secret")
    (folder / "mal").symlink_to(tmp_path / "secret")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.ipynb")
    found = by_student(folder)
    assert set(found) == {"ada", "bob", "eve", "mal", "loop", "pipe"}
    assert [student for student, each in found.items() if each.notebooks] == ["ada"]
    assert all("a link, which is not followed" in found[student].notes[0] for student in ("bob", "eve", "mal", "loop"))
    assert "no ordinary file" in found["pipe"].notes[0]


def test_other_editions_and_other_kernels(tmp_path):
    book = json.loads(content(IMPORT, "check.gone(1)"))
    (tmp_path / "old.ipynb").write_text(json.dumps(book))
    (tmp_path / "00_old.ipynb").write_text(json.dumps(book))
    book["metadata"] = {"kernelspec": {"language": "R", "name": "ir"}}
    book["cells"][0]["outputs"] = [{"output_type": "display_data", "data": {"application/x-r": {"deep": [[[]]]}}}]
    (tmp_path / "00 R.ipynb").write_text(json.dumps(book))
    found = by_student(tmp_path)
    assert found["old"].notes == ("old.ipynb does not count: no check of the course is in it",)
    assert found["00_old"].notebooks[0].number == "00" and found["00_old"].notebooks[0].asked == {"gone"}
    assert found["00 R"].notebooks[0].language == "R"


@pytest.mark.parametrize("change", ["cell", "name", "place"])
def test_the_digest_tells_every_difference(tmp_path, change):
    hand_in(tmp_path / "1" / "ada.ipynb", *ZERO)
    hand_in(tmp_path / "2" / ("bob.ipynb" if change == "name" else "ada.ipynb"), *(ONE if change == "cell" else ZERO))
    if change == "place":
        (tmp_path / "2" / "ada").mkdir()
        (tmp_path / "2" / "ada.ipynb").rename(tmp_path / "2" / "ada" / "00.ipynb")
    (first,), (second,) = collect(tmp_path / "1"), collect(tmp_path / "2")
    assert first.digest != second.digest and first.digest == collect(tmp_path / "1")[0].digest
