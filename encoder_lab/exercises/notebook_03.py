"""Checks of notebook 03: from the last hidden state to words, and what pretraining asked for."""

import torch
from torch.nn.functional import cross_entropy

from encoder_lab import fill_mask, softmax
from encoder_lab.exercises.compare import same_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz


@torch.inference_mode()
def _tied_decoder(logits: object, exercise: Exercise) -> None:
    """Compare with the model's own decoder."""
    transformed = exercise.run_given()["transformed"]
    same_numbers(logits, exercise.load().model.cls.predictions.decoder(transformed))


def _temperature(sharper: object, exercise: Exercise) -> None:
    """Compare with the package's softmax at temperature 0.5."""
    same_numbers(sharper, softmax(exercise.run_given()["four_logits"], temperature=0.5))


def _two_masks(together: object, exercise: Exercise) -> None:
    """Compare the probability of both words, the second asked for with the first in place."""
    ck, text = exercise.load(), exercise.run_given()["two_blanks"]
    first = fill_mask(ck, text, top_k=1).choices[0][0]
    second = fill_mask(ck, text.replace("[MASK]", first.string, 1), top_k=1).choices[0][0]
    same_numbers(together, torch.tensor(first.probability * second.probability), tell=False)


def _masked_loss(loss: object, exercise: Exercise) -> None:
    """Compare with torch's cross-entropy, told to leave the other positions out."""
    given = exercise.run_given()
    labels = given["true_ids"].masked_fill(~given["chosen"], -100)
    same_numbers(loss, cross_entropy(given["position_logits"], labels, ignore_index=-100), tell=False)


EXERCISES = (
    Exercise("notebook_03", _tied_decoder),
    Exercise("notebook_03", _temperature),
    Exercise("notebook_03", _two_masks),
    Exercise("notebook_03", _masked_loss),
    Quiz("notebook_03", "quiz_every_position", right="b"),
    Quiz("notebook_03", "quiz_kept_words", right="c"),
)
