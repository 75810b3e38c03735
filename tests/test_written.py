"""What is written is whole or not there at all: an older file stays, and nothing is left beside it."""

import errno
from pathlib import Path

import pytest

from encoder_lab.written import write_whole


@pytest.fixture
def full_disk(monkeypatch):
    """A disk that is full after half of what is written."""

    def half(self, content):
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", half)


@pytest.mark.parametrize(
    ("given", "kept"), [("Größe", b"Gr\xc3\xb6\xc3\x9fe"), (b"\0\xff", b"\0\xff"), ("\ud83d", b"\\ud83d")]
)
def test_text_and_bytes_arrive(tmp_path, given, kept):
    write_whole(tmp_path / "new" / "file", given)
    assert (tmp_path / "new" / "file").read_bytes() == kept
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_a_full_disk_leaves_what_was_there(tmp_path, full_disk):
    old = tmp_path / "file"
    old.touch()
    for path in (old, tmp_path / "other"):
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, "something long")
    assert list(tmp_path.iterdir()) == [old] and old.read_bytes() == b""


def test_it_may_be_read_by_whom_the_system_s_mask_lets_read(tmp_path):
    write_whole(tmp_path / "file", "x")
    (tmp_path / "usual").touch()
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_the_package_writes_its_files_in_no_other_way():
    package = Path(__file__).parents[1] / "encoder_lab"
    # The second renames a folder when all that is in it is written; the third tells the kernel something.
    known = {"written.py", "grow/saving.py", "exercises/grading/inside/warm.py"}
    files = {file.relative_to(package).as_posix(): file.read_text("utf-8") for file in package.rglob("*.py")}
    assert {file for file, text in files.items() if ".write_text(" in text or ".write_bytes(" in text} == known
