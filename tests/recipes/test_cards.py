"""Each card's figures come from its checkpoint and the data folder; thresholds go where `load` finds them."""

import re
import shutil
import sys

import pytest

from encoder_lab import load
from encoder_lab.checkpoints import TASKS
from recipes import cards

ROWS = {
    "fill-mask": (r"\| tatoeba \| \d+ \|", r"\| \*\*all sources\*\* \|", r"`Say \[MASK\]!`"),
    "question-answering": (r"\| F1, all questions, threshold -?\d+\.\d \(reporting articles\) \| 6 \|",),
    "text-classification": (r"\| macro-F1 at the tuned thresholds \| 4 \|", r"\| neutral \| \d+ \| \d\.\d\d \|"),
    "zero-shot-classification": (r"\| SNLI, unseen premises: accuracy among 3 \| \d+ \|", r"mean of the 8 families"),
}


def test_every_task_has_a_card():
    assert set(cards.CARDS) == set(ROWS) == set(TASKS)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.usefixtures("few_draws")
def test_the_command_prints_the_figures_and_keeps_the_thresholds(task, trained, data, tmp_path, monkeypatch, capsys):
    shutil.copytree(trained / task, tmp_path / "out" / task)
    places = ["--data", str(data), "--out", str(tmp_path / "out"), "--task", task]
    monkeypatch.setattr(sys, "argv", ["cards", *places])
    cards.main()
    printed = capsys.readouterr().out
    assert printed.startswith(f"# {task}\n") and "| text | original | bundled |" in printed
    assert [row for row in ROWS[task] if not re.search(row, printed)] == []
    thresholds = load(task, tmp_path / "out" / task).thresholds
    if task == "question-answering":
        assert f"threshold {thresholds['null_margin']:.1f} " in printed
    elif task == "text-classification":
        assert len(thresholds) == 28
        table = printed.rpartition("test:")[2]
        assert all(re.search(rf"\| {label} \| \d+ \| {at:.2f} \|", table) for label, at in thresholds.items())
    else:
        assert not thresholds


def test_a_missing_file_is_said_in_one_sentence(data, monkeypatch):
    (data / "qa/squad_sample.json").unlink()
    monkeypatch.setattr(sys, "argv", ["cards", "--data", str(data), "--task", "question-answering"])
    with pytest.raises(SystemExit, match=f"^{data} lacks qa/squad_sample.json; recipes/DATA.md says how"):
        cards.main()
