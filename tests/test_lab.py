"""`make lab` and `make reset`: what they say, what they open, and one clear sentence for whatever stops them."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from encoder_lab import lab

ROOT = Path(__file__).parents[1]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_welcome", "03_the_head"):
        (folder / f"{name}.ipynb").write_text('{"cells": []}', encoding="utf-8")
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "my_notebooks"


@pytest.fixture
def opened(monkeypatch) -> list:
    """What would be opened in JupyterLab, and is not."""
    calls = []
    monkeypatch.setattr(lab, "start", lambda notebook, trusted: calls.append((notebook, trusted)))
    monkeypatch.setattr(lab.shared_weights, "share", lambda files: None)
    return calls


def test_an_unknown_number_is_said_in_one_sentence(course, mine):
    with pytest.raises(SystemExit, match=r"^Encoder Lab: there is no notebook '42'; the course has 00, 03$"):
        lab.main(["reset", "42"], course, mine)


def test_an_incomplete_folder_is_said_in_one_sentence(tmp_path, mine):
    with pytest.raises(SystemExit, match="^Encoder Lab: there are no notebooks in .*complete copy"):
        lab.main([], tmp_path, mine)


def test_an_unknown_language_is_said_in_one_sentence(course, mine, monkeypatch):
    monkeypatch.setenv("ENCODER_LAB_LANGUAGE", "xx")
    with pytest.raises(SystemExit, match="^Encoder Lab: there are no texts in the language 'xx'; there are in en"):
        lab.main([], course, mine)


@pytest.mark.parametrize("arguments", [[], ["reset", "03"]])
def test_a_file_in_the_way_is_said_in_one_sentence(course, mine, arguments):
    mine.write_text("not a folder", encoding="utf-8")
    with pytest.raises(SystemExit, match="^Encoder Lab: .*my_notebooks cannot be written .*; take a folder of"):
        lab.main(arguments, course, mine)


def test_start_copies_first_and_opens_the_first_notebook(course, mine, opened, capsys):
    lab.main([], course, mine)
    ours = [mine / "00_welcome.ipynb", mine / "03_the_head.ipynb"]
    assert opened == [(ours[0], ours)]
    assert capsys.readouterr().out == "new: 00_welcome.ipynb\nnew: 03_the_head.ipynb\n"
    (mine / "00_a_note_of_mine.ipynb").touch()  # comes before 00_welcome in the alphabet
    lab.main([], course, mine)
    assert opened[1:] == opened[:1]
    assert capsys.readouterr().out == ""


def test_a_file_that_stands_in_a_package_s_way_is_named(course, mine, opened, capsys):
    lab.main([], course, mine)
    (mine / "tokenizers.py").touch()
    lab.main([], course, mine)
    assert f"{mine / 'tokenizers.py'} has the name of a package" in capsys.readouterr().out


def test_notebooks_that_were_changed_in_the_course_s_own_folder_are_named(course, mine, opened, capsys):
    name = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x"}
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "the course"]):
        subprocess.run(["git", "-C", course, *command], check=True, env=os.environ | name)
    lab.main([], course, mine)
    assert "changed" not in capsys.readouterr().out
    (course / "03_the_head.ipynb").write_text('{"cells": [1]}', encoding="utf-8")
    lab.main([], course, mine)
    assert "03_the_head.ipynb has been changed in the course's own folder" in capsys.readouterr().out


def test_the_module_runs_as_a_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["lab", "--help"])
    monkeypatch.delitem(sys.modules, "encoder_lab.lab")
    with pytest.raises(SystemExit, match="0"):
        runpy.run_module("encoder_lab.lab", run_name="__main__")
    assert "reset" in capsys.readouterr().out


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the course's folder, elsewhere than where it was installed; no weights in it."""
    folder = tmp_path_factory.mktemp("elsewhere") / "course"
    without = shutil.ignore_patterns("*.safetensors", "__pycache__")
    shutil.copytree(ROOT / "encoder_lab", folder / "encoder_lab", ignore=without)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns("0[1-9]*", "10*"))
    return folder


def test_documentation_may_be_left_out_of_the_code(copy):
    """Python's -OO does that."""
    command = [sys.executable, "-OO", "-m", "encoder_lab.lab", "reset", "00"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_package_that_does_not_start_is_said_in_one_sentence(copy, tmp_path):
    (tmp_path / "tokenizers.py").write_text("")
    command = [sys.executable, "-m", "encoder_lab.lab"]
    done = subprocess.run(
        command, cwd=copy, capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": str(tmp_path)}
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith(f"Encoder Lab: encoder_lab does not start ({tmp_path / 'tokenizers.py'} is imported")
