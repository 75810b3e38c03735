"""What no head can be trained with or on is refused, in one sentence."""

import copy
import math
from dataclasses import replace

import pytest

from encoder_lab.grow.head import Examples, text_examples
from encoder_lab.grow.loop import History, Trained, train_head
from tests.grow.heads import UNSEEN, examples, tiny_checkpoint


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"epochs": 0}, ValueError, "epochs is 0; it must be 1 or more"),
        ({"epochs": 2.5}, TypeError, "epochs must be a whole number; this is 2.5"),
        ({"epochs": True}, TypeError, "epochs must be a whole number; this is True"),
        ({"patience": 0}, ValueError, "patience is 0; it must be 1 or more"),
        ({"patience": None}, TypeError, "patience must be a whole number; this is None"),
        ({"rate": 0}, ValueError, "rate is 0; it must be above 0 and at most 1, and 0.001 is usual"),
        ({"rate": -1e-3}, ValueError, "rate is -0.001; it must be above 0"),
        ({"rate": 5}, ValueError, "rate is 5; it must be above 0 and at most 1"),
        ({"rate": math.nan}, ValueError, "rate is nan; it must be above 0"),
        ({"rate": "fast"}, TypeError, "rate must be a number; this is 'fast'"),
    ],
)
def test_numbers_that_make_no_training(head, options, error, message):
    with pytest.raises(error, match=message):
        train_head(head, *examples(head), **options)


def test_examples_that_make_no_training(head):
    training, validation = examples(head)
    nothing = Examples((), training.targets[:0])
    for given, name in (((nothing, validation), "training"), ((training, nothing), "validation")):
        with pytest.raises(ValueError, match=f"the {name} set is empty; give at least one example"):
            train_head(head, *given)
    other = Examples(training.rows, training.targets.repeat(1, 2)[:, : 3 - training.targets.shape[1]])
    with pytest.raises(ValueError, match=f"the validation examples are not for {head.task}; make them with this"):
        train_head(head, training, other)
    if head.task == "text-classification":
        cats = text_examples(head, UNSEEN, ["meow"] * 4)
        with pytest.raises(ValueError, match="the training set has only one class, 'meow'; telling apart needs at"):
            train_head(head, cats, validation)
        assert train_head(head, training, cats, epochs=1).history.best in (0, 1)  # to measure on, one class will do
        with pytest.raises(ValueError, match="the validation examples have label 2; this head has 2, 0 to 1"):
            train_head(head, training, replace(validation, targets=validation.targets + 1))


def test_a_checkpoint_that_no_head_of_one_s_own_is_on(tmp_path, head):
    training, validation = examples(head)
    with pytest.raises(ValueError, match="this checkpoint is for fill-mask; make a head with new_head or new_span"):
        train_head(tiny_checkpoint(tmp_path, "fill-mask"), training, validation)
    bundled_kind = replace(head, model=copy.deepcopy(head.model), task="text-classification")
    bundled_kind.model.config.problem_type = "multi_label_classification"
    with pytest.raises(ValueError, match="do not exclude one another"):
        train_head(bundled_kind, training, validation)


def test_nothing_measured_yet_is_said(head):
    empty = History({"training": [], "validation": []}, {"training": [], "validation": []}, 0)
    assert repr(Trained(head, empty, "stopped by hand")) == (
        "stopped by hand; nothing was measured yet, and the head is as it was given"
    )
