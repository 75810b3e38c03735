"""Checks of notebook 05: from the first token's vector to logits, to probabilities, and to labels above a threshold."""

import torch

from encoder_lab import sequence_head, softmax
from encoder_lab.exercises.compare import Wrong, as_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.metrics import label_scores, tune_thresholds

TASK = "text-classification"


@torch.inference_mode()
def _head_by_hand(logits: object, exercise: Exercise) -> None:
    """Compare with the package's head on the same hidden states."""
    model, states = exercise.load().model, exercise.run_given()["states"]
    wanted = sequence_head(states, model).logits[0]
    dense, out_proj, first = model.classifier.dense, model.classifier.out_proj, states[0, 0]
    slips = {
        "probabilities": (wanted.sigmoid(), softmax(wanted)),
        "mean_of_tokens": sequence_head(states.mean(dim=1, keepdim=True), model).logits[0],
        "last_token": sequence_head(states[:, -1:], model).logits[0],
        "no_tanh": out_proj(dense(first)),
        "tanh_at_the_end": (out_proj(dense(first)).tanh(), wanted.tanh()),
        "no_dense": (out_proj(first), out_proj(first.tanh())),
        "no_bias_in_dense": out_proj((dense.weight @ first).tanh()),
        "no_bias_in_out_proj": out_proj.weight @ dense(first).tanh(),
        "no_bias": out_proj.weight @ (dense.weight @ first).tanh(),
        "not_turned": out_proj((first @ dense.weight + dense.bias).tanh()),
    }
    exercise.same(logits, wanted, slips)


def _softmax_from_sigmoid(by_softmax: object, exercise: Exercise) -> str:
    """Compare with softmax over the logits that the sigmoid came from."""
    by_sigmoid = exercise.run_given()["by_sigmoid"]
    slips = {
        "divided_by_the_sum": by_sigmoid / by_sigmoid.sum(),
        "softmax_over_probabilities": softmax(by_sigmoid),
        "logits": by_sigmoid.logit(),
    }
    exercise.same(by_softmax, softmax(by_sigmoid.logit()), slips)
    return exercise.say("right")


def _scores_by_hand(scores: object, exercise: Exercise) -> None:
    """Compare with the package's precision, recall and F1."""
    given = exercise.run_given()
    predicted = torch.tensor(given["of_joy"], dtype=torch.float64) >= given["lowest"]
    right = label_scores(predicted[:, None].numpy(), torch.tensor(given["has_joy"])[:, None].numpy())
    wanted = torch.tensor([right.precision[0], right.recall[0], right.f1[0]])
    if as_numbers(scores).shape != wanted.shape:
        raise Wrong(exercise.say("three_numbers"))
    above = torch.tensor(given["of_joy"], dtype=torch.float64) > given["lowest"]
    strict = label_scores(above[:, None].numpy(), torch.tensor(given["has_joy"])[:, None].numpy())
    slips = {
        "changed_places": wanted[[1, 0, 2]],
        "per_cent": 100 * wanted,
        "plain_mean": torch.stack([wanted[0], wanted[1], wanted[:2].mean()]),
        "threshold_left_out": [strict.precision[0], strict.recall[0], strict.f1[0]],
    }
    exercise.same(scores, wanted, slips)


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
    Exercise("notebook_05", _head_by_hand, 5, checkpoint=TASK),
    Exercise("notebook_05", _softmax_from_sigmoid, 6, decimals=3, checkpoint=TASK),
    Exercise("notebook_05", _scores_by_hand, 4, decimals=3, checkpoint=TASK),
    Exercise("notebook_05", _best_threshold, 5, checkpoint=TASK),
    Quiz("notebook_05", "quiz_first_token", right="c"),
    Quiz("notebook_05", "quiz_lower_threshold", right="d"),
)
