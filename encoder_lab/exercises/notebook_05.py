"""Checks of notebook 05: from the first token's vector to logits, to probabilities, and to labels above a threshold."""

import torch

from encoder_lab import sequence_head, softmax
from encoder_lab.exercises.compare import Wrong, as_numbers, same_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.metrics import label_scores, tune_thresholds

TASK = "text-classification"


@torch.inference_mode()
def _head_by_hand(logits: object, exercise: Exercise) -> None:
    """Compare with the package's head on the same hidden states."""
    model, states = exercise.load().model, exercise.run_given()["states"]
    wanted = sequence_head(states, model).logits[0]
    slips = {
        "probabilities": (wanted.sigmoid(), softmax(wanted)),
        "mean_of_tokens": sequence_head(states.mean(dim=1, keepdim=True), model).logits[0],
    }
    exercise.refuse_slips(logits, slips)
    same_numbers(logits, wanted)


def _softmax_from_sigmoid(by_softmax: object, exercise: Exercise) -> str:
    """Compare with softmax over the logits that the sigmoid came from."""
    by_sigmoid = exercise.run_given()["by_sigmoid"]
    slips = {
        "divided_by_the_sum": by_sigmoid / by_sigmoid.sum(),
        "softmax_over_probabilities": softmax(by_sigmoid),
        "logits": by_sigmoid.logit(),
    }
    exercise.refuse_slips(by_softmax, slips)
    numbers = as_numbers(by_softmax)
    if numbers.shape == by_sigmoid.shape and not abs(numbers.sum() - 1) < 1e-3:
        raise Wrong(exercise.say("other_sum", sum=short(numbers.sum().item())))
    same_numbers(by_softmax, softmax(by_sigmoid.logit()), tell=False)
    return exercise.say("right")


def _scores_by_hand(scores: object, exercise: Exercise) -> None:
    """Compare with the package's precision, recall and F1."""
    given = exercise.run_given()
    predicted = torch.tensor(given["of_joy"], dtype=torch.float64) >= given["lowest"]
    right = label_scores(predicted[:, None].numpy(), torch.tensor(given["has_joy"])[:, None].numpy())
    wanted = torch.tensor([right.precision[0], right.recall[0], right.f1[0]])
    numbers = as_numbers(scores)
    if numbers.shape != wanted.shape:
        raise Wrong(exercise.say("three_numbers"))
    if torch.allclose(numbers[:2], wanted[:2].flip(0), rtol=1e-3):
        raise Wrong(exercise.say("changed_places"))
    names = (exercise.say("precision"), exercise.say("recall"), exercise.say("f1"))
    for name, mine, its in zip(names, numbers, wanted, strict=True):
        same_numbers(mine, its, tell=False, what=name)


def _best_threshold(threshold: object, exercise: Exercise) -> str:
    """Compare the F1 reached with the best there is."""
    given = exercise.run_given()
    probabilities, truth = given["of_curiosity"].double(), given["has_curiosity"][:, None].numpy()
    number = as_numbers(threshold)
    if number.numel() != 1 or not 0 <= number.item() <= 1:
        raise Wrong(exercise.say("one_number"))

    def f1_from(lowest: float) -> float:
        predicted = probabilities >= lowest - 1e-6  # a number typed as 0.29 is a float32's 0.29
        return label_scores(predicted[:, None].numpy(), truth).f1[0]

    tuned = tune_thresholds(probabilities[:, None].numpy(), truth)[0]
    mine, best = f1_from(number.item()), f1_from(tuned)
    if mine < best - 1e-9:
        raise Wrong(exercise.say("not_the_best", threshold=short(number.item()), f1=short(mine)))
    below = probabilities[probabilities < tuned - 1e-6].max().item()
    return exercise.say("right", f1=short(best), below=below, tuned=tuned)


EXERCISES = (
    Exercise("notebook_05", _head_by_hand, TASK),
    Exercise("notebook_05", _softmax_from_sigmoid, TASK),
    Exercise("notebook_05", _scores_by_hand, TASK),
    Exercise("notebook_05", _best_threshold, TASK),
    Quiz("notebook_05", "quiz_first_token", right="c"),
    Quiz("notebook_05", "quiz_lower_threshold", right="d"),
)
