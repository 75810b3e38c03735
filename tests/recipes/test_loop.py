"""The training loop: the rate's shape, and a run that is cut off ends where an unbroken one does."""

import pytest
import torch
from torch import nn

from recipes.loop import rate_at, train


def test_the_rate_climbs_stays_and_falls():
    rates = [rate_at(step, steps=10, warmup=2, decay=0.5) for step in range(10)]
    assert rates == pytest.approx([0.5, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2])


def line():
    """A model to fit and its loss at a step, which depends on the step alone."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))

    def loss_at(step):
        x = torch.randn(8, 3, generator=torch.Generator().manual_seed(step))
        return ((model(x) - x.sum(1, keepdim=True)) ** 2).mean()

    return model, loss_at


OPTIONS = {"steps": 30, "rate": 0.05, "warmup": 3, "save_every": 10}


def test_training_lowers_the_loss(tmp_path):
    model, loss_at = line()
    before = loss_at(99).item()
    train(model, loss_at, folder=tmp_path, **OPTIONS)
    assert loss_at(99).item() < before / 3
    assert not model.training


def test_a_run_that_was_cut_off_goes_on_bit_for_bit(tmp_path):
    whole, loss_at = line()
    train(whole, loss_at, folder=tmp_path / "whole", **OPTIONS)

    class Cut(Exception):
        pass

    cut, loss_at = line()

    def cut_at_24(step):
        if step == 24:
            raise Cut
        return loss_at(step)

    with pytest.raises(Cut):
        train(cut, cut_at_24, folder=tmp_path / "cut", **OPTIONS)
    resumed, loss_at = line()
    asked = []
    train(resumed, lambda step: asked.append(step) or loss_at(step), folder=tmp_path / "cut", **OPTIONS)
    assert asked == list(range(20, 30))
    for a, b in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_finished_run_does_nothing_more(tmp_path):
    model, loss_at = line()
    train(model, loss_at, folder=tmp_path, **OPTIONS)
    again, _ = line()
    train(again, lambda step: pytest.fail("trained again"), folder=tmp_path, **OPTIONS)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))


def test_only_the_last_save_is_kept(tmp_path):
    model, loss_at = line()
    train(model, loss_at, folder=tmp_path, **OPTIONS)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["30.moments.safetensors", "30.weights.safetensors", "progress.json"]
