"""The command that reads every line of the data folder there and back."""

import sys

import pytest
from transformers import AutoTokenizer

from recipes import round_trip
from recipes.files import FILES


@pytest.fixture
def tokenizer():
    return AutoTokenizer.from_pretrained(round_trip.SHARED)


def test_every_file_but_the_vocabulary_is_read(data):
    names = [name for name, _ in round_trip.read_lines(data)]
    assert set(FILES) - set(names) == {"roberta_bpe/vocab.json", "roberta_bpe/merges.txt"}
    assert len(names) == len(set(names)) == len(FILES) - 2


def test_changed_and_unknown_lines_are_counted(tokenizer, monkeypatch):
    assert round_trip.count_changed(tokenizer, ["a  cat", "猫 \x07"]) == (0, 0)
    monkeypatch.setattr(tokenizer, "batch_decode", lambda rows, **_: ["a cat", "猫 \x07"])
    assert round_trip.count_changed(tokenizer, ["a  cat", "猫 \x07"]) == (1, 0)


def test_unknown_pieces_are_counted(tokenizer):
    assert round_trip.count_changed(tokenizer, ["a cat", "a <unk> dog", "dog"]) == (0, 1)


def test_the_command_succeeds_only_if_all_is_well(data, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["round_trip", "--data", str(data)])
    with pytest.raises(SystemExit, match="False"):
        round_trip.main()
    assert "every one comes back unchanged" in capsys.readouterr().out
    monkeypatch.setattr(round_trip, "count_changed", lambda *_: (1, 0))
    with pytest.raises(SystemExit, match="True"):
        round_trip.main()
    assert "nli/pairs.csv: 1 lines come back changed, 0 have an unknown piece" in capsys.readouterr().out
