"""Wrong answers to notebook 03's exercises, and what is said about them."""

import torch

from encoder_lab import fill_mask
from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse


def test_tied_decoder(ck):
    given = given_to("tied_decoder")
    transformed, table, bias = given["transformed"], given["word_table"], given["word_bias"]
    head = fill_mask(ck, "The children played in the [MASK].").head
    with torch.no_grad():
        refuse("tied_decoder", transformed @ table.T, "wanted")  # bias forgotten
        refuse("tied_decoder", head.dense @ table.T + bias, "wanted")  # too early in the head
        refuse("tied_decoder", head.activated @ table.T + bias, "wanted")
        refuse("tied_decoder", (transformed @ table.T + bias).softmax(-1), "wanted")  # probabilities
        refuse("tied_decoder", (transformed @ table.T + bias).transpose(1, 2), "is needed")  # axes swapped
        position = transformed.shape[1] - 3
        refuse("tied_decoder", (transformed @ table.T + bias)[:, position], "is needed")  # at the mask only
    assert check.tied_decoder(reference("tied_decoder")[0]).status == RIGHT  # carries gradients, no batch axis


def test_temperature():
    logits = given_to("temperature")["four_logits"]
    refuse("temperature", logits.softmax(-1), "wanted")  # temperature forgotten
    refuse("temperature", (logits * 0.5).softmax(-1), "wanted")  # multiplied
    refuse("temperature", logits.softmax(-1) / 0.5, "wanted")  # after the softmax
    refuse("temperature", (logits / 0.5).softmax(-1).softmax(-1), "wanted")  # softmax twice
    refuse("temperature", logits.softmax(-1) ** 2, "wanted")  # no longer sums to 1
    refuse("temperature", logits / 0.5, "wanted")  # no softmax
    refuse("temperature", (logits / 0.5).softmax(-1)[0].item(), "one number")


def test_two_masks(ck):
    text = given_to("two_masks")["two_blanks"]
    both = fill_mask(ck, text)
    first, apart = both.choices[0][0], both.choices[1][0]
    last = fill_mask(ck, text.replace("[MASK]", first.string, 1)).choices[0][0]
    right = first.probability * last.probability
    refuse("two_masks", first.probability * apart.probability, "which is")  # asked once
    refuse("two_masks", first.probability + last.probability, "too large")
    refuse("two_masks", last.probability, "too large")
    refuse("two_masks", (first.probability + last.probability) / 2, "too large")
    refuse("two_masks", first.probability**2, "which is")
    refuse("two_masks", (first.string, last.string), "cannot be read as numbers")
    assert f"{right:.4g}" not in refuse("two_masks", 0.5)
    assert check.two_masks(torch.tensor(right)).status == RIGHT


def test_masked_loss():
    given = given_to("masked_loss")
    logits, true_ids, chosen = given["position_logits"], given["true_ids"], given["chosen"]
    each = -logits.log_softmax(-1)[torch.arange(6), true_ids]
    refuse("masked_loss", each.mean(), "too small")  # every position
    refuse("masked_loss", each[~chosen].mean(), "too small")  # the others
    refuse("masked_loss", each[chosen].sum(), "too large")  # not the mean
    refuse("masked_loss", each[chosen].sum() / 6, "too small")
    refuse("masked_loss", -each[chosen].mean(), "too small")  # sign
    refuse("masked_loss", each[chosen].mean() / torch.log(torch.tensor(2.0)), "too large")  # log2
    refuse("masked_loss", -logits.softmax(-1).log_softmax(-1)[torch.arange(6), true_ids][chosen].mean(), "too")
    refuse("masked_loss", each[chosen], "(3,); one number is needed")
    assert check.masked_loss(reference("masked_loss")).status == RIGHT
