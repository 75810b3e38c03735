"""Inference pairs: read as they stand in the file, and split so that no premise is on both sides."""

import random

import pytest

from recipes.nli_data import (
    LABELS,
    Pair,
    _held_out,
    choose_pairs,
    load_nli,
    read_pairs,
    recombine,
    write_pairs,
)
from tests.recipes.stand_in import SOURCES, contents, sentence, write


def test_pairs_are_read_without_outer_spaces_and_with_the_label_s_number(data):
    training, _ = load_nli(data)
    assert LABELS == ("contradiction", "neutral", "entailment")  # facebook/bart-large-mnli's order
    first, second, third = training[:3]
    assert first == Pair(sentence(733), 'hello, the "dog" 0 sat by the bank 0', 0, "mnli")
    assert (second.hypothesis, second.label) == ('hello, the "dog" 1 sat by the bank 0', 2)
    assert (third.hypothesis, third.label) == ('hello, the "dog" 2 sat by the bank 0', 1)


def test_every_pair_is_on_one_side(data):
    training, held_out = load_nli(data)
    assert len(training) + len(held_out) == contents()["nli/pairs.csv"].count("\n") - 1 == 64
    assert not set(training) & set(held_out)
    for part in (training, held_out):
        assert {pair.source for pair in part} == set(SOURCES)
        assert {pair.label for pair in part} == {0, 1, 2}


def test_no_premise_is_on_both_sides_in_whatever_case(data):
    training, held_out = load_nli(data)
    assert not {pair.premise.lower() for pair in training} & {pair.premise.lower() for pair in held_out}
    assert {sentence(734), sentence(734).upper()} <= {pair.premise for pair in held_out}


@pytest.mark.parametrize("seed", range(3))
def test_what_is_held_out_does_not_depend_on_the_file_s_order(data, monkeypatch, seed):
    before = load_nli(data)
    header, *rows = contents()["nli/pairs.csv"].splitlines()
    random.Random(seed).shuffle(rows)
    write(data, monkeypatch, "nli/pairs.csv", "\n".join([header, *rows[: len(rows) // 2]]))
    after = load_nli(data)
    assert sum(map(len, after)) == 32
    assert all(set(mine) <= set(whole) for mine, whole in zip(after, before, strict=True))


def test_what_is_held_out_does_not_depend_on_case(data, monkeypatch):
    sides = [{pair.premise.lower() for pair in part} for part in load_nli(data)]
    text = contents()["nli/pairs.csv"]
    for i in range(21):
        text = text.replace(sentence(733 + i), sentence(733 + i).title())
    write(data, monkeypatch, "nli/pairs.csv", text)
    assert [{pair.premise.lower() for pair in part} for part in load_nli(data)] == sides


def test_one_premise_in_ten_is_held_out():
    assert sum(_held_out(sentence(n)) for n in range(2_000)) == pytest.approx(200, abs=40)


def test_pairs_are_read_as_often_as_said():
    pairs = [Pair("a", str(i), 0, source) for source in ("mnli", "snli", "topic") for i in range(2)]
    chosen = choose_pairs(pairs, {"mnli": 2.5, "snli": 1.0}, 3)
    assert sorted(pair.source for pair in chosen) == ["mnli"] * 5 + ["snli"] * 2
    assert chosen == choose_pairs(pairs, {"mnli": 2.5, "snli": 1.0}, 3)


def test_sentences_of_one_premise_make_pairs_that_nobody_has_labelled():
    pairs = [Pair("P", "a", 0, "mnli"), Pair("p", "b", 1, "mnli"),
             Pair("Q", "c", 2, "mnli"), Pair("Q", "C", 2, "mnli"), Pair("b", "a", 0, "mnli")]  # fmt: skip
    made = recombine(pairs)
    assert {(pair.premise, pair.hypothesis) for pair in made} == {
        ("a", "P"), ("b", "P"), ("P", "b"), ("a", "b"), ("c", "Q"), ("C", "Q"),
    }  # fmt: skip
    assert len(made) == 6 and {(pair.label, pair.source) for pair in made} == {(None, "recombined")}


def test_made_pairs_are_kept_in_a_file_without_labels(tmp_path):
    pairs = [("P", 'a "b"\nc'), ("日本", "\u2028 🙂")]
    write_pairs(pairs, tmp_path / "nearest.jsonl")
    assert read_pairs(tmp_path / "nearest.jsonl") == [Pair(*pair, None, "nearest") for pair in pairs]
    assert list(tmp_path.iterdir()) == [tmp_path / "nearest.jsonl"]
