"""Fine-tuning: it learns, the same seed learns the same, and what it was given stays as it was."""

import copy
import sys
from collections import Counter

import numpy as np
import pytest
import torch

from encoder_lab.embeddings import encoder
from encoder_lab.few_shot import draw_examples, fine_tune
from encoder_lab.few_shot.fine_tuning import ENCODER_RATE, EXAMPLES, HEAD_RATE, _Classifier
from encoder_lab.samples import topics

CATS = ["the cat sat", "a cat", "hello cat", "the cat by the bank", "cat ! cat !"]
DOGS = ["the dog sat", "a dog", "hello dog", "the dog by the river", "dog ? dog ?"]
TEXTS, NAMES = CATS + DOGS, ["meow"] * 5 + ["woof"] * 5


class Interrupted(Exception):
    """Stands for Ctrl-C, which pytest itself would take."""


def state(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def test_it_learns_what_can_be_told_apart(every_checkpoint):
    losses = []
    classify = fine_tune(every_checkpoint, TEXTS, NAMES, steps=200, step_done=losses.append)
    assert losses[0] == pytest.approx(np.log(2), rel=0, abs=1e-6)  # a fresh head prefers neither class
    assert losses[-1] < 0.2
    assert classify(TEXTS).tolist() == NAMES
    assert classify(TEXTS[9]).tolist() == ["woof"]


def test_a_trained_encoder_learns_more_than_the_examples(fill_mask_checkpoint):
    numbers = {"a recipe": 7, "lost luggage": -1}  # whole numbers are given back as such
    pool, test = ([x for x in topics() if x.label in numbers and x.part == part] for part in ("pool", "test"))
    chosen = [pool[place] for place in draw_examples([x.label for x in pool], 4, seed=0)]
    classify = fine_tune(fill_mask_checkpoint, [x.text for x in chosen], [numbers[x.label] for x in chosen], steps=10)
    right = classify([x.text for x in test]) == [numbers[x.label] for x in test]
    assert len(right) == 50 and right.mean() > 0.9


def test_the_checkpoint_and_the_random_numbers_of_others_stay_bit_for_bit_what_they_were(every_checkpoint):
    model = every_checkpoint.model
    before, training = state(model), model.training
    torch_random, numpy_random = torch.get_rng_state(), np.random.get_state()[1].copy()
    fine_tune(every_checkpoint, TEXTS, NAMES, steps=3)(TEXTS)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert model.training == training and not any(weight.requires_grad for weight in model.parameters())
    assert all(weight.grad is None for weight in model.parameters())
    assert torch.equal(torch.get_rng_state(), torch_random)
    assert np.array_equal(np.random.get_state()[1], numpy_random)


def test_an_interrupt_leaves_nothing_changed(checkpoint):
    before, torch_random = state(checkpoint.model), torch.get_rng_state()

    def stop(loss):
        raise Interrupted

    with pytest.raises(Interrupted):
        fine_tune(checkpoint, TEXTS, NAMES, step_done=stop)
    assert all(torch.equal(value, before[name]) for name, value in checkpoint.model.state_dict().items())
    assert not any(weight.requires_grad for weight in checkpoint.model.parameters())
    assert torch.equal(torch.get_rng_state(), torch_random)


def losses_of(checkpoint, seed):
    losses = []
    fine_tune(checkpoint, TEXTS, NAMES, seed, steps=6, step_done=losses.append)
    return losses


def test_the_same_seed_learns_the_same_and_another_seed_another_way(checkpoint):
    first = losses_of(checkpoint, 0)
    torch.manual_seed(99)
    assert losses_of(checkpoint, 0) == first
    assert losses_of(checkpoint, 1) != first


def test_the_encoder_is_trained_too_and_not_only_the_head(checkpoint, monkeypatch):
    made = []
    monkeypatch.setattr(_Classifier, "__init__", remembering(made, _Classifier.__init__))
    fine_tune(checkpoint, TEXTS, NAMES, steps=3)
    old, new = state(encoder(checkpoint.model)), made[0].encoder.state_dict()
    moved = {name.split(".")[0] for name in new if not torch.equal(old[name], new[name])}
    assert moved == {"embeddings", "encoder"}


def remembering(made, initialise):
    def wrapped(self, *given):
        initialise(self, *given)
        made.append(self)

    return wrapped


def test_each_step_is_the_plain_loop_s(checkpoint):
    """The same five updates, written out: one padded batch, AdamW, gradients zeroed and clipped, rates set by hand."""
    model = copy.deepcopy(checkpoint.model.bert).requires_grad_(True)  # in eval mode: no dropout
    head = torch.nn.Linear(model.config.hidden_size, 2).double()
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    optimiser = torch.optim.AdamW([{"params": model.parameters()}, {"params": head.parameters()}], weight_decay=0.01)
    draw = np.random.default_rng(4)
    order = np.concatenate([draw.permutation(10) for _ in range(4)])
    expected = []
    for step, factor in enumerate([1, 0.8, 0.6, 0.4, 0.2]):
        for group, rate in zip(optimiser.param_groups, (ENCODER_RATE, HEAD_RATE), strict=True):
            group["lr"] = factor * rate
        chosen = order[8 * step : 8 * step + 8]
        read = checkpoint.tokenizer([TEXTS[i] for i in chosen], padding=True, return_tensors="pt")
        hidden = model(**read).last_hidden_state
        means = [row[: sum(kept)].mean(dim=0) for row, kept in zip(hidden, read["attention_mask"], strict=True)]
        loss = torch.nn.functional.cross_entropy(head(torch.stack(means)), torch.tensor(chosen >= 5).long())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*model.parameters(), *head.parameters()], 1.0)
        optimiser.step()
        expected.append(loss.item())
    losses = []
    fine_tune(checkpoint, TEXTS, NAMES, seed=4, steps=5, step_done=losses.append)
    assert losses == pytest.approx(expected, rel=0, abs=1e-9)


def test_every_example_is_read_once_before_any_is_read_again(checkpoint, monkeypatch):
    read = []
    forward = _Classifier.forward

    def spy(self, ids, mask):
        read.append([tuple(row[kept.bool()].tolist()) for row, kept in zip(ids, mask, strict=True)])
        return forward(self, ids, mask)

    monkeypatch.setattr(_Classifier, "forward", spy)
    fine_tune(checkpoint, TEXTS, NAMES, steps=10)
    assert [len(batch) for batch in read] == [EXAMPLES] * 10
    counts = Counter()
    for batch in read:
        counts.update(batch)
        assert max(counts.values()) - (min(counts.values()) if len(counts) == len(TEXTS) else 0) <= 1
    assert set(counts.values()) == {EXAMPLES} and len(counts) == 10


def test_examples_too_long_for_one_batch_learn_the_same_in_several(checkpoint, monkeypatch):
    whole = losses_of(checkpoint, 0)
    monkeypatch.setattr(sys.modules["encoder_lab.forward.batches"], "BATCH", 14)
    assert losses_of(checkpoint, 0) == pytest.approx(whole, rel=0, abs=1e-9)


def test_a_progress_bar_is_shown_unless_the_caller_counts_the_steps(checkpoint, capsys):
    fine_tune(checkpoint, TEXTS, NAMES, steps=1, step_done=lambda loss: None)
    assert capsys.readouterr().err == ""
    fine_tune(checkpoint, TEXTS, NAMES, steps=1)
    assert "fine-tuning:" in capsys.readouterr().err


@pytest.mark.parametrize(("steps", "factors"), [(20, [0.5, *np.arange(19, 0, -1) / 20]), (1, [1])])
def test_the_rates_climb_and_then_fall(checkpoint, monkeypatch, steps, factors):
    rates, step = [], torch.optim.AdamW.step

    def spy(self, *arguments):
        rates.append([group["lr"] for group in self.param_groups])
        return step(self, *arguments)

    monkeypatch.setattr(torch.optim.AdamW, "step", spy)
    fine_tune(checkpoint, TEXTS[3:7], NAMES[3:7], steps=steps)
    for column, highest in enumerate((ENCODER_RATE, HEAD_RATE)):
        assert [row[column] / highest for row in rates] == pytest.approx(factors)


@pytest.mark.parametrize(
    "texts, labels, steps, error, message",
    [
        (TEXTS, NAMES, 0, ValueError, "steps is 0; it must be 1 or more"),
        (TEXTS, NAMES, "9", TypeError, "steps must be a whole number; this is '9'"),
        (TEXTS, ["woof"] * 10, 9, ValueError, r"there is only one class, \['woof'\]; telling apart needs at least two"),
        (TEXTS, NAMES[:9], 9, ValueError, r"labels are \(9,\); 10 examples need \(10,\), one label each"),
        (TEXTS, [0.5] * 10, 9, TypeError, "labels are float64; give each example the name of its class"),
        ([*TEXTS[:9], 3], NAMES, 9, TypeError, "text 9 of the list must be a string; this is an int"),
        ([*TEXTS[:9], ""], NAMES, 9, ValueError, "text 9 of the list is empty"),
        ([*TEXTS[:9], "cat " * 40], NAMES, 9, ValueError, "reads at most 32; shorten it"),
    ],
)
def test_bad_input(checkpoint, texts, labels, steps, error, message):
    with pytest.raises(error, match=message):
        fine_tune(checkpoint, texts, labels, steps=steps)


def test_bad_queries(checkpoint):
    classify = fine_tune(checkpoint, TEXTS, NAMES, steps=1)
    with pytest.raises(TypeError, match="text 1 of the list must be a string; this is a NoneType"):
        classify(["a cat", None])
    with pytest.raises(ValueError, match="the list of texts is empty"):
        classify([])
