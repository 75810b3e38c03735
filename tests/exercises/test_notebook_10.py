"""Wrong answers to notebook 10's exercises, and what is said about them."""

import math

import torch

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import EXERCISES, given_to, reference, refuse


def test_halved(ck):
    refuse("halved", "The cat sat by the river.", "[MASK]")
    refuse("halved", "The [MASK] sat by the [MASK].", "one [MASK] is needed")
    refuse("halved", ["The cat sat by the [MASK]."], "One string")
    refuse("halved", "", "empty")
    refuse("halved", "a " * 600, "at most 1000")
    refuse("halved", "Hello [MASK] .", "3 words")
    refuse("halved", "The cat sat by the [MASK] .", "whole model's first choice is", "every second layer")
    with torch.no_grad():
        ck.model.cls.predictions.bias[ck.tokenizer.convert_tokens_to_ids("cat")] += 50
    outcome = check.halved("The [MASK] sat by the river.")
    assert outcome.status == RIGHT and "Both choose 'cat'" in outcome.message
    assert EXERCISES["halved"].judge(reference("halved"))[0] == RIGHT


def test_halved_leaves_every_other_layer_out(ck):
    """What the left-out layer does cannot matter: half of a model of which it alone is broken answers as before."""
    sentence = "The cat sat by the [MASK] ."
    before = refuse("halved", sentence).partition("every second layer")[2]
    with torch.no_grad():
        ck.model.bert.encoder.layer[1].output.dense.weight.fill_(1)
    assert refuse("halved", sentence).partition("every second layer")[2] == before


def test_turned_score():
    given = given_to("turned_score")
    query, key, angles = (given[name].double() for name in ("query", "key", "angles"))

    def score(q, k, angles=angles, order=(0, 1, 2, 3)):
        turned = []
        for x, place in ((query, q), (key, k)):
            a, b, c, d = x[list(order)].tolist()
            for (left, right), angle in zip(((a, c), (b, d)), (place * angles).tolist(), strict=True):
                turned.append(complex(left, right) * complex(math.cos(angle), math.sin(angle)))
        return sum((one * other.conjugate()).real for one, other in zip(turned[:2], turned[2:], strict=True)) / 2

    assert math.isclose(score(9, 5), reference("turned_score").item(), rel_tol=1e-5)
    refuse("turned_score", query @ key / 2, "what has not been turned")
    refuse("turned_score", score(9, 0), "key has not")
    refuse("turned_score", score(0, 5), "query has not")
    refuse("turned_score", score(9, -5), "turned backwards")
    refuse("turned_score", score(-9, 5), "turned backwards")
    refuse("turned_score", score(5, 9), "places are exchanged")
    refuse("turned_score", score(-9, -5), "places are exchanged")  # both the other way
    refuse("turned_score", score(9, 5, order=(0, 2, 1, 3)), "Neighbours")
    refuse("turned_score", score(9, 5, angles[:1].expand(2)), "the same angle")
    refuse("turned_score", 2 * score(9, 5), "divided by the root")
    refuse("turned_score", score(9, 5) / 2, "not by the width")
    refuse("turned_score", score(8, 5), "which is too")  # counted from 1
    refuse("turned_score", [score(9, 5)] * 4, "one number is needed")
    assert check.turned_score(score(109, 105)).status == RIGHT


def test_how_far():
    assert reference("how_far") == [7, 13, 19, 20]
    refuse("how_far", [4, 7, 10, 13], "one side only")
    refuse("how_far", [4, 7, 10, 11], "one side only")
    refuse("how_far", [6, 12, 18, 19], "The place itself is missing")
    refuse("how_far", [6, 12, 18, 24], "The place itself is missing")
    refuse("how_far", [7, 13, 19, 25], "over the edges")
    refuse("how_far", [7, 7, 7, 7], "carries the change further")
    refuse("how_far", [1, 7, 13, 19], "begins with hidden state 0")
    refuse("how_far", [3, 5, 7, 9], "seven places, not three")
    refuse("how_far", [7, 6, 6, 1], "new in each layer")
    refuse("how_far", [6, 6, 6, 1], "new in each layer")
    refuse("how_far", [7, 14, 20, 20], "at [1]", "too large")
    refuse("how_far", 20, "one of shape (4,)")
    assert check.how_far(torch.tensor([7, 13, 19, 20])).status == RIGHT
