"""What notebook 06 says of the zero-shot checkpoint; each docstring names the cell that says it."""

from math import comb

import nbformat
import pytest

from encoder_lab import load, softmax, zero_shot
from tests.claims.review import NOTEBOOKS


@pytest.fixture(scope="module")
def ck():
    return load("zero-shot-classification", "bundled")


def printed(cell_id):
    """Read what a cell of the committed run has printed."""
    notebook = nbformat.read(NOTEBOOKS / "06_zero_shot_by_inference.ipynb", as_version=4)
    [cell] = [cell for cell in notebook.cells if cell.id == cell_id]
    return "".join(output.text for output in cell.outputs)


def test_nine_easy_pairs_are_right(ck):
    """06-20: entailment twice and contradiction, three times contradiction, three times neutral, by far the largest."""
    premises = ["A man is playing a guitar on the street.", "A woman is reading a book in a park.",
                "Three women are cooking in a kitchen."]  # fmt: skip
    hypotheses = ["Somebody is outdoors.", "Everyone is asleep.", "It is a sunny day."]
    shares = [softmax(each.logits) for each in zero_shot(ck, premises, hypotheses, "{}")]
    assert [each.argmax(dim=1).tolist() for each in shares] == [[2, 0, 1], [2, 0, 1], [0, 0, 1]]
    assert min(each[2, 1] for each in shares) > 0.8


def test_who_calls_whom_is_not_read(ck):
    """06-22: the same words in another order, and the model is not in doubt."""
    pair = "The doctor called the nurse.", "The nurse called the doctor."
    assert sorted(pair[0].lower().split(".")[0].split()) == sorted(pair[1].lower().split(".")[0].split())
    assert softmax(zero_shot(ck, pair[0], [pair[1]], "{}").logits[0])[2] > 0.8


def test_only_one_of_four_wordings_wins_the_waltz(ck):
    """06-47: with *dance* it is won, with *dancing*, *a dance* and *ballet* it is not."""
    wordings = [["travel", "cooking", "dancing"], ["journeys", "food", "dance"],
                ["a journey", "a meal", "a dance"], ["holidays", "cookery", "ballet"]]  # fmt: skip
    found = [zero_shot(ck, "They waltzed until midnight.", words, "This example is about {}.") for words in wordings]
    wins = [each.ranked[0].label for each in found]
    assert wins == ["travel", "dance", "a journey", "holidays"]


def test_most_errors_are_drawn_to_one_label():
    """06-63: eight of the twelve went to *a hotel*."""
    said = printed("06-62")
    assert (said.count("->"), said.count("-> a hotel ")) == (12, 8)


def test_five_of_six_tosses_are_no_rarity():
    """06-69: five gained and one lost; five or six heads of six come about one time in nine."""
    assert "5 gained, 1 lost" in printed("06-68")
    assert 8.5 < 2**6 / (comb(6, 5) + comb(6, 6)) < 9.5
