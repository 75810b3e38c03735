"""Checks of notebook 04: from start and end logits to a span, to "no answer", and to a score."""

import torch

from encoder_lab.exercises.compare import Wrong, as_numbers, same_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.metrics import f1
from encoder_lab.probabilities import best_spans, span_grid, span_probabilities

TASK = "question-answering"


def _masked_starts(starts: object, exercise: Exercise) -> None:
    """Compare with the package's mask and softmax."""
    given = exercise.run_given()
    logits, roles = given["start_logits"], given["roles"]
    allowed = torch.tensor([role in ("no answer", "context") for role in roles])
    numbers = as_numbers(starts)
    if numbers.shape == logits.shape and not bool(numbers.isnan().any()):
        shut = torch.nonzero(~allowed & (numbers.abs() > 1e-4)).flatten()
        if len(shut):
            at = int(shut[0])
            raise Wrong(exercise.say("not_shut_out", token=at, share=numbers[at], role=roles[at]))
        if not numbers[0]:
            raise Wrong(exercise.say("first_shut_out"))
        if abs(numbers.sum() - 1) > 1e-3:
            raise Wrong(exercise.say("other_sum", sum=numbers.sum()))
    same_numbers(starts, span_probabilities(logits[None], logits[None], allowed[None])[0][0])


def _best_span(span: object, exercise: Exercise) -> str:
    """Compare with the best cell of the package's grid."""
    given = exercise.run_given()
    start, end, longest = given["start"], given["end"], given["longest"]
    size = len(start)
    pair = as_numbers(span)
    if pair.shape != (2,) or not all(float(token).is_integer() and 0 <= token < size for token in pair):
        raise Wrong(exercise.say("two_tokens", largest=size - 1))
    first, last = (int(token) for token in pair)
    if last < first:
        raise Wrong(exercise.say("ends_early", first=first, last=last))
    if first == 0:
        raise Wrong(exercise.say("begins_at_0"))
    if last - first >= longest:
        raise Wrong(exercise.say("too_long", first=first, last=last, length=last - first + 1, longest=longest))
    firsts, lasts, scores = best_spans(span_grid(start, end, longest), top_k=1)
    if (first, last) != (int(firsts[0]), int(lasts[0])):
        raise Wrong(exercise.say("not_the_best", probability=float(start[first] * end[last])))
    return exercise.say("right", probability=scores[0])


def _null_margin(margin: object, exercise: Exercise) -> str:
    """Compare with the record's own margin of that window."""
    result = exercise.run_given()["result"]
    wanted = result.null_margins[result.spans[0].window]
    exercise.refuse_slips(margin, {"other_sign": -wanted})
    same_numbers(margin, wanted, tell=False)
    return exercise.say("right_span" if wanted < 0 else "right_no_answer")


def _word_f1(score: object, exercise: Exercise) -> None:
    """Compare with the package's F1."""
    given = exercise.run_given()
    same_numbers(score, torch.tensor(f1(given["predicted"], [given["right"]])), tell=False)


EXERCISES = (
    Exercise("notebook_04", _masked_starts, TASK),
    Exercise("notebook_04", _best_span, TASK),
    Exercise("notebook_04", _null_margin, TASK),
    Exercise("notebook_04", _word_f1, TASK),
    Quiz("notebook_04", "quiz_window_edge", right="c"),
    Quiz("notebook_04", "quiz_sure", right="a"),
)
