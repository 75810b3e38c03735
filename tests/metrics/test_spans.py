"""Normalised answers, exact match and F1, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoder_lab.metrics import exact_match, f1, normalize_answer


@pytest.mark.parametrize(
    "text, expected",
    [
        ("The  Cat\tsat,\non a mat!", "cat sat on mat"),
        ("A", ""),
        ("the", ""),
        ("?!", ""),
        ("", ""),
        ("another theme", "another theme"),
        ("a-b", "ab"),  # punctuation goes before articles do, so this a is none
        ("the-cat", "thecat"),
        ("U.S.A.", "usa"),
        ("don't", "dont"),
        ("“quoted”", "“quoted”"),  # only ASCII punctuation counts as such
        ("$5.00", "500"),
        ("ÉCOLE", "école"),
    ],
)
def test_normalize_answer(text, expected):
    assert normalize_answer(text) == expected


@pytest.mark.parametrize(
    "prediction, answers, exact, shared",
    [
        ("The cat.", ["cat"], 1, 1),
        ("black cat", ["the cat", "dog"], 0, 2 / 3),  # precision 1/2, recall 1
        ("the big black cat", ["black cat sat here now"], 0, 0.5),  # precision 2/3, recall 2/5
        ("no no", ["no"], 0, 2 / 3),  # a word counts as often as it stands in both
        ("no no", ["no no no"], 0, 0.8),
        ("cat dog", ["dog cat"], 0, 1),  # order does not count for F1
        ("dog", ["cat", "The dog"], 1, 1),
        ("dog", ["cat"], 0, 0),
        ("", [], 1, 1),
        ("the", [], 1, 1),
        ("cat", [], 0, 0),
        ("", ["cat"], 0, 0),
        ("the", ["cat"], 0, 0),
        ("", ["the", "cat"], 0, 0),  # of "the" nothing is left, so "cat" is the only right answer
        ("", ["the", "?"], 1, 1),
        ("cat", ["the"], 0, 0),
        ("東京", ["東京"], 1, 1),  # no white space, so one word
        ("東京", ["東京都"], 0, 0),
        ("北京 大学", ["北京 大學"], 0, 0.5),
    ],
)
def test_exact_match_and_f1(prediction, answers, exact, shared):
    assert exact_match(prediction, answers) == exact
    assert f1(prediction, answers) == pytest.approx(shared, rel=0, abs=1e-12)
    assert isinstance(exact_match(prediction, answers), float) and isinstance(f1(prediction, answers), float)


@given(st.text("ab the.", max_size=12), st.lists(st.text("ab the.", max_size=12), max_size=3))
def test_f1_is_at_least_exact_match_and_at_most_1(prediction, answers):
    assert exact_match(prediction, answers) <= f1(prediction, answers) <= 1
    assert f1(prediction, [*answers, "b " + prediction, prediction + " b"]) >= f1(prediction, [*answers, "z"])


@pytest.mark.parametrize("measure", [exact_match, f1])
def test_answers_that_are_one_string(measure):
    with pytest.raises(TypeError, match="answers is the string 'cat'; put it in a list"):
        measure("cat", "cat")


@pytest.mark.parametrize("measure", [exact_match, f1])
@pytest.mark.parametrize("answers", [{"text": ["Paris"], "answer_start": [4]}, {"Paris"}, [3], None, [["Paris"]]])
def test_answers_that_are_no_list_of_strings(measure, answers):
    with pytest.raises(TypeError, match="^answers is .*; give a list of strings, empty for no answer$"):
        measure("Paris", answers)
    with pytest.raises(TypeError, match="^prediction is None; give a string"):
        measure(None, ["Paris"])
