"""The loop for a head of one's own: each step is the plain loop's, and the best epoch is kept."""

import copy
import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.testing import assert_close
from transformers import RobertaConfig

from encoder_lab import Checkpoint, answer, classify, plots
from encoder_lab.checkpoints import Thresholds
from encoder_lab.grow import loop as head_loop
from encoder_lab.grow import measure
from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.head import Examples
from encoder_lab.grow.loop import BASE_SHARE, train_head
from encoder_lab.grow.measure import evaluate, read_once, score
from tests.grow.heads import CONTEXTS, NAMES, QUESTIONS, TEXTS, examples, same, weights

RATE = 0.02
HEADS = ("classifier.", "qa_outputs.")
# Each adds the same to all that a softmax compares: its gradient is rounding alone, which AdamW makes a step of.
NO_GRADIENT = ("qa_outputs.bias", "key.bias")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(head_loop, "BATCH_TOKENS", 24)
    monkeypatch.setattr(measure, "BATCH_TOKENS", 24)


def their_loss(head, made, numbers):
    """The mean of what `transformers` works out itself, each example alone: its span loss counts padding in."""
    losses = []
    for number in numbers:
        first, *more = made.targets[[number]].unbind(dim=1)
        targets = {"start_positions": first, "end_positions": more[0]} if more else {"labels": first}
        losses.append(head.model(torch.tensor([made.rows[number]]), **targets).loss)
    return torch.stack(losses).mean()


@pytest.mark.parametrize("frozen", [True, False])
def test_each_step_is_the_plain_loop_s(head, frozen, monkeypatch):
    """Two epochs written out: `transformers`' own loss, AdamW, gradients clipped, the rates set by hand."""
    training, validation = examples(head)
    plain = replace(head, model=copy.deepcopy(head.model))  # in eval mode: no dropout
    named = dict(plain.model.named_parameters())
    groups = [{"params": [named[name].requires_grad_(True) for name in named if name.startswith(HEADS)], "most": RATE}]
    if not frozen:
        rest = [named[name].requires_grad_(True) for name in named if not name.startswith(HEADS)]
        groups.append({"params": rest, "most": RATE / 10})
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    plans = [plan_batches([len(row) for row in training.rows], 24, 5 * 1_000_003 + epoch) for epoch in range(2)]
    steps, step = sum(map(len, plans)), 0
    assert steps >= 6 and round(0.05 * steps) <= 1  # so the rate is at its highest from the first step on
    for plan in plans:
        for numbers in plan:
            for group in optimiser.param_groups:
                group["lr"] = group["most"]
            optimiser.zero_grad()
            their_loss(plain, training, numbers).backward()
            nn.utils.clip_grad_norm_(plain.model.parameters(), 1.0)
            optimiser.step()
            step += 1
    scripted(monkeypatch, [3, 2, 1])  # so that the last epoch is the best
    found = weights(train_head(head, training, validation, frozen, epochs=2, rate=RATE, seed=5).checkpoint)
    for name, value in weights(plain).items():
        if name.endswith(NO_GRADIENT):
            continue
        assert_close(found[name], value, rtol=0, atol=1e-10, msg=name)


def test_the_rate_climbs_over_the_first_twentieth_of_the_steps(head, monkeypatch):
    training, validation = examples(head)
    used = []
    step = torch.optim.AdamW.step

    def spy(self, *given):
        used.append([group["lr"] for group in self.param_groups])
        return step(self, *given)

    monkeypatch.setattr(torch.optim.AdamW, "step", spy)
    train_head(head, training, validation, frozen=False, epochs=20, rate=1e-4, patience=20)
    warm = round(0.05 * len(used))
    assert warm >= 3
    expected = [min(1.0, (place + 1) / warm) * 1e-4 for place in range(len(used))]
    assert [each[0] for each in used] == pytest.approx(expected)
    assert [each[1] for each in used] == pytest.approx([0.1 * rate for rate in expected]) and BASE_SHARE == 0.1


def test_the_score_of_a_batch_is_transformers_loss_whatever_the_padding(head):
    training, _ = examples(head)
    numbers = list(range(len(training)))
    losses, hits = score(head, training, numbers)
    assert losses.mean().item() == pytest.approx(their_loss(head, training, numbers).item(), rel=0, abs=1e-10)
    for number in numbers:
        alone, hit = score(head, training, [number])
        assert alone.item() == pytest.approx(losses[number].item(), rel=0, abs=1e-10) and hit == hits[number]


def test_hidden_states_worked_out_once_give_the_same_scores(head):
    training, _ = examples(head)
    states = read_once(head, training)
    assert [len(each) for each in states] == [len(row) for row in training.rows]
    for numbers in ([0], [3, 1], list(range(len(training)))):
        fresh, known = score(head, training, numbers), score(head, training, numbers, states)
        assert_close(known[0], fresh[0], rtol=0, atol=1e-10)
        assert torch.equal(known[1], fresh[1])


def test_a_frozen_base_is_read_once_and_another_each_time(head, monkeypatch):
    training, validation = examples(head)
    reads = []
    forward = type(head.model.base_model).forward
    monkeypatch.setattr(
        type(head.model.base_model), "forward", lambda self, *a, **k: reads.append(1) or forward(self, *a, **k)
    )
    train_head(head, training, validation, frozen=True, epochs=5, patience=5)
    once = len(reads)
    train_head(head, training, validation, frozen=True, epochs=1)
    assert len(reads) == 2 * once
    train_head(head, training, validation, frozen=False, epochs=5, patience=5)
    assert len(reads) > 5 * once


def test_a_span_is_right_when_both_its_ends_are():
    logits = torch.tensor([[[0.0, 9, 0, 0], [0, 0, 0, 9]]]).expand(4, 2, 4)  # always tokens 1 to 3
    made = Examples(([4, 5, 6, 7],) * 4, torch.tensor([[1, 3], [1, 2], [0, 3], [2, 2]]))
    losses, hits = score(chooses(logits), made, [0, 1, 2, 3], [torch.zeros(4, 2)] * 4)
    assert hits.tolist() == [True, False, False, False]
    assert losses[0] < 0.01 and losses[1] == losses[2]  # one end wrong
    assert losses[3].item() == pytest.approx(2 * losses[1].item(), rel=0.01)  # both


def chooses(logits):
    """A checkpoint for question answering whose span head gives these logits, (B, 2, T)."""
    model = SimpleNamespace(device="cpu", config=RobertaConfig(), qa_outputs=lambda hidden: logits.movedim(1, -1))
    return Checkpoint("question-answering", "nowhere", None, model, SimpleNamespace(pad_token_id=1))


def test_it_learns_what_can_be_told_apart_and_the_journeys_take_it(head):
    training, _ = examples(head)
    still = train_head(head, training, training, frozen=True, epochs=60, rate=0.05, patience=60)
    assert still.history.loss["validation"][still.history.best] < 0.8 * still.history.loss["validation"][0]
    run = train_head(head, training, training, frozen=False, epochs=60, rate=0.05, patience=60)
    assert run.history.accuracy["validation"][run.history.best] == 1
    if head.task == "text-classification":
        assert [found.ranked[0].label for found in classify(run.checkpoint, TEXTS)] == NAMES
    else:
        spans = [found.spans[0] for found in answer(run.checkpoint, QUESTIONS, CONTEXTS, align_to_words=False)]
        firsts = [int(first) for first, _ in training.targets]
        assert [span.first for span in spans] == firsts


@pytest.mark.parametrize("frozen", [True, False])
def test_what_was_given_stays_and_only_what_should_change_does(head, frozen, monkeypatch):
    scripted(monkeypatch, [3, 2, 1])
    training, validation = examples(head)
    before, random = weights(head), torch.get_rng_state()
    tuned = replace(head, thresholds=Thresholds({"x": 0.5}))
    run = train_head(tuned, training, validation, frozen, epochs=2, rate=RATE)
    assert run.checkpoint.thresholds == {}  # they were tuned for other weights
    assert same(before, weights(head)) and torch.equal(torch.get_rng_state(), random)
    assert not any(w.requires_grad or w.grad is not None for w in head.model.parameters())
    assert not any(w.requires_grad or w.grad is not None for w in run.checkpoint.model.parameters())
    assert not run.checkpoint.model.training and run.history.best > 0
    after = weights(run.checkpoint)
    moved = {name.startswith(HEADS) for name in before if not torch.equal(before[name], after[name])}
    assert moved == ({True} if frozen else {True, False})


def test_the_same_seed_gives_the_same_weights_twice_and_another_seed_others(head, monkeypatch):
    training, validation = examples(head)

    def run(seed):
        scripted(monkeypatch, [3, 2, 1])
        return weights(train_head(head, training, validation, False, epochs=2, rate=RATE, seed=seed).checkpoint)

    first = run(0)
    torch.manual_seed(99)
    assert same(run(0), first) and not same(run(1), first)


def scripted(monkeypatch, losses):
    """Let validation lose what is written here, epoch by epoch; returns the weights there were each time."""
    seen = []

    def measure(checkpoint, *_):
        seen.append(weights(checkpoint))
        return losses[len(seen) - 1], 0.5

    monkeypatch.setattr(head_loop, "evaluate", measure)
    return seen


@pytest.mark.parametrize(
    "losses, patience, best, done, words",
    [
        ([2, 1, 0.5, 0.6, 0.7, 0.1], 2, 2, 4, "stopped early: no lower validation loss for 2 epochs"),
        ([2, 1, 0.5, 0.6, 0.4, 0.6, 0.6], 2, 4, 6, "stopped early"),
        ([1, 2, 3], 1, 0, 1, "for 1 epochs"),
        ([1, 1, 1, 1], 3, 0, 3, "stopped early"),  # as low is not lower
        ([2, 1.5, 1, 0.5, 0.4, 0.3, 0.2], 2, 6, 6, "all 6 epochs are done"),
        ([2, 1, math.nan, 0.1], 3, 1, 2, "stopped in epoch 2, where the loss is no number any more"),
        ([2, math.inf], 3, 0, 1, "no number any more"),
    ],
)
def test_the_best_epoch_s_weights_are_given_back(head, monkeypatch, losses, patience, best, done, words):
    seen = scripted(monkeypatch, losses)
    training, validation = examples(head)
    run = train_head(head, training, validation, False, epochs=6, rate=RATE, patience=patience)
    assert run.history.best == best and len(run.history.loss["validation"]) == done + 1 == len(seen)
    assert same(weights(run.checkpoint), seen[best])
    assert words in run.ended and f"epoch {best} " in repr(run)


def test_a_loss_without_bounds_can_be_drawn(head, monkeypatch):
    scripted(monkeypatch, [2, 1, math.inf])
    told = []
    train_head(head, *examples(head), epochs=3, watch=told.append)
    plots.training_curve(told[-1].loss, told[-1].accuracy, told[-1].best)
    assert told[-1].loss["validation"][:2] == [2, 1] and math.isnan(told[-1].loss["validation"][2])


def test_what_is_watched_is_the_history_so_far(head):
    training, validation = examples(head)
    told = []
    run = train_head(head, training, validation, epochs=3, rate=RATE, patience=3, watch=told.append)
    assert [len(history.loss["training"]) for history in told] == [1, 2, 3, 4]  # earlier ones do not grow afterwards
    assert told[-1].loss["training"][1:] == run.history.loss["training"][1:]
    assert math.isnan(told[0].loss["training"][0]) and math.isnan(told[0].accuracy["training"][0])
    assert told[0].loss["validation"][0] == pytest.approx(evaluate(head, validation)[0])


def test_a_whole_epoch_is_the_mean_over_the_examples_not_over_the_batches(head, monkeypatch):
    training, validation = examples(head)
    monkeypatch.setattr(torch.optim.AdamW, "step", lambda *_: None)  # nothing changes, so it can be measured at once
    run = train_head(head, training, validation, epochs=1)
    loss, accuracy = evaluate(head, training)
    assert run.history.loss["training"][1] == pytest.approx(loss)
    assert run.history.accuracy["training"][1] == pytest.approx(accuracy)


def test_it_shows_a_bar_and_prints_nothing(head, capsys):
    training, validation = examples(head)
    train_head(head, training, validation, epochs=1)
    said = capsys.readouterr()
    assert "training:" in said.err and said.out == ""
