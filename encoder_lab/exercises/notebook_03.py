"""Checks of notebook 03: from the last hidden state to words, and what pretraining asked for."""

import torch
from torch.nn.functional import cross_entropy

from encoder_lab import fill_mask, softmax
from encoder_lab.exercises.exercise import Exercise, Quiz


@torch.inference_mode()
def _tied_decoder(logits: object, exercise: Exercise) -> None:
    """Compare with the model's own decoder."""
    given = exercise.run_given()
    transformed, table = given["transformed"], given["word_table"]
    wanted = exercise.load().model.cls.predictions.decoder(transformed)
    slips = {
        "no_bias": transformed @ table.T,
        "probabilities": wanted.softmax(dim=-1),
        "at_the_mask_alone": tuple(wanted[0]),
    }
    exercise.same(logits, wanted, slips)


def _temperature(sharper: object, exercise: Exercise) -> None:
    """Compare with the package's softmax at temperature 0.5."""
    logits = exercise.run_given()["four_logits"]
    once = softmax(logits)
    slips = {
        "multiplied": softmax(logits, temperature=2.0),
        "no_temperature": once,
        "after_the_softmax": (once / 0.5, softmax(once / 0.5), once * 0.5),
        "only_logits": logits / 0.5,
    }
    exercise.same(sharper, softmax(logits, temperature=0.5), slips)


def _two_masks(together: object, exercise: Exercise) -> str:
    """Compare the product of both probabilities, the second asked for with the first in place."""
    ck, text = exercise.load(), exercise.run_given()["two_blanks"]
    first, at_once = (choices[0] for choices in fill_mask(ck, text, top_k=1).choices)
    second = fill_mask(ck, text.replace("[MASK]", first.string, 1), top_k=1).choices[0][0]
    slips = {
        "asked_once": first.probability * at_once.probability,
        "first_alone": first.probability,
        "second_alone": second.probability,
        "added": first.probability + second.probability,
    }
    exercise.same(together, torch.tensor(first.probability * second.probability), slips)
    return exercise.say("right")


def _masked_loss(loss: object, exercise: Exercise) -> None:
    """Compare with torch's cross-entropy, told to leave the other positions out."""
    given = exercise.run_given()
    logits, right, chosen = given["position_logits"], given["true_ids"], given["chosen"]
    labels = right.masked_fill(~chosen, -100)
    losses = cross_entropy(logits, right, reduction="none")[chosen]
    chances = (-losses).exp()
    wanted = cross_entropy(logits, labels, ignore_index=-100)
    slips = {
        "all_positions": cross_entropy(logits, right),
        "divided_by_six": losses.sum() / len(right),
        "sum": losses.sum(),
        "one_a_position": losses,
        "no_minus": -wanted,
        "no_logarithm": chances.mean(),
        "mean_too_early": -chances.mean().log(),
        "other_base": (wanted / torch.tensor(10.0).log(), wanted / torch.tensor(2.0).log()),
        "no_softmax": -logits[range(len(right)), right][chosen].mean(),
        "other_axis": -logits.log_softmax(dim=0)[range(len(right)), right][chosen].mean(),
    }
    exercise.same(loss, wanted, slips)


EXERCISES = (
    Exercise("notebook_03", _tied_decoder, 5),
    Exercise("notebook_03", _temperature, 3, decimals=3),
    Exercise("notebook_03", _two_masks, 8),
    Exercise("notebook_03", _masked_loss, 6, decimals=3),
    Quiz("notebook_03", "quiz_every_position", right="b"),
    Quiz("notebook_03", "quiz_kept_words", right="c"),
)
