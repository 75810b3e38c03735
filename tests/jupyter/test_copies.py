"""The student's copy: new notebooks arrive, the student's work is never lost, and what is torn is mended or named."""

import errno
import json
from pathlib import Path

import pytest

from encoder_lab.jupyter import copies
from encoder_lab.jupyter.copies import give, reset, unchanged


def book(text: str) -> str:
    """A notebook that says something."""
    return json.dumps({"cells": [text]})


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_welcome", "03_the_head"):
        (folder / f"{name}.ipynb").write_text(book(f"course's {name}"), encoding="utf-8")
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "my_notebooks"


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.ipynb"))}


def test_the_first_time_everything_is_copied(course, mine):
    assert give(course, mine) == ["new: 00_welcome.ipynb", "new: 03_the_head.ipynb"]
    assert contents(mine) == contents(course)


def test_the_second_time_nothing_is_copied_and_nothing_said(course, mine):
    give(course, mine)
    assert give(course, mine) == []


def test_what_the_student_wrote_is_never_overwritten(course, mine):
    give(course, mine)
    (mine / "03_the_head.ipynb").write_text(book("my answer"), encoding="utf-8")
    (course / "03_the_head.ipynb").write_text(book("a newer course"), encoding="utf-8")
    give(course, mine)
    assert contents(mine)["03_the_head.ipynb"] == book("my answer")


def test_a_file_the_student_brought_is_never_overwritten(course, mine):
    mine.mkdir()
    (mine / "03_the_head.ipynb").write_text(book("brought along"), encoding="utf-8")
    assert give(course, mine) == ["new: 00_welcome.ipynb"]
    assert contents(mine)["03_the_head.ipynb"] == book("brought along")


def test_a_new_notebook_of_the_course_is_added(course, mine):
    give(course, mine)
    (course / "04_question.ipynb").write_text(book("new"), encoding="utf-8")
    assert give(course, mine) == ["new: 04_question.ipynb"]
    assert contents(mine)["04_question.ipynb"] == book("new")


def test_a_newer_version_is_announced_not_forced(course, mine):
    give(course, mine)
    (course / "03_the_head.ipynb").write_text(book("newer"), encoding="utf-8")
    line = "03_the_head.ipynb has a newer version: `make reset NB=03` gets it and keeps yours beside it"
    assert give(course, mine) == [line]
    assert contents(mine)["03_the_head.ipynb"] == book("course's 03_the_head")
    reset(course, mine, ["03"])
    assert give(course, mine) == []


def test_reset_keeps_every_older_version(course, mine):
    give(course, mine)
    for number in (1, 2, 3):
        (mine / "03_the_head.ipynb").write_text(book(f"try {number}"), encoding="utf-8")
        assert f"03_the_head_kept_{number}.ipynb" in reset(course, mine, ["03"])[0]
    assert contents(mine) == {
        "00_welcome.ipynb": book("course's 00_welcome"),
        "03_the_head.ipynb": book("course's 03_the_head"),
        "03_the_head_kept_1.ipynb": book("try 1"),
        "03_the_head_kept_2.ipynb": book("try 2"),
        "03_the_head_kept_3.ipynb": book("try 3"),
    }


def test_reset_without_an_old_copy_gives_a_fresh_one(course, mine):
    assert "none to keep" in reset(course, mine, ["00"])[0]
    assert contents(mine) == {"00_welcome.ipynb": book("course's 00_welcome")}


def test_several_are_reset_at_once_and_the_tab_that_is_open_is_minded(course, mine):
    give(course, mine)
    lines = reset(course, mine, ["03", "00", "03"])
    assert [line[:2] for line in lines] == ["03", "00"] and all("close that tab" in line for line in lines)


@pytest.mark.parametrize("numbers", [["03", "42"], ["3"], [""], ["../00"], ["0*"]])
def test_an_unknown_number_names_the_known_ones_and_nothing_is_done(course, mine, numbers):
    with pytest.raises(ValueError, match="^there is no notebook .*; the course has 00, 03$"):
        reset(course, mine, numbers)
    assert not mine.exists()


def test_without_a_number_it_says_how_one_is_given(course, mine):
    with pytest.raises(ValueError, match="make reset NB=03"):
        reset(course, mine, [])


@pytest.mark.parametrize("size", [0, 7])
def test_a_copy_that_was_cut_off_is_made_whole(course, mine, size):
    give(course, mine)
    torn = mine / "03_the_head.ipynb"
    torn.write_bytes(torn.read_bytes()[:size])
    (course / "00_welcome.ipynb").write_text(book("newer"), encoding="utf-8")
    assert give(course, mine)[1] == "new: 03_the_head.ipynb, of which a part only had been copied"
    assert torn.read_bytes() == (course / "03_the_head.ipynb").read_bytes()


def test_what_a_student_has_torn_is_named_and_kept(course, mine):
    give(course, mine)
    (mine / "03_the_head.ipynb").write_text('{"cells": ["mine', encoding="utf-8")
    assert give(course, mine) == [
        "03_the_head.ipynb is not whole and cannot be opened: `make reset NB=03` gets it anew and keeps what is there "
        "beside it"
    ]
    assert contents(mine)["03_the_head.ipynb"] == '{"cells": ["mine'


def test_a_notebook_of_another_name_is_explained(course, mine):
    give(course, mine)
    (course / "03_the_head.ipynb").rename(course / "03_a_head.ipynb")
    line = "new: 03_a_head.ipynb, which was called 03_the_head.ipynb before; yours of that name stays as it is"
    assert give(course, mine) == [line]
    assert give(course, mine) == [] and set(contents(mine)) == {
        "00_welcome.ipynb", "03_a_head.ipynb", "03_the_head.ipynb",
    }  # fmt: skip


@pytest.mark.parametrize("before", ["given", "not given"])
def test_a_disk_that_is_full_meanwhile_leaves_nothing_torn(course, mine, monkeypatch, before):
    if before == "given":
        give(course, mine)
    kept = contents(mine)

    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(copies, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        reset(course, mine, ["03"])
    assert contents(mine) == kept


def test_only_what_is_the_course_s_own_is_listed_as_unchanged(course, mine):
    assert unchanged(course, mine) == []
    give(course, mine)
    (mine / "03_the_head.ipynb").write_text(book("my answer"), encoding="utf-8")
    assert unchanged(course, mine) == [mine / "00_welcome.ipynb"]
