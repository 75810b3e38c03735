"""Checks of notebook 09: a batch's loss, a rate that warms up, when to stop, and where an answer's tokens are."""

import torch
from torch.nn.functional import cross_entropy

from encoder_lab.exercises.compare import Wrong, as_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.grow.loop import best_epoch, patience_is_over
from encoder_lab.grow.schedule import rate_at
from encoder_lab.tokens import tokens_of


def _batch_loss(loss: object, exercise: Exercise) -> str:
    """Compare with torch's mean cross-entropy."""
    given = exercise.run_given()
    logits, right = given["logits"], given["right"]
    losses = cross_entropy(logits, right, reduction="none")
    chances = logits.softmax(dim=-1)
    mean_chance = chances[range(3), right].mean()
    over_texts = logits.log_softmax(dim=0)[range(3), right]
    slips = {
        "one_a_text": losses,
        "sum": losses.sum(),
        "no_logarithm": mean_chance,
        "mean_too_early": -mean_chance.log(),
        "no_minus": -losses.mean(),
        "highest_label": -chances.max(dim=-1).values.log().mean(),
        "no_softmax": -logits[range(3), right].mean(),
        "other_base": (losses.mean() / torch.tensor(10.0).log(), losses.mean() / torch.tensor(2.0).log()),
        "softmax_over_texts": -over_texts.mean(),
    }
    exercise.same(loss, losses.mean(), slips)
    return exercise.say("right")


def _warm_up(rates: object, exercise: Exercise) -> None:
    """Compare with the loop's own factors."""
    given = exercise.run_given()
    highest, warmup = given["highest"], given["warmup"]
    wanted = highest * torch.tensor([rate_at(step, 20, warmup, decay=0) for step in (0, 1, 7, 8, 19)])
    places = torch.tensor([0.0, 1, 7, 8, 19])
    slips = {
        "shares": wanted / highest,
        "nothing_at_0": highest * (places / warmup).clamp(max=1),
        "climbs_on": (highest * (places + 1) / warmup, highest * places / warmup),
        "falls": wanted.flip(0),
        "no_climb": torch.full_like(wanted, highest),
        "all_steps": highest * (places + 1) / 20,
    }
    exercise.same(rates, wanted, slips)


def _when_to_stop(epochs: object, exercise: Exercise) -> str:
    """Compare with the loop's own rule."""
    given = exercise.run_given()
    losses, patience = given["losses"], given["patience"]
    last = next(e for e in range(len(losses)) if patience_is_over(losses[: e + 1], patience))
    best = best_epoch(losses[: last + 1])
    lowest = losses.index(min(losses))
    if as_numbers(epochs).shape != (2,):
        raise Wrong(exercise.say("two_numbers"))
    slips = {
        "too_late": ([lowest, len(losses) - 1], [lowest, last]),
        "too_early": [3, 4],
        "lower_overlooked": [3, 6],
        "equal_is_lower": ([7, 8], [7, 9], [7, last]),
        "turned_round": [last, best],
        "counted_from_1": [best + 1, last + 1],
        "last_is_kept": [last, last],
    }
    exercise.same(epochs, torch.tensor([best, last]), slips)
    return exercise.say("right")


def _answer_tokens(places: object, exercise: Exercise) -> str:
    """Compare with the package's tokens of a stretch of text."""
    given = exercise.run_given()
    before, spans, start, end = (given[name] for name in ("before", "spans", "start", "end"))
    first, last = (before + token for token in tokens_of(spans, start, end))
    if as_numbers(places).shape != (2,):
        raise Wrong(exercise.say("two_numbers"))
    slips = {
        "in_the_context": [first - before, last - before],
        "characters": ([start, end], [before + start, before + end]),
        "after_the_last": [first, last + 1],
        "after_the_space": [first + 1, last],
        "one_of_two": ([first, first], [last, last]),
        "turned_round": [last, first],
        "counted_from_1": [first + 1, last + 1],
    }
    exercise.same(places, torch.tensor([first, last]), slips)
    return exercise.say("right")


EXERCISES = (
    Exercise("notebook_09", _batch_loss, 4, decimals=2),
    Exercise("notebook_09", _warm_up, 4, decimals=5),
    Exercise("notebook_09", _when_to_stop, 5),
    Exercise("notebook_09", _answer_tokens, 5),
    Quiz("notebook_09", "quiz_read_once", right="b"),
    Quiz("notebook_09", "quiz_chosen_on", right="c"),
)
