"""Every Markdown cell of a reviewed notebook was read as it is, and has its claim tests or a reason for none."""

import json

import pytest

from tests.claims import review
from tests.claims.review import claim_tests, claims_of, markdown_cells, stamps, unread, wrong
from tests.fingerprints import fingerprint

NOT_YET_REVIEWED = ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09"]  # take a notebook out when all is read

NUMBERS = sorted(file.name[:2] for file in review.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


@pytest.mark.parametrize("number", [number for number in NUMBERS if number not in NOT_YET_REVIEWED])
def test_every_cell_was_reviewed_as_it_is(number):
    assert [*unread(markdown_cells(number), stamps().get(number, {}))] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_cells_stamps_and_tests_fit_together(number):
    assert [*wrong(markdown_cells(number), stamps().get(number, {}), claims_of(number))] == []


def test_the_list_of_what_is_not_reviewed_shrinks():
    assert {*stamps(), *NOT_YET_REVIEWED} == {*NUMBERS}
    whole = [n for n in NOT_YET_REVIEWED if not [*unread(markdown_cells(n), stamps().get(n, {}))]]
    assert whole == [], "these are reviewed: take them out of the list"


def test_stamps_lie_in_the_cells_order_a_line_each():
    for number, stamped in stamps().items():
        assert list(stamped) == [cell for cell in markdown_cells(number) if cell in stamped]
        for cell in stamped:
            assert f'\n  "{cell}": {{"from": "' in review.REVIEWED.read_text(encoding="utf-8")


CELLS = {"10-00": "Water is wet.", "10-02": "See below."}
STAMPED = {
    "10-00": {"from": fingerprint("Water is wet."), "tests": ["test_water"]},
    "10-02": {"from": fingerprint("See below."), "none": "it points"},
}
FOUND = {"test_water": ["10-00"]}


def test_a_changed_cell_and_a_new_one_are_to_be_read():
    assert [*unread(CELLS, STAMPED)] == []
    [sentence] = unread(CELLS | {"10-00": "Water is dry."}, STAMPED)
    assert sentence.startswith("cell 10-00 has changed") and "python -m tests.claims.review 10-00" in sentence
    [sentence] = unread(CELLS | {"10-04": "New."}, STAMPED)
    assert sentence.startswith("cell 10-04 was never reviewed")


@pytest.mark.parametrize(
    ("cells", "stamped", "found", "said"),
    [
        ({}, {"10-06": STAMPED["10-02"]}, {}, "no Markdown cell has this id: take its line out"),
        ({}, {"10-00": {"from": "", "tests": ["test_wet"]}}, {"test_water": []}, "names test_wet, which is no test"),
        ({}, {}, {"test_water": ["10-02"]}, "its docstring does not quote 10-00"),
        ({}, {}, {"test_ice": ["10-02"]}, "test_ice quotes cell 10-02, whose stamp lacks it"),
        ({}, {}, {"test_ice": []}, "the docstring of test_ice quotes no cell's id"),
        ({}, {}, {"test_ice": ["10-99"]}, "test_ice quotes 10-99, and no Markdown cell has this id"),
        ({}, {"10-02": {"from": "", "none": " "}}, {}, "needs tests, or a reason"),
        ({}, {"10-02": {"from": "", "none": "two\nlines"}}, {}, "needs tests, or a reason"),
        ({}, {"10-00": STAMPED["10-00"] | {"none": "both"}}, {}, "needs tests, or a reason"),
        ({}, {"10-02": {"from": ""}}, {}, "needs tests, or a reason"),
    ],
)
def test_what_does_not_fit_is_said(cells, stamped, found, said):
    assert [*wrong(CELLS, STAMPED, FOUND)] == []
    assert any(said in sentence for sentence in wrong(CELLS | cells, STAMPED | stamped, FOUND | found))


def test_a_docstring_may_quote_several_cells():
    source = 'def test_a():\n    """10-00: "so"; 10-02a: the other."""\ndef of():\n    """10-04"""\ndef test_b(): 1'
    assert claim_tests(source) == {"test_a": ["10-00", "10-02a"], "test_b": []}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one notebook with two Markdown cells and one claim test."""
    cells = [{"cell_type": "markdown", "id": cell, "source": [source]} for cell, source in CELLS.items()]
    (tmp_path / "10_water.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "test_notebook_10.py").write_text('def test_water():\n    """10-00: it is."""\n')
    (tmp_path / "reviewed.json").write_text("{}")
    for name, path in (("NOTEBOOKS", tmp_path), ("TESTS", tmp_path), ("REVIEWED", tmp_path / "reviewed.json")):
        monkeypatch.setattr(review, name, path)


def test_the_command_lists_shows_and_stamps(course, capsys):
    review.main(["10-02", "--none", "it points"])
    review.main(["10"])
    assert "cell 10-00 was never reviewed" in (said := capsys.readouterr().out) and "cell 10-02 was" not in said
    review.main(["10-00"])
    assert "Water is wet." in (said := capsys.readouterr().out) and "test_water" in said and "--read" in said
    review.main(["10-00", "--read"])
    assert review.stamps() == {"10": STAMPED} and list(review.stamps()["10"]) == ["10-00", "10-02"]
    review.main(["10"])
    assert capsys.readouterr().out.endswith("all cells are reviewed\n")
    for wrong_way in (["10-02", "--read"], ["10-00", "--none", "no need"], ["10-44"], ["11"]):
        with pytest.raises(SystemExit):
            review.main(wrong_way)
