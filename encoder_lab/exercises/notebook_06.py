"""Checks of notebook 06: from three logits a label to probabilities, what the decoder reads, and what labels cost."""

import torch
from torch import Tensor

from encoder_lab.embeddings import shift_right
from encoder_lab.exercises.compare import Wrong, as_numbers, same_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.probabilities import label_probabilities, softmax

TASK = "zero-shot-classification"


def _one_label(shares: object, exercise: Exercise) -> str:
    """Compare with the package's softmax over the labels' entailment logits."""
    logits, entailment, contradiction = _logits_and_places(exercise)
    column = logits[:, entailment]
    exercise.refuse_slips(
        shares,
        {
            "own_logits": (
                softmax(logits)[:, entailment],
                label_probabilities(logits[None], entailment, contradiction, True)[0],
            ),
            "one_label_alone": column.sigmoid(),
            "other_place": (softmax(logits[:, 2]), softmax(logits[:, contradiction])),
            "softmax_twice": (softmax(softmax(logits)[:, entailment]), softmax(softmax(column))),
            "divided_by_the_sum": column / column.sum(),
        },
    )
    same_numbers(shares, softmax(column), tell=False)
    return exercise.say("right")


def _many_labels(each: object, exercise: Exercise) -> str:
    """Compare with the package's entailment against contradiction."""
    logits, entailment, contradiction = _logits_and_places(exercise)
    column = logits[:, entailment]
    right = label_probabilities(logits[None], entailment, contradiction, True)[0]
    exercise.refuse_slips(
        each,
        {
            "contradiction": 1 - right,
            "neutral_takes_part": softmax(logits)[:, entailment],
            "entailment_alone": column.sigmoid(),
            "against_neutral": softmax(logits[:, [1, entailment]])[:, 1],
            "labels_compete": softmax(column),
        },
    )
    same_numbers(each, right, tell=False)
    return exercise.say("right", sum=right.sum())


def _decoder_reads(decoder_ids: object, exercise: Exercise) -> str:
    """Compare with the shift that the journey makes."""
    given = exercise.run_given()
    ids, start = given["ids"], given["start"]
    shape = as_numbers(decoder_ids).squeeze().shape
    if shape == (len(ids) + 1,):
        raise Wrong(exercise.say("too_many", count=len(ids) + 1, needed=len(ids)))
    if shape == (len(ids) - 1,):
        raise Wrong(exercise.say("too_few", count=len(ids) - 1, needed=len(ids)))
    shifted_left = (torch.cat([ids[1:], torch.tensor([start])]), ids.roll(-1))
    exercise.refuse_slips(decoder_ids, {"not_shifted": ids, "shifted_left": shifted_left})
    same_numbers(decoder_ids, shift_right(ids[None].cpu(), start)[0], tell=False)
    last = exercise.load().tokenizer.convert_ids_to_tokens(int(ids[-2]))
    return exercise.say("right", token=_readable_piece(last))


def _passes(count: object, exercise: Exercise) -> str:
    """Compare with texts times labels times templates."""
    given = exercise.run_given()
    texts, labels, templates = (given[f"{name}_count"] for name in ("text", "label", "template"))
    wanted = texts * labels * templates
    exercise.refuse_slips(
        count,
        {
            "one_template": texts * labels,
            "both_modes": 2 * wanted,
            "no_labels": texts * templates,
            "no_texts": labels * templates,
            "added_up": texts + labels + templates,
            "batches": wanted / given["batch"],
            "three_logits": 3 * wanted,
        },
    )
    same_numbers(count, torch.tensor(wanted), tell=False)
    return exercise.say("right", texts=texts)


def _readable_piece(piece: str) -> str:
    """Write a token in quotes, a leading space as a space."""
    return short(piece.replace("Ġ", " "))


def _logits_and_places(exercise: Exercise) -> tuple[Tensor, int, int]:
    """Give an exercise's logits (C, 3) and the places of entailment and contradiction."""
    given = exercise.run_given()
    return given["logits"], given["names"].index("entailment"), given["names"].index("contradiction")


EXERCISES = (
    Exercise("notebook_06", _one_label, TASK),
    Exercise("notebook_06", _many_labels, TASK),
    Exercise("notebook_06", _decoder_reads, TASK),
    Exercise("notebook_06", _passes, TASK),
    Quiz("notebook_06", "quiz_no_label_fits", right="c"),
    Quiz("notebook_06", "quiz_which_state", right="b"),
)
