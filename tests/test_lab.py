"""The student's copy: new notebooks arrive, the student's work is never lost, and mistakes get one clear sentence."""

import json
import runpy
import sys
from pathlib import Path

import pytest

from encoder_lab import lab


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_welcome", "03_the_head"):
        (folder / f"{name}.ipynb").write_text(f"course's {name}", encoding="utf-8")
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "my_notebooks"


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.ipynb"))}


def test_the_first_time_everything_is_copied(course, mine):
    assert lab.give(course, mine) == ["new: 00_welcome.ipynb", "new: 03_the_head.ipynb"]
    assert contents(mine) == contents(course)


def test_the_second_time_nothing_is_copied_and_nothing_said(course, mine):
    lab.give(course, mine)
    assert lab.give(course, mine) == []


def test_what_the_student_wrote_is_never_overwritten(course, mine):
    lab.give(course, mine)
    (mine / "03_the_head.ipynb").write_text("my answer", encoding="utf-8")
    (course / "03_the_head.ipynb").write_text("a newer course", encoding="utf-8")
    lab.give(course, mine)
    assert contents(mine)["03_the_head.ipynb"] == "my answer"


def test_a_file_the_student_brought_is_never_overwritten(course, mine):
    mine.mkdir()
    (mine / "03_the_head.ipynb").write_text("brought along", encoding="utf-8")
    assert lab.give(course, mine) == ["new: 00_welcome.ipynb"]
    assert contents(mine)["03_the_head.ipynb"] == "brought along"


def test_a_new_notebook_of_the_course_is_added(course, mine):
    lab.give(course, mine)
    (course / "04_question.ipynb").write_text("new", encoding="utf-8")
    assert lab.give(course, mine) == ["new: 04_question.ipynb"]
    assert contents(mine)["04_question.ipynb"] == "new"


def test_a_newer_version_is_announced_not_forced(course, mine):
    lab.give(course, mine)
    (course / "03_the_head.ipynb").write_text("newer", encoding="utf-8")
    line = "03_the_head.ipynb has a newer version: `make reset NB=03` gets it and keeps yours beside it"
    assert lab.give(course, mine) == [line]
    assert contents(mine)["03_the_head.ipynb"] == "course's 03_the_head"
    lab.reset(course, mine, "03")
    assert lab.give(course, mine) == []


def test_reset_keeps_every_older_version(course, mine):
    lab.give(course, mine)
    for number in (1, 2, 3):
        (mine / "03_the_head.ipynb").write_text(f"try {number}", encoding="utf-8")
        assert f"03_the_head_kept_{number}.ipynb" in lab.reset(course, mine, "03")
    assert contents(mine) == {
        "00_welcome.ipynb": "course's 00_welcome",
        "03_the_head.ipynb": "course's 03_the_head",
        "03_the_head_kept_1.ipynb": "try 1",
        "03_the_head_kept_2.ipynb": "try 2",
        "03_the_head_kept_3.ipynb": "try 3",
    }


def test_reset_without_an_old_copy_gives_a_fresh_one(course, mine):
    assert "none to keep" in lab.reset(course, mine, "00")
    assert contents(mine) == {"00_welcome.ipynb": "course's 00_welcome"}


@pytest.mark.parametrize("number", ["42", "3", "", "../00", "0*"])
def test_an_unknown_number_names_the_known_ones(course, mine, number):
    with pytest.raises(SystemExit, match=r"^Encoder Lab: there is no notebook .*; the course has 00, 03$"):
        lab.main(["reset", number], course, mine)
    assert not mine.exists()


def test_an_incomplete_folder_is_said_in_one_sentence(tmp_path, mine):
    with pytest.raises(SystemExit, match="^Encoder Lab: there are no notebooks in .*complete copy"):
        lab.main([], tmp_path, mine)


def test_an_unknown_language_is_said_in_one_sentence(course, mine, monkeypatch):
    monkeypatch.setenv("ENCODER_LAB_LANGUAGE", "xx")
    with pytest.raises(SystemExit, match="^Encoder Lab: there are no texts in the language 'xx'; there are in en"):
        lab.main([], course, mine)


def test_a_file_in_the_way_is_said_in_one_sentence(course, mine):
    mine.write_text("not a folder", encoding="utf-8")
    with pytest.raises(SystemExit, match="^Encoder Lab: .*my_notebooks"):
        lab.main([], course, mine)


def test_start_copies_first_and_opens_the_first_notebook(course, mine, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(lab, "start", opened.append)
    lab.main([], course, mine)
    assert opened == [mine / "00_welcome.ipynb"]
    assert opened[0].exists()
    assert capsys.readouterr().out == "new: 00_welcome.ipynb\nnew: 03_the_head.ipynb\n"
    (mine / "00_a_note_of_mine.ipynb").touch()  # comes before 00_welcome in the alphabet
    lab.main([], course, mine)
    assert opened[1:] == [mine / "00_welcome.ipynb"]
    assert capsys.readouterr().out == ""


@pytest.fixture
def arguments(monkeypatch):
    """Open JupyterLab as a user with some number would: the arguments it is started with."""

    def started(user):
        kept = []
        monkeypatch.setattr("os.geteuid", lambda: user, raising=False)
        monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", kept.extend)
        monkeypatch.setattr(lab.shared_weights, "share", lambda files: None)
        lab.start(Path("00_welcome.ipynb"))
        return kept

    return started


@pytest.mark.parametrize("user", [0, 1000])
def test_jupyter_listens_here_alone_and_keeps_its_token(arguments, user):
    given = arguments(user)
    assert "--ServerApp.ip=127.0.0.1" in given
    assert ("--allow-root" in given) == (user == 0)
    assert not [argument for argument in given if "token" in argument or "password" in argument]


def test_jupyterlab_saves_what_the_explorers_show(arguments):
    settings = next(each.partition("=")[2] for each in arguments(1000) if each.startswith("--LabApp.app_settings_dir="))
    chosen = json.loads((Path(settings) / "overrides.json").read_text(encoding="utf-8"))
    assert chosen["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": True}


def test_the_module_runs_as_a_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["lab", "--help"])
    monkeypatch.delitem(sys.modules, "encoder_lab.lab")
    with pytest.raises(SystemExit, match="0"):
        runpy.run_module("encoder_lab.lab", run_name="__main__")
    assert "reset" in capsys.readouterr().out
