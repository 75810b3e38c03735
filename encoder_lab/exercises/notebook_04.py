"""Checks of notebook 04: from start and end logits to a span, to "no answer", and to a score."""

from collections import Counter

import torch

from encoder_lab.exercises.compare import Wrong, as_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.metrics import f1, normalize_answer
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
    exercise.same(starts, span_probabilities(logits[None], logits[None], allowed[None])[0][0])


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
    given = exercise.run_given()
    result = given["result"]
    wanted = result.null_margins[result.spans[0].window]
    start, end, best = (given[name] for name in ("start", "end", "best"))
    null, span = start[0] + end[0], start[best.first] + end[best.last]
    slips = {
        "other_sign": -wanted,
        "null_alone": null,
        "span_alone": span,
        "added": null + span,
        "starts_alone": start[0] - start[best.first],
    }
    exercise.same(margin, wanted, slips)
    return exercise.say("right_span" if wanted < 0 else "right_no_answer")


def _word_f1(score: object, exercise: Exercise) -> None:
    """Compare with the package's F1."""
    given = exercise.run_given()
    said, right = (normalize_answer(given[name]).split() for name in ("predicted", "right"))
    shared, repeated = sum((Counter(said) & Counter(right)).values()), sum(word in right for word in said)
    raw, raw_right = given["predicted"].split(), given["right"].split()
    raw_shared = sum((Counter(raw) & Counter(raw_right)).values())
    slips = {
        "precision": shared / len(said),
        "recall": shared / len(right),
        "plain_mean": (shared / len(said) + shared / len(right)) / 2,
        "counted_twice": 2 * repeated / (len(said) + len(right)),
        "different_words": 2 * shared / (len({*said}) + len({*right})),
        "not_normalised": 2 * raw_shared / (len(raw) + len(raw_right)),
        "product": shared / len(said) * shared / len(right),
    }
    exercise.same(score, torch.tensor(f1(given["predicted"], [given["right"]])), slips)


EXERCISES = (
    Exercise("notebook_04", _masked_starts, 3, decimals=3, checkpoint=TASK),
    Exercise("notebook_04", _best_span, 6, checkpoint=TASK),
    Exercise("notebook_04", _null_margin, 3, decimals=2, checkpoint=TASK),
    Exercise("notebook_04", _word_f1, 5, decimals=2, checkpoint=TASK),
    Quiz("notebook_04", "quiz_window_edge", right="c"),
    Quiz("notebook_04", "quiz_sure", right="a"),
)
