"""The training loop: the steps' order, a run that is cut off and goes on, steps that fit into a time."""

import json

import pytest
import torch
from torch import nn

from encoder_lab.grow.batches import plan_batches
from recipes import loop
from recipes.loop import plan_steps, train


@pytest.mark.parametrize("steps", [0, 2, 3, 7])
def test_readings_follow_one_another_and_the_last_is_cut(steps):
    sizes = [3, 1, 2, 3, 1]
    readings = [plan_batches(sizes, 4, seed) for seed in (5, 6, 7)]
    assert {len(reading) for reading in readings} == {4} and readings[0] != readings[1]
    assert plan_steps(sizes, 4, 5, steps) == [batch for reading in readings for batch in reading][:steps]


def line():
    """A model to fit and its loss at a step, which depends on the step alone."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))

    def loss_at(step):
        x = torch.randn(8, 3, generator=torch.Generator().manual_seed(step))
        return ((model(x) - x.sum(1, keepdim=True)) ** 2).mean()

    return model, loss_at


OPTIONS = {"steps": 30, "rate": 0.05, "warmup": 3, "save_every": 10}


class Cut(Exception):
    """What ends a run."""


def run(folder, cut_at=None, **more):
    """Train a fresh model, raising `Cut` at a step; returns it and the steps asked for."""
    model, loss_at = line()
    asked = []

    def watched(step):
        if step == cut_at:
            raise Cut
        asked.append(step)
        return loss_at(step)

    train(model, watched, folder=folder, **OPTIONS | more)
    return model, asked


def same(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_training_lowers_the_loss(tmp_path):
    model, loss_at = line()
    before = loss_at(99).item()
    train(model, loss_at, folder=tmp_path, **OPTIONS)
    assert loss_at(99).item() < before / 3
    assert not model.training


def test_a_run_that_was_cut_off_goes_on_bit_for_bit(tmp_path):
    whole, _ = run(tmp_path / "whole")
    with pytest.raises(Cut):
        run(tmp_path / "cut", cut_at=24)
    resumed, asked = run(tmp_path / "cut")
    assert asked == list(range(20, 30))
    assert same(whole, resumed)
    losses = [json.loads((tmp_path / name / "progress.json").read_text())["losses"] for name in ("whole", "cut")]
    assert losses[0] == losses[1] and len(losses[0]) == 30


def test_a_finished_run_is_not_trained_again_whatever_steps_are_asked_for(tmp_path):
    model, _ = run(tmp_path)
    for steps in (30, 40, 20):
        again, asked = run(tmp_path, steps=steps)
        assert asked == [] and same(model, again) and not again.training


def test_only_the_last_save_is_kept(tmp_path):
    run(tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["30.moments.safetensors", "30.weights.safetensors", "progress.json"]


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands at 100 and goes on by two seconds with each loss; steps 2 to 6 tell how long one takes."""
    now = [100.0]
    plain = loop.nn.utils.clip_grad_norm_

    def tick(*given):
        now[0] += 2.0
        return plain(*given)

    monkeypatch.setattr(loop.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(loop.nn.utils, "clip_grad_norm_", tick)
    monkeypatch.setattr(loop, "TIMED", range(2, 6))
    return now


@pytest.mark.parametrize("seconds, steps", [(20, 10), (21.9, 10), (22, 11), (1_000, 30), (3, 6), (None, 30)])
def test_as_many_steps_are_taken_as_fit_into_the_time(tmp_path, clock, seconds, steps):
    _, asked = run(tmp_path, seconds=seconds)
    assert asked == list(range(steps))


@pytest.mark.parametrize("seconds", [1_000, None])
def test_a_resumed_run_keeps_the_steps_that_the_clock_has_set(tmp_path, clock, seconds):
    whole, _ = run(tmp_path / "whole", seconds=24, save_every=7)
    with pytest.raises(Cut):
        run(tmp_path / "cut", cut_at=9, seconds=24, save_every=7)
    resumed, asked = run(tmp_path / "cut", seconds=seconds, save_every=7)
    assert asked == list(range(7, 12)) and same(whole, resumed)
