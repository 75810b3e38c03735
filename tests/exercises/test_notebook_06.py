"""Wrong answers to notebook 06's exercises, and what is said about them."""

import pytest
import torch

from encoder_lab.exercises import check
from encoder_lab.exercises.notebook_06 import TASK
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse


def test_one_label():
    logits = given_to("one_label")["logits"]
    refuse("one_label", logits.softmax(0), "(4, 3); one of shape (4,)")  # all three columns
    refuse("one_label", logits.softmax(-1)[:, 1], "labels compete")  # over the three, then entailment
    refuse("one_label", logits[:, [0, 1]].softmax(-1)[:, 1], "labels compete")  # the other mode
    refuse("one_label", logits[:, 1].sigmoid(), "labels share 1")
    refuse("one_label", logits[:, 2].softmax(0), "look at names")  # the place entailment has in the notebook
    refuse("one_label", logits[:, 0].softmax(0), "look at names")  # contradiction for entailment
    refuse("one_label", logits[:, 1].softmax(0).softmax(0), "one is enough")
    refuse("one_label", logits.softmax(-1)[:, 1].softmax(0), "one is enough")
    refuse("one_label", logits[:, 1] / logits[:, 1].sum(), "no softmax")
    refuse("one_label", logits[:, 1], "too")  # no softmax at all
    refuse("one_label", logits.softmax(0)[0], "(3,); one of shape (4,)")  # a row for a column
    refuse("one_label", logits.flatten().softmax(0).view(4, 3)[:, 1], "too small")  # over everything at once
    assert "0.49" not in refuse("one_label", [0.25] * 4)
    assert check.one_label(logits[:, 1].softmax(0).tolist()).status == RIGHT
    assert check.one_label(logits[:, 1].softmax(0)[None]).status == RIGHT  # a batch of one


def test_many_labels():
    logits = given_to("many_labels")["logits"]
    against = logits[:, [0, 2]]
    refuse("many_labels", against.softmax(-1)[:, 1], "probabilities of contradiction")  # the notebook's order
    refuse("many_labels", logits.softmax(-1)[:, 0], "Neutral takes a share")
    refuse("many_labels", logits[:, 0].sigmoid(), "Contradiction has no say")
    refuse("many_labels", logits[:, [0, 1]].softmax(-1)[:, 0], "against neutral")
    refuse("many_labels", logits[:, 0].softmax(0), "judged by itself")  # the other mode
    refuse("many_labels", against.softmax(0)[:, 0], "judged by itself")  # the wrong axis
    refuse("many_labels", against.softmax(-1), "(4, 2); one of shape (4,)")
    refuse("many_labels", against[:, 0] - against[:, 1], "too")  # the sigmoid left out
    refuse("many_labels", (against[:, 0] - against[:, 1]).softmax(0), "too")
    assert check.many_labels((against[:, 0] - against[:, 1]).sigmoid()).status == RIGHT


@pytest.mark.parametrize("trained", [True, False])
def test_decoder_reads(trained, tiny_checkpoint, monkeypatch):
    if trained:
        monkeypatch.delenv("ENCODER_LAB_SOURCE", raising=False)
    else:
        tiny_checkpoint(TASK)
    (ids, start), (made_up, seven) = given_to("decoder_reads")["cases"]
    ids, made_up = ids.tolist(), made_up.tolist()
    right = reference("decoder_reads")

    def shifted(function, said):
        refuse("decoder_reads", [function(ids, start), function(made_up, seven)], said)

    shifted(lambda ids, start: ids, "what the encoder reads")
    shifted(lambda ids, start: [start, *ids], "one drops out")
    shifted(lambda ids, start: ids[:-1], "as the encoder does")
    shifted(lambda ids, start: [*ids[1:], start], "to the left")
    shifted(lambda ids, start: [*ids[1:], ids[0]], "to the left")
    shifted(lambda ids, start: [ids[-1], *ids[:-1]], "come round to the front")  # a pair ends with `start`
    shifted(lambda ids, start: [ids[0], *ids[:-1]], "at [0]")  # <s> for the start
    shifted(lambda ids, start: [start, *ids[1:]], "at [1]")  # the first one replaced, not shifted
    shifted(lambda ids, start: [start] * 3, "is needed")
    assert "decoder is given" in check.decoder_reads([torch.tensor(each)[None] for each in right]).message


def test_passes():
    given = given_to("passes")
    texts, labels, templates = given["text_count"], given["label_count"], given["template_count"]
    right = texts * labels * templates
    refuse("passes", texts * labels, "one template's worth")
    refuse("passes", 2 * right, "modes cost nothing")
    refuse("passes", texts * templates, "labels are missing")
    refuse("passes", labels * templates, "texts are missing")
    refuse("passes", texts + labels + templates, "multiply")
    refuse("passes", right // given["batch"], "count the pairs")
    refuse("passes", 3 * right, "out of one pass")
    refuse("passes", texts, "too small")
    refuse("passes", [right, right], "one number is needed")
    assert str(right) not in refuse("passes", right + 1)
    assert check.passes(float(right)).status == RIGHT
