"""What notebook 02 says of the bundled model's heads; each docstring names the cell that says it."""

import pytest
import torch

from encoder_lab import layer_parts, load, trace


@pytest.fixture(scope="module")
def ck():
    return load("fill-mask", "bundled")


def test_a_head_reads_the_whole_hidden_state(ck):
    """02-32: every head reads the whole of it; what is cut into pieces is the product."""
    weight = layer_parts(ck.model, 1).attention.query.weight[:32] ** 2  # (K, D) of head 0
    own, even = weight[:, :32].sum() / weight.sum(), 32 / 384
    assert abs(own - even) < 0.02


def test_nearly_every_head_gives_cls_most(ck):
    """02-explorer: nearly every head gives [CLS] more than any other token; two heads look next door."""
    way = trace(ck, "The bat flew out of the dark cave at night.")
    every = torch.stack([layer.attention.weights[0] for layer in way.layers])  # (L, H, T, S)
    assert (every.mean(dim=2).argmax(dim=-1) == 0).float().mean() > 0.9
    assert every[0].diagonal(-1, dim1=1, dim2=2).mean(dim=-1).max() > 0.9
    assert every[1].diagonal(1, dim1=1, dim2=2).mean(dim=-1).max() > 0.7


def test_the_last_layer_turns_most_tokens_furthest_and_cls_hardly_before(ck):
    """02-62: which layer turns most tokens furthest, and which token is hardly turned before that?"""
    states = torch.cat(trace(ck, "The cat slept because it was tired.").hidden_states)
    change = 1 - torch.cosine_similarity(states[:-1], states[1:], dim=-1)  # (L, T)
    assert (change.argmax(dim=0) == len(change) - 1).float().mean() > 0.7
    assert change[:-1].sum(dim=0).argmin() == 0


def test_the_meanings_part_in_the_first_layer_and_the_last(ck):
    """02-74: across the meanings it drops in the first layer, then hardly moves until the last; within, less."""
    texts = "The bat flew out of the dark cave at night.", "A bat hung from the roof of the barn and slept."
    texts += "He hit the ball with his bat.", "The boy broke his bat in the last game."
    way = trace(ck, list(texts))
    at = [row.index("bat") for row in way.tokens.strings]
    bats = torch.stack([state[range(4), at] for state in way.hidden_states])  # (L + 1, 4, D)
    alike = torch.cosine_similarity(bats[:, :, None], bats[:, None], dim=-1)
    steps = alike[:, 0, 2].diff()
    assert steps[0] < -0.1 and steps[-1] < -0.1 and steps[1:-1].abs().max() < 0.05
    for within in (alike[:, 0, 1], alike[:, 2, 3]):
        assert within[0] - within[-1] < (alike[0, 0, 2] - alike[-1, 0, 2]) / 2
    assert alike.min() > 0.6
