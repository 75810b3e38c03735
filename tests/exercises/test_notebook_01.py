"""Wrong answers to notebook 01's exercises, and what is said about them."""

import pytest
import torch

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse, slip


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


def pieces(function):
    """What a student's function makes of the exercise's words."""
    given = given_to("wordpiece")
    return [function(word, given["toy_vocabulary"]) for word in given["words"]]


def stretches(function):
    """What a student's function makes of the exercise's pairs of tokens."""
    given = given_to("character_stretch")
    return [function(given["spans"], first, last) for first, last in given["from_to"]]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda w, v: cut(w, v, lambda rest: range(1, rest + 1)), "wanted"),          # shortest first
        (lambda w, v: cut(w, v, longest, front=""), "wanted"),                        # no ##
        (lambda w, v: cut(w, v, longest, unknown=lambda p: [*p, "[UNK]"]), "wanted"),  # [UNK] for the rest only
        (lambda w, v: cut(w, v, longest, unknown=lambda p: []), "['[UNK]'] is wanted"),
        (lambda w, v: cut(w, v, lambda rest: range(rest - 1, 0, -1)), "wanted"),      # off by one at the end
        (lambda w, v: [w], "('unbelievable') is ['unbelievable']; ['un', '##believ', '##able'] is wanted"),
        (lambda w, v: w, "a list of strings is needed"),
        (lambda w, v: [len(w)], "a list of strings is needed"),
        (lambda w, v: None, "('un') is None; a list of strings is needed"),
    ],
)  # fmt: skip
def test_wordpiece(function, said):
    refuse("wordpiece", pieces(function), said)


def test_a_result_for_each_word():
    right = pieces(lambda w, v: cut(w, v, longest))
    assert check.wordpiece(right).status == check.wordpiece(tuple(map(tuple, right))).status == RIGHT
    refuse("wordpiece", right[:-1], "is a list; a list of 9 results is needed")
    refuse("wordpiece", len, "is a function; a list of 9 results is needed")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda s, first, last: (s[first, 0], s[last, 0]), "where that one begins"),          # the last token's start
        (lambda s, first, last: (s[first, 0], s[last, 1] + 1), "one too far"),      # end one too far
        (lambda s, first, last: (s[first, 0], s[last, 1] - 1), "one too short"),      # end taken as inclusive
        (lambda s, first, last: (s[first, 0], s[last - 1, 1]), "where its last token ends"),      # last token left out
        (lambda s, first, last: (s[first, 0], s[last, 1] - s[first, 0]), "is a length"),  # a length for an end
        (lambda s, first, last: (first, last), "numbers of tokens"),  # of tokens
        (lambda s, first, last: s[first:last], "is needed"),
    ],
)  # fmt: skip
def test_character_stretch(function, said):
    refuse("character_stretch", stretches(function), said)


def test_position_ids():
    given = given_to("position_ids")
    mask = given["mask"]
    counted = torch.arange(6).expand(3, 6)
    slip("position_ids", from_0=counted, padding_counted=counted + 2, no_offset=mask.cumsum(dim=1) * mask)
    slip("position_ids", shifted_too_early=(mask.cumsum(dim=1) + 1) * mask, down_the_rows=mask.cumsum(dim=0) * mask + 1)
    slip("position_ids", one_too_many=mask.cumsum(dim=1) * mask + 2, from_0=counted * mask)
    refuse("position_ids", 3 * mask, "3 at [0, 0] where 2 is wanted")
    refuse("position_ids", torch.arange(2, 8), "(6,); one of shape (3, 6) is needed")  # one row
    assert check.position_ids(reference("position_ids").numpy().tolist()).status == RIGHT


def test_embedding_by_hand():
    given = given_to("embedding_by_hand")
    weight, bias, eps = given["weight"], given["bias"], given["eps"]
    total = given["word"] + given["position"] + given["segment"]
    centred = total - total.mean()
    spread = total.var(correction=0)

    whole = centred / (spread + eps).sqrt()
    alone = given["word"] + given["position"]
    normed = (alone - alone.mean()) / (alone.var(correction=0) + eps).sqrt()
    slip(
        "embedding_by_hand",
        not_normalised=total,
        divided_by_4=centred / (total.var() + eps).sqrt() * weight + bias,
        eps_outside=centred / (spread.sqrt() + eps) * weight + bias,
        no_eps=centred / spread.sqrt() * weight + bias,
        no_weight_no_bias=whole,
        no_bias=whole * weight,
        no_root=centred / (spread + eps) * weight + bias,
        mean_kept=total / (spread + eps).sqrt() * weight + bias,
        no_segment=normed * weight + bias,
    )
    refuse("embedding_by_hand", whole * weight - bias, "(3 of 5 numbers differ)")
    right = reference("embedding_by_hand")
    assert check.embedding_by_hand([round(number, 3) for number in right.tolist()]).status == RIGHT
    refuse("embedding_by_hand", [round(number, 2) for number in right.tolist()], "3 decimals are asked for")
    refuse("embedding_by_hand", torch.stack([total, total]), "(2, 5)")
    assert check.embedding_by_hand(reference("embedding_by_hand")[None]).status == RIGHT  # a batch of one
