"""Checks of notebook 00: what a head is, and how little of the model it is."""

from collections.abc import Mapping

import torch

from encoder_lab.exercises.compare import Wrong, same_names, short
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.exercises.own_text import one_mask


def _head_shapes(shapes: object, exercise: Exercise) -> None:
    """Compare the shape of each head's logits."""
    size = exercise.run_given()
    wanted = {
        "fill-mask": (size["tokens"], size["vocabulary"]),
        "question-answering": (size["tokens"], 2),
        "text-classification": (size["emotions"],),
        "zero-shot-classification": (size["candidates"], 3),
    }
    if not isinstance(shapes, Mapping) or set(shapes) != set(wanted):
        raise Wrong(exercise.say("four_tasks", tasks=", ".join(wanted)))
    for task, shape in wanted.items():
        got = shapes[task]
        got = (got,) if isinstance(got, int) else _core(got)
        if not isinstance(got, tuple | list) or not all(isinstance(axis, int) for axis in got):
            raise Wrong(exercise.say("no_tuple", task=task, got=short(got)))
        if len(got) != len(shape):
            mine, its = (exercise.say("one_axis" if n == 1 else "axes", count=n) for n in (len(got), len(shape)))
            raise Wrong(exercise.say("other_axes", task=task, got=tuple(got), mine=mine, its=its))
        if tuple(got) != shape:
            axis = next(axis for axis in range(len(shape)) if got[axis] != shape[axis])
            raise Wrong(exercise.say("other_size", task=task, got=tuple(got), size=got[axis], axis=axis))


def _newly_initialised(fresh: object, exercise: Exercise) -> str:
    """Compare the names a fill-mask checkpoint has nothing for."""
    model = exercise.load().model  # before the next line, which it could not be loaded under
    with torch.device("meta"):  # names without weights: quick, and the student's random numbers stay as they are
        classifier = exercise.run_given()["classifier"]
    same_names(fresh, set(classifier.state_dict()) - set(model.state_dict()))
    return exercise.say("right")


def _share_of_head(share: object, exercise: Exercise) -> None:
    """Compare the fraction of parameters that belongs to the head alone."""
    model = exercise.load().model
    total, base = model.num_parameters(), model.base_model.num_parameters()
    with_table = sum(weight.numel() for weight in exercise.load().model.cls.parameters()) / total
    share_of_whole = (total - base) / total
    slips = {"of_the_base": (total - base) / base, "table_counted": with_table, "base_s_share": base / total}
    slips |= {"per_cent": 100 * share_of_whole, "how_many": total - base}
    exercise.same(share, torch.tensor(share_of_whole), slips)


def _own_sentence(sentence: object, exercise: Exercise) -> str:
    """Look whether the model is sure of its first choice."""
    best = one_mask(exercise.load(), sentence).choices[0][0]
    if not any(sign.isalnum() for sign in best.string):
        raise Wrong(exercise.say("punctuation", sign=best.string))
    if best.probability <= 0.3:
        raise Wrong(exercise.say("not_sure", word=best.string, probability=best.probability))
    return exercise.say("right", word=best.string, probability=best.probability)


def _core(shape: object) -> object:
    """Leave a batch's axis of 1 away, and lay a shape that stands twice, for start and end, as an axis of 2."""
    if isinstance(shape, tuple | list) and len(shape) == 2 and shape[0] == shape[1] and isinstance(shape[0], tuple):
        return (*_core(shape[0]), 2)
    return shape[1:] if isinstance(shape, tuple | list) and len(shape) > 1 and shape[0] == 1 else shape


EXERCISES = (
    Exercise("notebook_00", _head_shapes, 4),
    Exercise("notebook_00", _newly_initialised, 5),
    Exercise("notebook_00", _share_of_head, 4, decimals=4),
    Exercise("notebook_00", _own_sentence, 3),
    Quiz("notebook_00", "quiz_new_task", right="b"),
    Quiz("notebook_00", "quiz_zero_shot", right="c"),
)
