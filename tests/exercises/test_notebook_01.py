"""Wrong answers to notebook 01's exercises, and what is said about them."""

import pytest
import torch

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import NOT_ANSWERED, RIGHT
from tests.exercises.answers import given_to, reference, refuse


def cut(word, vocabulary, sizes, front="##", unknown=lambda pieces: ["[UNK]"]):
    """Cut a word, the sizes of pieces tried in the order that `sizes(length)` gives."""
    pieces, start = [], 0
    while start < len(word):
        for size in sizes(len(word) - start):
            piece = (front if start else "") + word[start : start + size]
            if piece in vocabulary:
                break
        else:
            return unknown(pieces)
        pieces.append(piece)
        start += size
    return pieces


def longest(rest):
    """Try the longest piece first."""
    return range(rest, 0, -1)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda w, v: cut(w, v, lambda rest: range(1, rest + 1)), "wanted"),          # shortest first
        (lambda w, v: cut(w, v, longest, front=""), "wanted"),                        # no ##
        (lambda w, v: cut(w, v, longest, unknown=lambda p: [*p, "[UNK]"]), "wanted"),  # [UNK] for the rest only
        (lambda w, v: cut(w, v, longest, unknown=lambda p: []), "['[UNK]'] is wanted"),
        (lambda w, v: cut(w, v, lambda rest: range(rest - 1, 0, -1)), "wanted"),      # off by one at the end
        (lambda w, v: [w], "['un', '##believ', '##able'] is wanted"),
        (lambda w, v: w, "a list of strings is needed"),
        (lambda w, v: v[w], "stops with TypeError"),
        (lambda w: [w], "stops with TypeError"),
        (lambda w, v: None, "does it end with `return`?"),
        (["un"], "a function is needed"),
    ],
)  # fmt: skip
def test_wordpiece(function, said):
    refuse("wordpiece", function, said)


def test_wordpiece_survives_what_a_student_may_do():
    def empties(word, vocabulary):
        right = reference("wordpiece")(word, vocabulary)
        vocabulary.clear()
        return right

    def leaves(word, vocabulary):
        raise SystemExit("enough")

    assert check.wordpiece(empties).status == RIGHT
    assert check.wordpiece(lambda w, v: tuple(reference("wordpiece")(w, v))).status == RIGHT
    assert check.wordpiece(lambda w, v: ... + 1).status == NOT_ANSWERED
    refuse("wordpiece", leaves, "stops with SystemExit: enough")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda s, first, last: (s[first, 0], s[last, 0]), "wanted"),          # the last token's start
        (lambda s, first, last: (s[first, 0], s[last, 1] + 1), "wanted"),      # end one too far
        (lambda s, first, last: (s[first, 0], s[last, 1] - 1), "wanted"),      # end taken as inclusive
        (lambda s, first, last: (s[first, 0], s[last - 1, 1]), "wanted"),      # last token left out
        (lambda s, first, last: (s[first, 0], s[last, 1] - s[first, 0]), "wanted"),  # a length for an end
        (lambda s, first, last: (first, last), "wanted"),                      # tokens for characters
        (lambda s, first, last: s[first:last], "is needed"),
        (lambda s, first, last: s[last][2], "stops with IndexError"),
    ],
)  # fmt: skip
def test_character_stretch(function, said):
    refuse("character_stretch", function, said)


def test_position_ids():
    given = given_to("position_ids")
    mask = given["mask"]
    counted = torch.arange(6).expand(3, 6)
    refuse("position_ids", counted, "0 at [0, 0] where 2 is wanted")  # BERT's
    refuse("position_ids", counted + 2, "at [1, 4] where 1 is wanted")  # padding counted on, as BART does
    refuse("position_ids", mask.cumsum(dim=1) * mask, "1 at [0, 0] where 2 is wanted")  # no offset
    refuse("position_ids", (mask.cumsum(dim=1) + 1) * mask, "0 at [1, 4] where 1 is wanted")  # offset before the mask
    refuse("position_ids", mask.cumsum(dim=0) * mask + 1, "at [0, 1]")  # wrong axis
    refuse("position_ids", torch.arange(2, 8), "(6,); one of shape (3, 6) is needed")  # one row
    assert check.position_ids(reference("position_ids").numpy().tolist()).status == RIGHT


def test_embedding_by_hand():
    given = given_to("embedding_by_hand")
    weight, bias, eps = given["weight"], given["bias"], given["eps"]
    total = given["word"] + given["position"] + given["segment"]
    centred = total - total.mean()
    spread = total.var(correction=0)

    refuse("embedding_by_hand", total, "(5 of 5 numbers differ)")  # not normalised
    refuse("embedding_by_hand", centred / (total.var() + eps).sqrt() * weight + bias, "at [0]")  # divides by N - 1
    refuse("embedding_by_hand", centred / (spread.sqrt() + eps) * weight + bias, "at [0]")  # eps outside the root
    refuse("embedding_by_hand", centred / spread.sqrt() * weight + bias, "at [0]")  # no eps
    refuse("embedding_by_hand", centred / (spread + eps).sqrt(), "at [1]")  # weight and bias forgotten
    refuse("embedding_by_hand", centred / (spread + eps) * weight + bias, "at [0]")  # no root
    alone = given["word"] + given["position"]
    normed = (alone - alone.mean()) / (alone.var(correction=0) + eps).sqrt()
    refuse("embedding_by_hand", normed * weight + bias, "at [0]")  # segment forgotten
    refuse("embedding_by_hand", torch.stack([total, total]), "(2, 5)")
    assert check.embedding_by_hand(reference("embedding_by_hand")[None]).status == RIGHT  # a batch of one
