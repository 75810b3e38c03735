"""The instructor's edition and a release: what is solved, what is locked, what is gone, and all else as it was."""

import json
from pathlib import Path

import nbformat
import pytest

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.__main__ import main
from encoder_lab.exercises.editions import COURSE, colab, instructor, release
from encoder_lab.exercises.exercise import Exercise
from encoder_lab.exercises.solutions import solved_cell


def sources(path: Path, kind: str = "") -> list[str]:
    """The cells' sources; of one kind, if it is named."""
    book = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(book)
    return ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"].startswith(kind)]


def test_the_instructor_s_edition_is_solved_and_says_what_to_point_at(tmp_path):
    told = {"wordpiece": {"The result for (…) is …; … is wanted.": 0.25}}
    written = instructor(COURSE, tmp_path, told)
    assert [path.name[:2] for path in written] == list(NOTEBOOKS)
    for path, exercises in zip(written, NOTEBOOKS.values(), strict=True):
        code, markdown, course = sources(path, "code"), sources(path, "markdown"), sources(COURSE / path.name)
        for each in exercises:
            if isinstance(each, Exercise):
                assert code[code.index(each.check) - 1] == solved_cell(each) and each.cell not in code
            else:
                assert f"check.{each.name}({each.right!r})" in code and each.check not in code
        changed = {cell for each in exercises for cell in (getattr(each, "cell", ""), each.check)}
        assert [cell for cell in course if cell not in changed and cell not in sources(path)] == []
        assert any("about" in cell and "minutes" in cell for cell in markdown)
    assert any("* Point at what the text says: *Look" in cell for cell in sources(written[2]))
    assert sum("25 %: The result for" in cell for cell in sources(written[1])) == 1


def test_a_release_holds_what_is_open(tmp_path):
    written = release(COURSE, tmp_path, ["wordpiece", "quiz_scale"], ["character_stretch", "quiz_static"])
    for path, exercises in zip(written, NOTEBOOKS.values(), strict=True):
        cells, course = sources(path), sources(COURSE / path.name)
        gone = set(course) - set(cells)
        names = {each.name: each for each in exercises}
        assert {cell for cell in gone if "check." in cell} == {
            names[name].check
            for name in ("wordpiece", "quiz_scale", "character_stretch", "quiz_static")
            if name in names
        }
        if path.name[:2] not in ("01", "02"):
            assert cells == course
    first = sources(written[1])
    [at] = [at for at, cell in enumerate(first) if NOTEBOOKS["01"][0].task in cell]
    assert first[at + 1] == NOTEBOOKS["01"][0].given and first[at + 2] == "*This exercise is not open yet.*"
    assert NOTEBOOKS["01"][0].cell not in first
    assert NOTEBOOKS["01"][1].given in first and not any(NOTEBOOKS["01"][1].task in cell for cell in first)
    assert not any("check.quiz_static" in cell for cell in first)


def test_commands(tmp_path, capsys):
    assert main(["release", str(tmp_path / "out"), "--leave-out", "drift"]) == 0
    assert capsys.readouterr().out == f"{len(NOTEBOOKS)} notebooks are in {tmp_path / 'out'}.\n"
    for arguments, said in (
        (["release", str(tmp_path), "--lock", "nothing"], "there is no exercise 'nothing'; they are head_shapes"),
        (["instructor", str(tmp_path), "--notebooks", str(tmp_path / "none")], "no notebook of the course is there"),
        (["instructor", str(tmp_path), "--grades", str(tmp_path)], "there is no roster.json"),
    ):
        with pytest.raises(SystemExit):
            main(arguments)
        assert said in capsys.readouterr().err.splitlines()[-1]


def test_in_colab_the_first_cell_installs_the_course_and_all_else_is_as_it_was(tmp_path):
    wheel = "https://example.org/encoder_lab-0.1.0-py3-none-any.whl"
    assert main(["colab", str(tmp_path), "--wheel", wheel]) == 0
    written = sorted(tmp_path.glob("*.ipynb"))
    assert [path.name[:2] for path in written] == list(NOTEBOOKS)
    for path in written:
        note, install, *rest = sources(path)
        assert "installs the course" in note and install.startswith(f'%pip install -q "{wheel}"\n')
        assert "enable_custom_widget_manager()" in install
        assert sources(path, "code")[0] == install and rest == sources(COURSE / path.name)


@pytest.mark.parametrize(
    "wheel", ["", "dist/encoder_lab.whl", "http://example.org/a.whl", 'https://a"; !rm', "https://{x}"]
)
def test_what_colab_could_not_fetch_is_refused(tmp_path, wheel):
    with pytest.raises(ValueError, match="Colab fetches https"):
        colab(COURSE, tmp_path / "dest", wheel)
    assert not (tmp_path / "dest").exists()
