"""Patching: nothing of the other text gives the text's own answer, all of it the other's, and between the two."""

import re

import pytest
import torch
from torch.testing import assert_close

from encoder_lab.interventions import align, patch, patch_map, run, stepwise, watch
from encoder_lab.tokens import tokenize
from tests.families import DEPTH
from tests.interventions.conftest import EXACT


def last_state(checkpoint, text):
    """The last hidden state as `transformers` gives it."""
    tokens = tokenize(checkpoint.tokenizer, *text)
    return checkpoint.model.base_model(tokens.ids, attention_mask=tokens.mask).last_hidden_state


def test_no_patch_gives_the_text_s_answer_and_its_own_states_change_nothing(case):
    none = patch(case.checkpoint, case.target, *case.other, places=[])
    assert_close(none.last, last_state(case.checkpoint, case.text), **EXACT)
    assert none.value == case.target.value
    size = case.target.tokens.ids.shape[1]
    own = [(state, position) for state in range(DEPTH + 1) for position in range(size)]
    same = patch(case.checkpoint, case.target, *case.text, places=own)
    assert_close(same.last, last_state(case.checkpoint, case.text), **EXACT)
    assert abs(same.other - case.target.value) < 1e-10


def test_patching_all_of_the_other_text_gives_its_answer(case):
    """All positions of one hidden state are enough; of BART, of the decoder's last, for its decoder reads words too."""
    size = case.target.tokens.ids.shape[1]
    expected = last_state(case.checkpoint, case.other)
    side = "decoder" if case.two_sides else "encoder"
    there = watch(case.checkpoint, *case.other, output=_name(case), mask=0).value if _name(case) else None
    for state in [2] if case.two_sides else range(DEPTH + 1):
        every = [(state, position) for position in range(size)]
        found = patch(case.checkpoint, case.target, *case.other, places=every, side=side)
        assert_close(found.last, expected, **EXACT, msg=f"{case.checkpoint.task}, hidden state {state}")
        assert abs(found.value - found.other) < 1e-10
        assert there is None or abs(found.other - there) < 1e-10
    assert abs(found.other - case.target.value) > 1e-3


def _name(case) -> str | None:
    """What is watched, as `watch` takes it; a span's words stand elsewhere in the other text."""
    return None if case.checkpoint.task == "question-answering" else re.findall("'(.+?)'", case.target.name)[0]


def test_patching_both_sides_of_bart_at_the_start_gives_the_other_text_s_answer(every_case):
    case = every_case["zero-shot-classification"]
    others = run(case.checkpoint, tokenize(case.checkpoint.tokenizer, *case.other))
    edits = {(side, 0): lambda x, side=side: getattr(others, side)[0] for side in ("encoder", "decoder")}
    found = run(case.checkpoint, case.target.tokens, edits).last
    assert_close(found, last_state(case.checkpoint, case.other), **EXACT)
    one_side = run(case.checkpoint, case.target.tokens, {("encoder", 0): edits["encoder", 0]}).last
    assert (one_side - found).abs().max() > 1e-3


def test_a_map_holds_what_each_single_patch_gives(case, monkeypatch):
    for side in case.sides:
        found = patch_map(case.checkpoint, case.target, *case.other, side=side)
        assert found.values.shape == (3 if side == "decoder" else DEPTH + 1, case.target.tokens.ids.shape[1])
        for state, row in enumerate(found.values):
            for position, value in enumerate(row.tolist()):
                options = {"places": [(state, position)], "side": side}
                one = patch(case.checkpoint, case.target, *case.other, **options).value
                assert abs(one - value) < 1e-10, (side, state, position)
        assert_close(found.effects, found.values - case.target.value, **EXACT)
        assert_close(found.shares * (found.other - case.target.value), found.effects, **EXACT)
    monkeypatch.setattr(stepwise, "BATCH", 1)
    assert_close(patch_map(case.checkpoint, case.target, *case.other, side=side).values, found.values, **EXACT)


def test_a_patch_is_the_state_of_the_other_text_at_that_place(every_case):
    """By hand, with a plain copy of the vector, in the layers of `transformers`."""
    case = every_case["text-classification"]
    model = case.checkpoint.model
    others, mine = (
        model.base_model(tokenize(case.checkpoint.tokenizer, *text).ids, output_hidden_states=True).hidden_states
        for text in (case.other, case.text)
    )
    x = mine[1].clone()
    x[0, 2] = others[1][0, 2]
    for layer in model.roberta.encoder.layer[1:]:
        x = layer(x)
        x = x[0] if isinstance(x, tuple) else x
    found = patch(case.checkpoint, case.target, *case.other, places=[(1, 2)])
    assert_close(found.last, x, **EXACT)
    assert abs(found.value - model.classifier(x)[0, case.target.output].item()) < 1e-10


def test_texts_of_different_lengths_need_an_alignment(every_case):
    checkpoint = every_case["fill-mask"].checkpoint
    text, other = "the cat sat by the [MASK]", "the cats sat by the river [MASK]"
    target = watch(checkpoint, text, output="dog")
    sentence = "the watched text has 8 tokens and the other 10; give two texts with as many, or alignment=align("
    for call in (patch_map, lambda *given: patch(*given, places=[])):
        with pytest.raises(ValueError, match=re.escape(sentence)):
            call(checkpoint, target, other)
    pairs = align(checkpoint, text, other)
    found = patch_map(checkpoint, target, other, alignment=pairs)
    assert found.values.isnan().any(dim=0).tolist() == [position not in dict(pairs) for position in range(8)]
    states = run(checkpoint, tokenize(checkpoint.tokenizer, other))
    position = dict(pairs)[3]
    assert position == 4
    edit = {("encoder", 1): lambda x: torch.cat([x[:, :3], states.encoder[1][:, [position]], x[:, 4:]], dim=1)}
    by_hand = checkpoint.model.cls(run(checkpoint, target.tokens, edit).last)[0, 6, target.output].item()
    assert abs(found.values[1, 3].item() - by_hand) < 1e-10
    assert abs(found.other - watch(checkpoint, other, output="dog").value) < 1e-10
    assert "8 tokens" not in repr(found) and "nan" not in repr(found)


@pytest.mark.parametrize(
    "more, error, words",
    [
        ({"places": [(DEPTH + 1, 0)]}, ValueError, f"no hidden state {DEPTH + 1}; there are hidden states 0"),
        ({"places": [(0, 8)]}, ValueError, "there is no position 8; there are positions 0 to 7"),
        ({"places": [(0, -1)]}, ValueError, "there is no position -1"),
        ({"places": [2]}, TypeError, "(hidden state, position); this is 2"),
        ({"places": [(0, True)]}, TypeError, "(hidden state, position)"),
        ({"places": [], "side": "decoder"}, ValueError, "side is 'decoder'; a BertForMaskedLM has 'encoder'"),
        ({"places": [(0, 1)], "alignment": [(0, 0), (6, 6)]}, ValueError, "position 1 has no counterpart"),
        ({"places": [], "alignment": [(0, 0)]}, ValueError, "position 6 is watched, and the other text has no counter"),
        ({"places": [], "alignment": [(6, 6), (0, 9)]}, ValueError, "position 9 of the other text, which has 0 to 7"),
        ({"places": [], "alignment": [(6, 6), (6, 5)]}, ValueError, "a position of the watched text twice"),
    ],
)
def test_places_there_are_not_are_refused(every_case, more, error, words):
    case = every_case["fill-mask"]
    with pytest.raises(error, match=re.escape(words)):
        patch(case.checkpoint, case.target, *case.other, **more)
