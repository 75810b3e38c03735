"""Inference pairs: read as they stand in the file, and split so that no premise is in two parts."""

import random
from collections import Counter

import pytest

from recipes.nli_data import CHOICE, LABELS, TEST, Pair, _part, load_conjunctions, load_nli, recombine
from tests.recipes.stand_in import FIRST, IN_TEST, SOURCES, contents, sentence, write


def test_pairs_are_read_without_outer_spaces_and_with_the_label_s_number(data):
    training, _, _ = load_nli(data)
    assert LABELS == ("contradiction", "neutral", "entailment")  # facebook/bart-large-mnli's order
    first, second, third = training[:3]
    assert first == Pair(sentence(FIRST), 'hello, the "dog" 0 sat by the bank 0', 0, "mnli")
    assert (second.hypothesis, second.label) == ('hello, the "dog" 1 sat by the bank 0', 2)
    assert (third.hypothesis, third.label) == ('hello, the "dog" 2 sat by the bank 0', 1)


def test_every_pair_is_in_one_part_and_every_source_in_all(data):
    parts = load_nli(data)
    assert sum(map(len, parts)) == len(set().union(*parts)) == contents()["nli/pairs.csv"].count("\n") - 1 == 64
    for part in parts:
        assert {pair.source for pair in part} == set(SOURCES)
        assert {pair.label for pair in part} == {0, 1, 2}


def test_no_premise_is_in_two_parts_in_whatever_case(data):
    training, choice, test = ({pair.premise.lower() for pair in part} for part in load_nli(data))
    assert not training & choice and not training & test and not choice & test
    assert {sentence(IN_TEST), sentence(IN_TEST).upper()} <= {pair.premise for pair in load_nli(data)[2]}


@pytest.mark.parametrize("seed", range(3))
def test_the_parts_do_not_depend_on_the_file_s_order(data, monkeypatch, seed):
    before = load_nli(data)
    header, *rows = contents()["nli/pairs.csv"].splitlines()
    random.Random(seed).shuffle(rows)
    write(data, monkeypatch, "nli/pairs.csv", "\n".join([header, *rows[: len(rows) // 2]]))
    after = load_nli(data)
    assert sum(map(len, after)) == 32
    assert all(set(mine) <= set(whole) for mine, whole in zip(after, before, strict=True))


def test_the_parts_do_not_depend_on_case(data, monkeypatch):
    sides = [{pair.premise.lower() for pair in part} for part in load_nli(data)]
    text = contents()["nli/pairs.csv"]
    for i in range(21):
        text = text.replace(sentence(FIRST + i), sentence(FIRST + i).title())
    write(data, monkeypatch, "nli/pairs.csv", text)
    assert [{pair.premise.lower() for pair in part} for part in load_nli(data)] == sides


def test_one_premise_in_ten_is_for_choosing_and_one_in_twenty_for_the_figures():
    counts = Counter(_part(sentence(n)) for n in range(4_000))
    assert sum(counts[part] for part in CHOICE) == pytest.approx(400, abs=60)
    assert sum(counts[part] for part in TEST) == pytest.approx(200, abs=45)


def test_conjunctions_whose_premise_is_kept_out_are_left_out(data):
    assert load_conjunctions(data) == [
        Pair("the cat and the dog sat", "the cat sat", 2, "conjunctions"),
        Pair("hello, dog and cat", 'say "hello"', 1, "conjunctions"),
    ]


def test_sentences_of_one_premise_make_pairs_that_nobody_has_labelled():
    pairs = [Pair("P", "a", 0, "mnli"), Pair("p", "b", 1, "mnli"),
             Pair("Q", "c", 2, "mnli"), Pair("Q", "C", 2, "mnli"), Pair("b", "a", 0, "mnli")]  # fmt: skip
    made = recombine(pairs)
    assert {(pair.premise, pair.hypothesis) for pair in made} == {
        ("a", "P"), ("b", "P"), ("P", "b"), ("a", "b"), ("c", "Q"), ("C", "Q"),
    }  # fmt: skip
    assert len(made) == 6 and {(pair.label, pair.source) for pair in made} == {(None, "recombined")}
