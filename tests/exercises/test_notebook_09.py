"""Wrong answers to notebook 09's exercises, and what is said about them."""

import math

import torch

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse, slip


def test_batch_loss():
    given = given_to("batch_loss")
    logits, right = given["logits"], given["right"]
    chances = logits.softmax(-1)
    losses = -chances[range(3), right].log()
    refuse("batch_loss", losses, "one loss a text")
    refuse("batch_loss", losses.sum(), "sum over the texts")
    refuse("batch_loss", -losses.mean(), "below 0")
    refuse("batch_loss", chances[range(3), right].mean(), "mean probability")
    refuse("batch_loss", -chances[range(3), right].mean().log(), "before the logarithm")
    refuse("batch_loss", -chances.max(-1).values.log().mean(), "highest logit")
    refuse("batch_loss", -logits[range(3), right].mean(), "a softmax comes before")
    refuse("batch_loss", losses.mean() / math.log(10), "natural one")
    refuse("batch_loss", losses.mean() / math.log(2), "natural one")
    refuse("batch_loss", -logits.softmax(0)[range(3), right].log().mean(), "over the texts")
    refuse("batch_loss", -chances.softmax(-1)[range(3), right].log().mean(), "too large")  # softmax twice
    assert check.batch_loss(round(reference("batch_loss").item(), 5)).status == RIGHT


def test_warm_up():
    given = given_to("warm_up")
    highest, warmup = given["highest"], given["warmup"]
    steps = (0, 1, 7, 8, 19)
    right = reference("warm_up")
    assert right == [0.00025, 0.0005, 0.002, 0.002, 0.002]
    refuse("warm_up", [min(1, (step + 1) / warmup) for step in steps], "shares of the highest")
    refuse("warm_up", [highest * min(1, step / warmup) for step in steps], "Step 0 would learn nothing")
    refuse("warm_up", [highest * (step + 1) / warmup for step in steps], "climbs on")
    refuse("warm_up", [highest * step / warmup for step in steps], "climbs on")
    refuse("warm_up", right[::-1], "starts low")
    refuse("warm_up", [highest] * 5, "from the start")
    refuse("warm_up", [highest * (step + 1) / 20 for step in steps], "over all 20")
    refuse("warm_up", right[:4], "one of shape (5,)")
    refuse("warm_up", [0.0003, *right[1:]], "5 decimals are asked for")
    refuse("warm_up", [0.00035, *right[1:]], "0.00035 at [0], which is too large")
    assert check.warm_up(torch.tensor(right)).status == RIGHT


def test_when_to_stop():
    losses = given_to("when_to_stop")["losses"]
    assert reference("when_to_stop") == (5, 8)
    refuse("when_to_stop", (9, 9), "nobody could know")  # the lowest of all
    refuse("when_to_stop", (9, 8), "nobody could know")
    refuse("when_to_stop", (3, 4), "single worse epoch")
    slip("when_to_stop", lower_overlooked=(3, 6))
    refuse("when_to_stop", (7, 9), "As low as before is not lower")
    refuse("when_to_stop", (8, 5), "Turn them round")
    refuse("when_to_stop", (6, 9), "counted from 1")
    refuse("when_to_stop", (8, 8), "not the last one's")
    refuse("when_to_stop", (5, 7), "7 at [1], which is too small")
    refuse("when_to_stop", (5, 9), "9 at [1], which is too large")
    refuse("when_to_stop", 5, "Two whole numbers")
    refuse("when_to_stop", losses, "Two whole numbers")
    assert check.when_to_stop([5, 8]).status == RIGHT


def test_answer_tokens():
    given = given_to("answer_tokens")
    assert given["context"][given["start"] : given["end"]] == "greenhouse"
    assert int(given["spans"][-1, 1]) == len(given["context"])
    assert reference("answer_tokens") == (13, 14)
    refuse("answer_tokens", (5, 6), "places in the context")
    refuse("answer_tokens", (19, 29), "These are characters")
    refuse("answer_tokens", (27, 37), "These are characters")
    refuse("answer_tokens", (13, 15), "the place after it")
    refuse("answer_tokens", (14, 14), "begins with the space")
    refuse("answer_tokens", (13, 13), "two tokens")
    refuse("answer_tokens", (14, 13), "Turn them round")
    refuse("answer_tokens", (14, 15), "counted from 0")
    refuse("answer_tokens", (12, 14), "too small")
    refuse("answer_tokens", 13, "Two whole numbers")
    assert check.answer_tokens(torch.tensor([13, 14])).status == RIGHT
