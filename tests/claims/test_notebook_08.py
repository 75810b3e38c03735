"""What notebook 08 says of the insides of the fill-mask checkpoint; each docstring names the cell that says it."""

import pytest

from encoder_lab import load
from encoder_lab.interventions import head_effects, heads_off, patch, patch_map, watch

MANY, ONE = "The dogs in the garden [MASK] very old.", "The dog in the garden [MASK] very old."


@pytest.fixture(scope="module")
def ck():
    return load("fill-mask", "bundled")


def plural(ck):
    return watch(ck, MANY, output="are", against="is")


def test_one_head_is_far_ahead_and_as_many_help_as_do_nothing(ck):
    """08-10: 4.10 costs nearly a third, the next about 0.7 to 0.8; 22 heads below 0.05, 21 orange, 4.6 the most."""
    target = plural(ck)
    effects = head_effects(ck, target).effects
    assert 0.25 < -effects[4, 10] / target.value < 0.33
    assert all(0.65 < -effects[place] < 0.85 for place in ((3, 1), (2, 4), (3, 8)))
    assert effects.flatten().sort().indices[0] == 4 * 12 + 10 and effects.argmax() == 4 * 12 + 6
    assert ((effects.abs() < 0.05).sum(), (effects > 0.05).sum()) == (22, 21)


def test_two_heads_lose_less_than_their_sum_and_three_more(ck):
    """08-19: 4.10 with 3.1, and 4.10 with 4.7 and 4.3; the model still says *are*."""
    target = plural(ck)
    effects = head_effects(ck, target).effects
    lost = {}
    for off in (((4, 10), (3, 1)), ((4, 10), (4, 7), (4, 3))):
        there = plural(heads_off(ck, off)).value
        assert there > 0
        lost[len(off)] = (there - target.value) / sum(effects[place].item() for place in off)
    assert lost[2] < 1 < lost[3]


def test_both_links_of_the_chain_can_be_broken(ck):
    """08-31: about half of what *the* carries is gone without 3.1, four fifths without 4.10."""
    carried = []
    for off in ((), ((3, 1),), ((4, 10),)):
        model = heads_off(ck, off)
        target = plural(model)
        carried.append(patch(model, target, ONE, places=[(4, 1)]).value - target.value)
    assert 0.4 < carried[1] / carried[0] < 0.6 and 0.1 < carried[2] / carried[0] < 0.25


def test_the_number_arrives_at_the_mask_by_and_by(ck):
    """08-29 and 08-41: 0.7, 3.0 and 12.5 of 13.5 logits in hidden states 3, 4 and 5; in 4 three places share it."""
    changes = patch_map(ck, plural(ck), ONE).effects
    assert [round(-changes[state, 6].item(), 1) for state in (3, 4, 5, 6)] == [0.7, 3.0, 12.5, 13.5]
    assert sorted((-changes[4]).topk(3).indices.tolist()) == [1, 2, 6]
