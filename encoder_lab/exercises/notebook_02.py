"""Checks of notebook 02: attention by hand, heads, the residual path, and a word that drifts."""

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, scaled_dot_product_attention

from encoder_lab import layers
from encoder_lab.exercises.compare import Wrong, as_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz


def _one_head(mixed: object, exercise: Exercise) -> None:
    """Compare with torch's own attention."""
    given = exercise.run_given()
    query, key, value = given["query"], given["key"], given["value"]
    scores, root = query @ key.T, query.shape[-1] ** 0.5
    weights = (scores / root).softmax(dim=-1)
    slips = {
        "no_scale": scores.softmax(dim=-1) @ value,
        "by_the_width": (scores / root**2).softmax(dim=-1) @ value,
        "other_axis": (scores / root).softmax(dim=0) @ value,
        "softmax_twice": weights.softmax(dim=-1) @ value,
        "no_softmax": (scores @ value, scores / root @ value),
        "exchanged": (scores.T / root).softmax(dim=-1) @ value,
        "scaled_too_late": scores.softmax(dim=-1) / root @ value,
        "only_weights": weights,
    }
    exercise.same(mixed, scaled_dot_product_attention(query, key, value), slips)


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
    slips = {"other_axis": scores.masked_fill(mask == 0, -torch.inf).softmax(dim=0)}  # NaN in the padding's columns
    exercise.same(weights, wanted, slips)


def _merge_heads(merged: object, exercise: Exercise) -> None:
    """Compare with the package's `merge_heads`."""
    per_head = exercise.run_given()["per_head"]
    texts, _, tokens, _ = per_head.shape
    slips = {
        "not_swapped": per_head.reshape(texts, tokens, -1),
        "interleaved": per_head.permute(0, 2, 3, 1).reshape(texts, tokens, -1),
        "last_head_first": layers.merge_heads(per_head.flip(1)),
        "added_up": per_head.sum(dim=1),
        "not_laid_together": per_head.transpose(1, 2),
    }
    exercise.same(merged, layers.merge_heads(per_head), slips, tell=True)


@torch.inference_mode()
def _add_and_norm(attended: object, exercise: Exercise) -> None:
    """Compare with the layer's own record."""
    given = exercise.run_given()
    layer, parts = given["layer"], given["parts"]
    came, gave = layer.input, layer.attention.output
    slips = {
        "no_norm": came + gave,
        "no_residual": parts.attention_norm(gave),
        "norm_too_early": (came + parts.attention_norm(gave), parts.attention_norm(came) + gave),
        "other_norm": parts.output_norm(came + gave),
        "not_projected": parts.attention_norm(came + layer.attention.mixed),
        "whole_layer": layer.output,
    }
    exercise.same(attended, layer.attended, slips)


def _drift(similarity: object, exercise: Exercise) -> None:
    """Compare the similarity of the two banks at every level."""
    given = exercise.run_given()
    river, money = given["river"], given["money"]
    here, there = (way.tokens.strings[0].index("bank") for way in (river, money))
    pairs = [(a[0], b[0]) for a, b in zip(river.hidden_states, money.hidden_states, strict=True)]

    def similar(mine: int, its: int) -> Tensor:
        return torch.stack([cosine_similarity(a[mine], b[its], dim=0) for a, b in pairs])  # (L + 1,)

    wanted = similar(here, there)
    slips = {
        "same_position": (similar(here, here), similar(there, there)),
        "first_token": similar(0, 0),
        "no_embeddings": wanted[1:],
        "no_last_layer": wanted[:-1],
        "not_divided": [a[here] @ b[there] for a, b in pairs],
        "distances": ([(a[here] - b[there]).norm() for a, b in pairs], 1 - wanted),
    }
    exercise.same(similarity, wanted, slips)


EXERCISES = (
    Exercise("notebook_02", _one_head, 8, decimals=3),
    Exercise("notebook_02", _masked_weights, 4, decimals=3),
    Exercise("notebook_02", _merge_heads, 4),
    Exercise("notebook_02", _add_and_norm, 5),
    Exercise("notebook_02", _drift, 10, decimals=3),
    Quiz("notebook_02", "quiz_scale", right="c"),
    Quiz("notebook_02", "quiz_attention", right="b"),
)
