"""The stepwise run: the model's own hidden states, and edits that reach only what comes after them."""

from itertools import product

import pytest
import torch
from torch.testing import assert_close

from encoder_lab.families import side_of
from encoder_lab.forward.trace import trace_tokens
from encoder_lab.interventions import run
from encoder_lab.interventions.stepwise import blocks
from encoder_lab.layers import Stack
from encoder_lab.records import EncoderDecoderTrace
from tests.families import DEPTH, HEADS, WIDTH
from tests.interventions.conftest import EXACT


def test_without_edits_it_gives_the_models_own_hidden_states(case):
    states, way = run(case.checkpoint, case.target.tokens), trace_tokens(case.checkpoint, case.target.tokens)
    both = isinstance(way, EncoderDecoderTrace)
    for ours, theirs in zip(states.encoder, (way.encoder if both else way).hidden_states, strict=True):
        assert_close(ours, theirs, **EXACT)
    for ours, theirs in zip(states.decoder, way.decoder.hidden_states if both else (), strict=True):
        assert_close(ours, theirs, **EXACT)
    assert states.last is (states.decoder if both else states.encoder)[-1]


def every_place(case):
    """Every place there is for an edit, and whether it is a hidden state."""
    model = case.checkpoint.model
    for side in case.sides:
        depth = len(side_of(model.config, side).layers)
        yield from product([side], range(depth + 1))
        yield from product([f"{side} heads", *(["cross heads"] if side == "decoder" else [])], range(depth))


def test_every_place_of_an_edit_is_reached_once_and_nothing_before_it_changes(case):
    clean = run(case.checkpoint, case.target.tokens)
    places = list(every_place(case))
    assert len(places) == (2 * DEPTH + 1 if not case.two_sides else 2 * DEPTH + 1 + 3 * 2 + 1)
    for what, number in places:
        seen = []

        def edit(x, seen=seen):
            seen.append(x.shape)
            return x + 0.5

        states = run(case.checkpoint, case.target.tokens, {(what, number): edit})
        known = run(case.checkpoint, case.target.tokens, {(what, number): edit}, clean)
        size = case.target.tokens.ids.shape[1]
        wide = (1, size, WIDTH) if what in ("encoder", "decoder") else (1, HEADS, size, WIDTH // HEADS)
        assert seen == [wide, wide], (what, number)
        side = "decoder" if what == "cross heads" else what.split()[0]
        first = number if what == side else number + 1  # the first hidden state that differs
        for depth, (mine, old) in enumerate(zip(getattr(states, side), getattr(clean, side), strict=True)):
            assert bool(torch.equal(mine, old)) == (depth < first), (what, number, depth)
        for mine, again in zip(states.encoder + states.decoder, known.encoder + known.decoder, strict=True):
            assert_close(mine, again, **EXACT, msg=f"{what} {number}, begun half-way")
        if side == "encoder" and case.two_sides:
            assert not torch.equal(states.last, clean.last)


def test_what_is_known_is_not_run_again(case, monkeypatch):
    clean = run(case.checkpoint, case.target.tokens)
    last = "decoder" if case.two_sides else "encoder"
    ran, layer = [], Stack.layer
    monkeypatch.setattr(Stack, "layer", lambda stack, n, *x: ran.append((stack.side, n)) or layer(stack, n, *x))
    states = run(case.checkpoint, case.target.tokens, {(f"{last} heads", 1): lambda heads: 2 * heads}, clean)
    assert states.encoder[0] is clean.encoder[0] and getattr(states, last)[1] is getattr(clean, last)[1]
    assert ran == [(last, number) for number in range(1, len(side_of(case.checkpoint.model.config, last).layers))]


def test_an_edit_may_turn_one_row_into_many(case):
    scales = torch.tensor([1.0, 0.0, -2.0], dtype=torch.float64)
    last = "decoder" if case.two_sides else "encoder"
    many = run(case.checkpoint, case.target.tokens, {(last, 1): lambda x: x * scales[:, None, None]}).last
    for row, scale in enumerate(scales):
        one = run(case.checkpoint, case.target.tokens, {(last, 1): lambda x, scale=scale: x * scale}).last
        assert_close(many[row], one[0], **EXACT)


def test_word_vectors_of_ones_own_give_the_text_s_own_states_on_both_sides(case):
    clean = run(case.checkpoint, case.target.tokens)
    word = case.checkpoint.model.get_input_embeddings()(case.target.tokens.ids)
    again = run(case.checkpoint, case.target.tokens, word=word)
    for mine, old in zip(again.encoder + again.decoder, clean.encoder + clean.decoder, strict=True):
        assert_close(mine, old, **EXACT)


def test_a_place_there_is_not_is_refused(case):
    tokens = case.target.tokens
    with pytest.raises(ValueError, match="an edit's place is 'heads'"):
        run(case.checkpoint, tokens, {("heads", 0): lambda x: x})
    with pytest.raises(ValueError, match=f"there is no encoder {DEPTH + 1} to edit; there are 0 to {DEPTH}"):
        run(case.checkpoint, tokens, {("encoder", DEPTH + 1): lambda x: x})
    with pytest.raises(ValueError, match=f"there is no encoder heads {DEPTH} to edit; there are 0 to {DEPTH - 1}"):
        run(case.checkpoint, tokens, {("encoder heads", DEPTH): lambda x: x})
    if not case.two_sides:
        with pytest.raises(ValueError, match="attention is 'cross'"):
            blocks(case.checkpoint.model, "cross")


def test_nothing_is_hooked_and_the_model_stays_as_it_is(case):
    model = case.checkpoint.model
    before = {name: value.clone() for name, value in model.state_dict().items()}
    run(case.checkpoint, case.target.tokens, {("encoder heads", 0): lambda heads: 0 * heads})
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    hooks = [hook for m in model.modules() for hook in (*m._forward_hooks.values(), *m._forward_pre_hooks.values())]
    assert all(hook.__module__.startswith("transformers.") for hook in hooks)
