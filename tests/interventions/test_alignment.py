"""Which tokens stand for each other, and how far apart their hidden states are."""

import pytest
import torch
from torch.testing import assert_close

from encoder_lab.forward import trace
from encoder_lab.interventions import align, counterfactual
from tests.families import DEPTH
from tests.interventions.conftest import EXACT


@pytest.mark.parametrize(
    "text, other, pairs",
    [
        ("the cat sat", "the cat sat", [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]),
        ("the cat sat", "the dog sat", [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]),             # exchanged for one
        ("the cat sat", "the cat dog sat", [(0, 0), (1, 1), (2, 2), (3, 4), (4, 5)]),         # put in
        ("the cat dog sat", "the cat sat", [(0, 0), (1, 1), (2, 2), (4, 3), (5, 4)]),         # left out
        ("the cat sat", "the dogs sat", [(0, 0), (1, 1), (3, 4), (4, 5)]),                    # exchanged for two pieces
        ("cat", "dog bank", [(0, 0), (2, 3)]),
    ],
)  # fmt: skip
def test_tokens_that_stand_for_each_other(every_case, text, other, pairs):
    assert list(align(every_case["fill-mask"].checkpoint, text, other)) == pairs


def test_pairs_are_aligned_too(every_case):
    checkpoint = every_case["question-answering"].checkpoint
    same = align(checkpoint, "the cat", "the dog", "hello the river")
    assert [one == other for one, other in same] == [True] * len(same) and len(same) >= 8
    assert align(checkpoint, "the cat", "the cat", "hello", "hello hello")[-1][0] < 8


def test_distances_are_one_minus_the_cosine_of_the_aligned_states(case):
    for side in case.sides:
        found = counterfactual(case.checkpoint, case.text[0], case.other[0], case.text[1], case.other[1], side)
        ways = [trace(case.checkpoint, *text) for text in (case.text, case.other)]
        mine, its = [getattr(way, side) if case.two_sides else way for way in ways]
        assert found.pairs == tuple((at, at) for at in range(len(found.pairs)))
        for depth in range((2 if side == "decoder" else DEPTH) + 1):
            cosine = torch.cosine_similarity(mine.hidden_states[depth][0], its.hidden_states[depth][0], dim=-1)
            assert_close(found.distances[depth], 1 - cosine, **EXACT, msg=f"{side} {depth}")
        assert len(found.distances) == depth + 1
        strings = zip(mine.tokens.strings[0], its.tokens.strings[0], strict=True)
        for label, changed, (one, other) in zip(found.labels, found.changed, strings, strict=True):
            assert changed == (one != other) and label == (f"{one} / {other}" if changed else one)


def test_at_the_start_only_what_was_changed_differs(every_case):
    case = every_case["text-classification"]
    found = counterfactual(case.checkpoint, case.text[0], case.other[0])
    assert [distance > 1e-6 for distance in found.distances[0].tolist()] == list(found.changed)
    assert (found.distances[-1] > 1e-6).all()
    same = counterfactual(case.checkpoint, case.text[0], case.text[0])
    assert same.distances.max() < 1e-12 and same.distances.min() >= 0


def test_a_side_there_is_not_is_refused(every_case):
    with pytest.raises(ValueError, match="side is 'decoder'"):
        counterfactual(every_case["fill-mask"].checkpoint, "the", "a", side="decoder")
