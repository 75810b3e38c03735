"""Checks of notebook 02: attention by hand, heads, the residual path, and a word that drifts."""

import torch
from torch.nn.functional import cosine_similarity, scaled_dot_product_attention

from encoder_lab import layers
from encoder_lab.exercises.compare import Wrong, as_numbers, same_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz


def _one_head(mixed: object, exercise: Exercise) -> None:
    """Compare with torch's own attention."""
    given = exercise.run_given()
    same_numbers(mixed, scaled_dot_product_attention(given["query"], given["key"], given["value"]))


def _masked_weights(weights: object, exercise: Exercise) -> None:
    """Compare with the package's mask and softmax."""
    given = exercise.run_given()
    scores, mask = given["scores"], given["mask"]
    wanted = (scores + layers.mask_bias(mask[None], scores.dtype)[0, 0]).softmax(dim=-1)
    numbers = as_numbers(weights)
    if numbers.shape == wanted.shape:
        if bool((numbers[:, mask == 0] > 1e-4).any()):
            raise Wrong(exercise.say("looks_at_padding"))
        sums = numbers.sum(dim=1)
        uneven = torch.nonzero((sums - 1).abs() > 1e-3)
        if len(uneven):
            row = int(uneven[0])
            raise Wrong(exercise.say("uneven_row", row=row, sum=sums[row]))
    same_numbers(weights, wanted)


def _merge_heads(merged: object, exercise: Exercise) -> None:
    """Compare with the package's `merge_heads`."""
    same_numbers(merged, layers.merge_heads(exercise.run_given()["per_head"]))


def _add_and_norm(attended: object, exercise: Exercise) -> None:
    """Compare with the layer's own record."""
    same_numbers(attended, exercise.run_given()["layer"].attended)


def _drift(similarity: object, exercise: Exercise) -> None:
    """Compare the similarity of the two banks at every level."""
    given = exercise.run_given()
    river, money = given["river"], given["money"]
    here, there = (way.tokens.strings[0].index("bank") for way in (river, money))
    pairs = zip(river.hidden_states, money.hidden_states, strict=True)
    wanted = torch.stack([cosine_similarity(a[0, here], b[0, there], dim=0) for a, b in pairs])
    same_numbers(similarity, wanted)


EXERCISES = (
    Exercise("notebook_02", _one_head),
    Exercise("notebook_02", _masked_weights),
    Exercise("notebook_02", _merge_heads),
    Exercise("notebook_02", _add_and_norm),
    Exercise("notebook_02", _drift),
    Quiz("notebook_02", "quiz_scale", right="c"),
    Quiz("notebook_02", "quiz_attention", right="b"),
)
