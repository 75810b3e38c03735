"""Wrong answers to notebook 02's exercises, and what is said about them."""

import torch
from torch.nn.functional import cosine_similarity

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse, slip


def test_one_head():
    given = given_to("one_head")
    query, key, value = given["query"], given["key"], given["value"]
    scores = query @ key.T
    slip(
        "one_head",
        no_scale=scores.softmax(-1) @ value,
        by_the_width=(scores / 4).softmax(-1) @ value,
        other_axis=(scores / 2).softmax(0) @ value,
        softmax_twice=(scores / 2).softmax(-1).softmax(-1) @ value,
        no_softmax=(scores / 2) @ value,
        exchanged=(key @ query.T / 2).softmax(-1) @ value,
        scaled_too_late=scores.softmax(-1) / 2 @ value,
        only_weights=(scores / 2).softmax(-1),
    )
    right = reference("one_head")
    refuse("one_head", right[:, :3], "(3, 3); one of shape (3, 4) is needed")
    rounded = (1000 * right).round() / 1000
    for form in (right.tolist(), tuple(right), right.numpy(), right.double(), right[None], rounded):
        assert check.one_head(form).status == RIGHT


def test_masked_weights():
    given = given_to("masked_weights")
    scores, mask = given["scores"], given["mask"]
    shut = scores.masked_fill(mask == 0, -torch.inf)
    refuse("masked_weights", scores.softmax(-1), "looks at the padding")  # mask forgotten
    refuse("masked_weights", scores.softmax(-1) * mask, "Row 0", "must sum to 1")  # too late
    refuse("masked_weights", (scores * mask).softmax(-1), "looks at the padding")  # score 0 is not shut
    refuse("masked_weights", shut.softmax(-1).softmax(-1), "looks at the padding")  # softmax twice
    slip("masked_weights", other_axis=shut.softmax(0))
    refuse("masked_weights", scores.masked_fill(mask == 1, -torch.inf).softmax(-1), "looks at the padding")  # inverted
    refuse("masked_weights", (shut / 2).softmax(-1), "at [0, 0]")  # scaled again
    refuse("masked_weights", shut[:, :3].softmax(-1), "(5, 3); one of shape (5, 5) is needed")  # padding cut away
    assert check.masked_weights(reference("masked_weights").numpy()).status == RIGHT


def test_merge_heads():
    per_head = given_to("merge_heads")["per_head"]
    slip("merge_heads", not_swapped=per_head.reshape(2, 5, 12), added_up=per_head.sum(dim=1))
    slip("merge_heads", interleaved=per_head.permute(0, 2, 3, 1).reshape(2, 5, 12))
    slip("merge_heads", last_head_first=per_head.flip(1).transpose(1, 2).reshape(2, 5, 12))
    slip("merge_heads", not_laid_together=per_head.transpose(1, 2))
    refuse("merge_heads", reference("merge_heads").flip(-1), "at [0, 0, 0] where 0 is wanted")
    refuse("merge_heads", per_head.transpose(1, 2).reshape(10, 12), "(10, 12)")  # texts run together


def test_add_and_norm(ck):
    given = given_to("add_and_norm")
    layer, parts = given["layer"], given["parts"]
    with torch.no_grad():
        slip(
            "add_and_norm",
            no_norm=layer.input + layer.attention.output,
            no_residual=parts.attention_norm(layer.attention.output),
            norm_too_early=layer.input + parts.attention_norm(layer.attention.output),
            other_norm=parts.output_norm(layer.input + layer.attention.output),
            not_projected=parts.attention_norm(layer.input + layer.attention.mixed),
            whole_layer=layer.output,
        )
        refuse("add_and_norm", layer.input, "which is too")
    right = reference("add_and_norm")
    assert check.add_and_norm(right[0]).status == RIGHT  # without the batch axis
    assert check.add_and_norm(right.clone().requires_grad_()).status == RIGHT


def test_drift(ck):
    given = given_to("drift")
    river, money = given["river"], given["money"]
    here, there = (way.tokens.strings[0].index("bank") for way in (river, money))
    pairs = list(zip(river.hidden_states, money.hidden_states, strict=True))
    right = reference("drift")
    slip(
        "drift",
        no_embeddings=right[1:],
        no_last_layer=right[:-1],
        same_position=[cosine_similarity(a[0, here], b[0, here], dim=0) for a, b in pairs],
        first_token=[cosine_similarity(a[0, 0], b[0, 0], dim=0) for a, b in pairs],
        not_divided=[a[0, here] @ b[0, there] for a, b in pairs],
        distances=[(a[0, here] - b[0, there]).norm() for a, b in pairs],
    )
    refuse("drift", right[::-1], "which is too")
    assert check.drift([round(number, 3) for number in right]).status == RIGHT
