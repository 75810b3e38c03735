"""Checks of notebook 06: from three logits a label to probabilities, what the decoder reads, and what labels cost."""

import torch
from torch import Tensor

from encoder_lab.embeddings import shift_right
from encoder_lab.exercises.compare import Wrong, as_numbers, each_result, short
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.probabilities import label_probabilities, softmax

TASK = "zero-shot-classification"


def _one_label(shares: object, exercise: Exercise) -> str:
    """Compare with the package's softmax over the labels' entailment logits."""
    logits, entailment, contradiction = _logits_and_places(exercise)
    column = logits[:, entailment]
    own = label_probabilities(logits[None], entailment, contradiction, True)[0]
    slips = {
        "own_logits": (softmax(logits)[:, entailment], own),
        "one_label_alone": column.sigmoid(),
        "other_place": (softmax(logits[:, 2]), softmax(logits[:, contradiction])),
        "softmax_twice": (softmax(softmax(logits)[:, entailment]), softmax(softmax(column))),
        "divided_by_the_sum": column / column.sum(),
    }
    exercise.same(shares, softmax(column), slips)
    return exercise.say("right")


def _many_labels(each: object, exercise: Exercise) -> str:
    """Compare with the package's entailment against contradiction."""
    logits, entailment, contradiction = _logits_and_places(exercise)
    column = logits[:, entailment]
    right = label_probabilities(logits[None], entailment, contradiction, True)[0]
    slips = {
        "contradiction": 1 - right,
        "neutral_takes_part": softmax(logits)[:, entailment],
        "entailment_alone": column.sigmoid(),
        "against_neutral": softmax(logits[:, [1, entailment]])[:, 1],
        "labels_compete": softmax(column),
    }
    exercise.same(each, right, slips)
    return exercise.say("right", sum=right.sum())


def _decoder_reads(decoder_ids: object, exercise: Exercise) -> str:
    """Compare with the shift that the journey makes, on a pair and on made-up ids."""
    cases = exercise.run_given()["cases"]
    for (ids, start), got, what in each_result(cases, decoder_ids):
        count, needed = as_numbers(got, what).numel(), len(ids)
        if abs(count - needed) == 1:
            other = exercise.say("too_many" if count > needed else "too_few", what=what, count=count, needed=needed)
            raise Wrong(other)
        slips = {
            "not_shifted": ids,
            "shifted_left": (torch.cat([ids[1:], torch.tensor([start])]), ids.roll(-1)),
            "rolled": ids.roll(1),
        }
        exercise.same(got, shift_right(ids[None].cpu(), start)[0], slips, what=what)
    last = exercise.load().tokenizer.convert_ids_to_tokens(int(cases[0][0][-2]))
    return exercise.say("right", token=_readable_piece(last))


def _passes(count: object, exercise: Exercise) -> str:
    """Compare with texts times labels times templates."""
    given = exercise.run_given()
    texts, labels, templates = (given[f"{name}_count"] for name in ("text", "label", "template"))
    wanted = texts * labels * templates
    slips = {
        "one_template": texts * labels,
        "both_modes": 2 * wanted,
        "no_labels": texts * templates,
        "no_texts": labels * templates,
        "added_up": texts + labels + templates,
        "batches": wanted / given["batch"],
        "three_logits": 3 * wanted,
    }
    exercise.same(count, torch.tensor(wanted), slips)
    return exercise.say("right", texts=texts)


def _readable_piece(piece: str) -> str:
    """Write a token in quotes, a leading space as a space."""
    return short(piece.replace("Ġ", " "))


def _logits_and_places(exercise: Exercise) -> tuple[Tensor, int, int]:
    """Give an exercise's logits (C, 3) and the places of entailment and contradiction."""
    given = exercise.run_given()
    return given["logits"], given["names"].index("entailment"), given["names"].index("contradiction")


EXERCISES = (
    Exercise("notebook_06", _one_label, 4, decimals=3, checkpoint=TASK),
    Exercise("notebook_06", _many_labels, 4, decimals=3, checkpoint=TASK),
    Exercise("notebook_06", _decoder_reads, 4, checkpoint=TASK),
    Exercise("notebook_06", _passes, 3, checkpoint=TASK),
    Quiz("notebook_06", "quiz_no_label_fits", right="c"),
    Quiz("notebook_06", "quiz_which_state", right="b"),
)
