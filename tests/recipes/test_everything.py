"""The checkpoints from end to end, on invented lines and tiny models; cut off and gone on, bit for bit the same."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from encoder_lab import load
from encoder_lab.checkpoints import TASKS
from recipes import everything
from recipes.loop import train
from tests.recipes.small import RECIPES

CPU = torch.device("cpu")
ROOT = Path(__file__).parents[2]


class Cut(Exception):
    """What ends a run in these tests."""


def cut(*_: object) -> None:
    raise Cut


def train_in_two(model, loss_at, **options):
    """Train as `train` does, but cut off behind the first save and gone on; what is drawn meanwhile must not matter."""

    def cut_at_three(step):
        if step == 3:
            raise Cut
        return loss_at(step)

    try:
        train(model, cut_at_three, **options, save_every=2)
    except Cut:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(1)
        torch.manual_seed(99)
        train(model, loss_at, **options, save_every=2)


def test_a_run_cut_off_in_every_stage_gives_the_same_checkpoints(trained, prepared, small, tmp_path, monkeypatch):
    work, out = tmp_path / "work", tmp_path / "out"
    shutil.copytree(prepared, work)
    for recipe in RECIPES:
        monkeypatch.setattr(recipe, "train", train_in_two)
    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(everything.zero_shot, "make_targets", cut)
        everything.run(work, out, CPU, tuple(TASKS))
    everything.run(work, out, CPU, tuple(TASKS))
    for task in TASKS:
        ours, theirs = (load_file(folder / task / "model.safetensors") for folder in (out, trained))
        assert ours.keys() == theirs.keys()
        assert [name for name in ours if not torch.equal(ours[name], theirs[name])] == [], task


@pytest.mark.parametrize("task", TASKS)
def test_each_checkpoint_is_loaded_with_its_tokenizer_and_labels(trained, task):
    checkpoint = load(task, trained / task)
    assert {w.dtype for w in load_file(trained / task / "model.safetensors").values()} == {torch.float16}
    assert checkpoint.model.config.vocab_size == len(checkpoint.tokenizer)
    if task == "text-classification":
        assert len(checkpoint.model.config.id2label) == 28
        assert checkpoint.model.config.problem_type == "multi_label_classification"
    if task == "zero-shot-classification":
        assert checkpoint.model.config.id2label == {0: "contradiction", 1: "neutral", 2: "entailment"}


def test_one_checkpoint_needs_no_stage_of_the_others(trained, prepared, small, tmp_path, monkeypatch, capsys):
    """It starts from the fill-mask checkpoint that is there."""
    work, out = tmp_path / "work", tmp_path / "out"
    shutil.copytree(prepared, work)
    shutil.copytree(trained / "fill-mask", out / "fill-mask")
    everything.run(work, out, CPU, ("text-classification",))
    said = [line.partition("] ")[2] for line in capsys.readouterr().out.splitlines() if line.startswith("[")]
    assert said == ["base", "emotions teacher", "emotions", "done"]
    ours, theirs = (load_file(folder / "text-classification" / "model.safetensors") for folder in (out, trained))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_every_stage_and_every_prepared_file_serves_a_task():
    assert {task for _, of in everything.STAGES.values() for task in of} == set(TASKS)
    assert {task for _, of in everything.PREPARED.values() for task in of} == set(TASKS)
    assert list(everything.runners(everything.BUNDLED, everything.BUNDLED, CPU)) == list(everything.STAGES)


def test_each_stage_gets_its_share_of_what_is_left(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(everything.time, "monotonic", lambda: now[0])
    clock = everything.Clock(2.0, ["base", "emotions teacher", "emotions"])  # shares of 7, 3 and 2
    assert clock.seconds("base") == 120 * 7 / 12
    now[0] = 170.0  # 50 seconds are left
    assert clock.seconds("emotions teacher") == 50 * 3 / 5
    now[0] = 300.0  # too late; yet a stage is worth a few steps
    assert clock.seconds("emotions") == 5.0
    assert everything.Clock(None, ["base"]).seconds("base") is None


def command(monkeypatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["everything", *map(str, arguments)])
    everything.main()


def test_what_is_missing_is_said_in_one_sentence(data, small, tmp_path, monkeypatch):
    work = tmp_path / "work"
    with pytest.raises(SystemExit, match=f"^{work} lacks distil.npz, text_classification_labels.npz; name the folder"):
        command(monkeypatch, "--work", work, "--task", "text-classification")
    for name in ("nli/pairs.csv", "text/novels.txt"):
        (data / name).unlink()
    with pytest.raises(SystemExit, match=f"^{data} lacks nli/pairs.csv, text/novels.txt; recipes/DATA.md says how"):
        command(monkeypatch, "--work", work, "--data", data)
    with pytest.raises(SystemExit, match="fill-mask is not there, and text-classification starts from it"):
        command(monkeypatch, "--work", work, "--task", "text-classification", "--out", tmp_path)


def test_a_folder_once_filled_needs_no_data_and_preparing_stops_before_training(prepared, small, monkeypatch):
    before = {file: file.stat().st_mtime_ns for file in prepared.iterdir()}
    monkeypatch.setattr(everything, "run", cut)
    command(monkeypatch, "--work", prepared, "--prepare")
    with pytest.raises(Cut):
        command(monkeypatch, "--work", prepared)
    assert {file: file.stat().st_mtime_ns for file in prepared.iterdir()} == before


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize(
    "asked, answer",
    [
        (["train", "WORK=w"], "say where: make train DATA=folder-of-recipes/DATA.md WORK=folder-for-progress"),
        (["train", "DATA=d", "WORK=w"], '-m recipes.everything --data "d" --work "w" \n'),
        (["train", "DATA=d", "WORK=w", "TASK=fill-mask"], '--work "w" --task "fill-mask"\n'),
        (["cards"], "not in the repository; recipes/DATA.md says how they are had: make cards DATA=folder"),
        (["cards", "DATA=d", "TASK=fill-mask"], '-m recipes.cards --data "d" --task "fill-mask"\n'),
    ],
)
def test_make_passes_on_what_it_is_given_and_says_what_is_missing(asked, answer):
    made = subprocess.run(
        ["make", "-n", "-o", ".venv/installed", *asked], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer in made.stdout + made.stderr
    assert (made.returncode == 0) == (answer in made.stdout)
