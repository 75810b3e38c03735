"""Wrong answers to notebook 03's exercises, and what is said about them."""

import math

import torch

from encoder_lab import fill_mask
from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse, slip


def test_tied_decoder(ck):
    given = given_to("tied_decoder")
    transformed, table, bias = given["transformed"], given["word_table"], given["word_bias"]
    head = fill_mask(ck, "The children played in the [MASK].").head
    with torch.no_grad():
        slip("tied_decoder", no_bias=transformed @ table.T)
        refuse("tied_decoder", head.dense @ table.T + bias, "which is too")  # too early in the head
        refuse("tied_decoder", head.activated @ table.T + bias, "which is too")
        slip("tied_decoder", probabilities=(transformed @ table.T + bias).softmax(-1))
        refuse("tied_decoder", (transformed @ table.T + bias).transpose(1, 2), "is needed")  # axes swapped
        position = transformed.shape[1] - 3
        slip("tied_decoder", at_the_mask_alone=(transformed @ table.T + bias)[:, position])
    assert check.tied_decoder(reference("tied_decoder")[0]).status == RIGHT  # carries gradients, no batch axis


def test_temperature():
    logits = given_to("temperature")["four_logits"]
    slip("temperature", no_temperature=logits.softmax(-1), multiplied=(logits * 0.5).softmax(-1))
    slip("temperature", after_the_softmax=logits.softmax(-1) / 0.5, only_logits=logits / 0.5)
    refuse("temperature", (logits / 0.5).softmax(-1).softmax(-1), "which is too")  # softmax twice
    refuse("temperature", logits.softmax(-1) ** 2, "which is too")  # no longer sums to 1
    refuse("temperature", (logits / 0.5).softmax(-1)[0].item(), "one number")


def test_two_masks(ck):
    text = given_to("two_masks")["two_blanks"]
    both = fill_mask(ck, text)
    first, apart = both.choices[0][0], both.choices[1][0]
    last = fill_mask(ck, text.replace("[MASK]", first.string, 1)).choices[0][0]
    right = first.probability * last.probability
    slip("two_masks", asked_once=first.probability * apart.probability, first_alone=first.probability)
    slip("two_masks", added=first.probability + last.probability, second_alone=last.probability)
    refuse("two_masks", (first.probability + last.probability) / 2, "too large")
    refuse("two_masks", first.probability**2, "which is")
    refuse("two_masks", (first.string, last.string), "cannot be read as numbers")
    assert f"{right:.4g}" not in refuse("two_masks", 0.5)
    assert check.two_masks(torch.tensor(right)).status == RIGHT


def test_masked_loss():
    given = given_to("masked_loss")
    logits, true_ids, chosen = given["position_logits"], given["true_ids"], given["chosen"]
    each = -logits.log_softmax(-1)[torch.arange(6), true_ids]
    slip("masked_loss", all_positions=each.mean(), sum=each[chosen].sum(), divided_by_six=each[chosen].sum() / 6)
    refuse("masked_loss", each[~chosen].mean(), "too small")  # the others
    slip("masked_loss", no_minus=-each[chosen].mean(), one_a_position=each[chosen])
    slip("masked_loss", other_base=each[chosen].mean() / math.log(2), no_logarithm=(-each[chosen]).exp().mean())
    slip("masked_loss", mean_too_early=-(-each[chosen]).exp().mean().log())
    slip("masked_loss", no_softmax=-logits[torch.arange(6), true_ids][chosen].mean())
    slip("masked_loss", other_axis=-logits.log_softmax(0)[torch.arange(6), true_ids][chosen].mean())
    refuse("masked_loss", -logits.softmax(-1).log_softmax(-1)[torch.arange(6), true_ids][chosen].mean(), "too")
    assert check.masked_loss(reference("masked_loss")).status == RIGHT
