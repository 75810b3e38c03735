"""Wrong answers to notebook 02's exercises, and what is said about them."""

import torch
from torch.nn.functional import cosine_similarity

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse


def test_one_head():
    given = given_to("one_head")
    query, key, value = given["query"], given["key"], given["value"]
    scores = query @ key.T
    refuse("one_head", scores.softmax(-1) @ value, "wanted")  # no scale
    refuse("one_head", (scores / 4).softmax(-1) @ value, "wanted")  # width, not its root
    refuse("one_head", (scores / 2).softmax(0) @ value, "wanted")  # wrong axis
    refuse("one_head", (scores / 2).softmax(-1).softmax(-1) @ value, "wanted")  # softmax twice
    refuse("one_head", (scores / 2) @ value, "wanted")  # no softmax
    refuse("one_head", (key @ query.T / 2).softmax(-1) @ value, "wanted")  # query and key swapped
    refuse("one_head", (scores / 2).softmax(-1), "(3, 3); one of shape (3, 4) is needed")  # weights, nothing mixed


def test_masked_weights():
    given = given_to("masked_weights")
    scores, mask = given["scores"], given["mask"]
    shut = scores.masked_fill(mask == 0, -torch.inf)
    refuse("masked_weights", scores.softmax(-1), "looks at the padding")  # mask forgotten
    refuse("masked_weights", scores.softmax(-1) * mask, "Row 0", "must sum to 1")  # too late
    refuse("masked_weights", (scores * mask).softmax(-1), "looks at the padding")  # score 0 is not shut
    refuse("masked_weights", shut.softmax(-1).softmax(-1), "looks at the padding")  # softmax twice
    refuse("masked_weights", shut.softmax(0), "at [0, 0]")  # wrong axis
    refuse("masked_weights", scores.masked_fill(mask == 1, -torch.inf).softmax(-1), "looks at the padding")  # inverted
    refuse("masked_weights", (shut / 2).softmax(-1), "at [0, 0]")  # scaled again
    refuse("masked_weights", shut[:, :3].softmax(-1), "(5, 3); one of shape (5, 5) is needed")  # padding cut away
    assert check.masked_weights(reference("masked_weights").numpy()).status == RIGHT


def test_merge_heads():
    per_head = given_to("merge_heads")["per_head"]
    refuse("merge_heads", per_head.reshape(2, 5, 12), "4 at [0, 0, 4] where 20 is wanted")  # not swapped
    refuse("merge_heads", per_head.permute(0, 2, 3, 1).reshape(2, 5, 12), "at [0, 0, 1]")  # heads interleaved
    refuse("merge_heads", per_head.flip(1).transpose(1, 2).reshape(2, 5, 12), "at [0, 0, 0]")  # last head first
    refuse("merge_heads", per_head.sum(dim=1), "(2, 5, 4); one of shape (2, 5, 12) is needed")  # heads added up
    refuse("merge_heads", per_head.transpose(1, 2), "(2, 5, 3, 4)")  # not laid together
    refuse("merge_heads", per_head.transpose(1, 2).reshape(10, 12), "(10, 12)")  # texts run together


def test_add_and_norm(ck):
    given = given_to("add_and_norm")
    layer, parts = given["layer"], given["parts"]
    with torch.no_grad():
        refuse("add_and_norm", layer.input + layer.attention.output, "wanted")  # no norm
        refuse("add_and_norm", parts.attention_norm(layer.attention.output), "wanted")  # no residual
        refuse("add_and_norm", layer.input + parts.attention_norm(layer.attention.output), "wanted")  # norm first
        refuse("add_and_norm", parts.output_norm(layer.input + layer.attention.output), "wanted")  # the other norm
        refuse("add_and_norm", parts.attention_norm(layer.input + layer.attention.mixed), "wanted")  # not projected
        refuse("add_and_norm", layer.output, "wanted")  # the whole layer
    right = reference("add_and_norm")
    assert check.add_and_norm(right[0]).status == RIGHT  # without the batch axis
    assert check.add_and_norm(right.clone().requires_grad_()).status == RIGHT


def test_drift(ck):
    given = given_to("drift")
    river, money = given["river"], given["money"]
    here, there = (way.tokens.strings[0].index("bank") for way in (river, money))
    pairs = list(zip(river.hidden_states, money.hidden_states, strict=True))
    right = reference("drift")
    refuse("drift", right[1:], "is needed")  # embeddings left out
    refuse("drift", [cosine_similarity(a[0, here], b[0, here], dim=0) for a, b in pairs], "at [0]")  # one position
    refuse("drift", [cosine_similarity(a[0, 0], b[0, 0], dim=0) for a, b in pairs], "at [")  # [CLS]
    refuse("drift", [a[0, here] @ b[0, there] for a, b in pairs], "at [0]")  # not divided by the lengths
    refuse("drift", [(a[0, here] - b[0, there]).norm() for a, b in pairs], "at [0]")  # a distance
    refuse("drift", [1 - number for number in right], "at [0]")
    refuse("drift", right[-1], "one number")
    assert check.drift(torch.tensor(right)).status == RIGHT
    assert check.drift([torch.tensor(number) for number in right]).status == RIGHT
