"""Each notebook shows its exercises and quiz questions word for word as the package has them, cells in their order."""

import json
from pathlib import Path

import pytest

from encoder_lab.exercises import NOTEBOOKS

FOLDER = Path(__file__).parents[2] / "notebooks"


def cells(number: str) -> list[tuple[str, str]]:
    """The (type, source) of every cell of one notebook."""
    [path] = FOLDER.glob(f"{number}_*.ipynb")
    content = json.loads(path.read_text(encoding="utf-8"))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in content["cells"]]


@pytest.mark.parametrize(
    ("number", "name"), [(number, exercise.name) for number, exercises in NOTEBOOKS.items() for exercise in exercises]
)
def test_notebook_shows_the_exercise(number, name):
    [exercise] = [exercise for exercise in NOTEBOOKS[number] if exercise.name == name]
    codes = [getattr(exercise, "given", ""), getattr(exercise, "cell", ""), exercise.check]
    found = cells(number)
    [at] = [at for at, (kind, source) in enumerate(found) if kind == "markdown" and exercise.task in source]
    assert not hasattr(exercise, "note") or found[at][1].splitlines()[2] == exercise.note
    following = [source for kind, source in found[at + 1 : at + 7] if kind == "code"]
    assert following[: len(list(filter(None, codes)))] == list(filter(None, codes))


@pytest.mark.parametrize("number", NOTEBOOKS)
def test_notebook_asks_for_no_other_check(number):
    asked = [source.removeprefix("check.").partition("(")[0] for _, source in cells(number) if source[:6] == "check."]
    assert sorted(asked) == sorted(exercise.name for exercise in NOTEBOOKS[number])
