"""Heads off, patching, lenses, attribution and few-shot vectors on every family, with every head it has."""

from itertools import product

import pytest
import torch
from torch.testing import assert_close

from encoder_lab import Checkpoint, answer, classify, explore, fill_mask, trace, zero_shot
from encoder_lab.few_shot import fine_tune, sentence_vectors
from encoder_lab.interventions import (
    counterfactual,
    gradient_times_input,
    head_effects,
    head_means,
    heads_off,
    integrated_gradients,
    logit_lens,
    patch,
    patch_map,
    read,
    run,
    span_lens,
    watch,
)
from encoder_lab.interventions.heads import _sharing
from tests.families import FAMILIES, HEADS_OF, OFTEN, tiny_of, word_pieces
from tests.lifted import lifted

EXACT = {"rtol": 0, "atol": 1e-10}
TASKS = [*HEADS_OF, "zero-shot-classification"]
WATCHED = {
    "fill-mask": ("the cat sat on the [MASK]",),
    "question-answering": ("who sat?", "the cat sat by the river"),
    "text-classification": ("the cat sat by the river",),
    "zero-shot-classification": ("the cat sat by the river", "hello the dog"),
}
OTHER = {
    "fill-mask": ("the dog sat on the [MASK]",),
    "question-answering": ("who sat?", "the dog sat by the river"),
    "text-classification": ("the dog sat by the river",),
    "zero-shot-classification": ("the dog sat by the river", "hello the dog"),
}


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    return word_pieces(tmp_path_factory.mktemp("vocabulary"))


@pytest.fixture
def make(tokenizer):
    def made(family, task):
        names = {0: "contradiction", 1: "neutral", 2: "entailment"}
        ids = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.sep_token_id}
        model = tiny_of(family, task, labels=3, **ids)
        if task == "zero-shot-classification":
            model.config.id2label, model.config.label2id = names, {name: i for i, name in names.items()}
        return Checkpoint.of(task, model, tokenizer)

    return made


EVERY = [
    pytest.param(family, task, marks=() if family in OFTEN and task == "text-classification" else pytest.mark.more)
    for family, task in product(FAMILIES, TASKS)
]
EACH = pytest.mark.parametrize(("family", "task"), EVERY)


@pytest.fixture(autouse=True)
def precise():
    """What is compared computes in the model's precision, too."""
    with lifted():
        yield


@EACH
def test_run_and_trace_are_the_model_s_own(make, family, task):
    checkpoint = make(family, task)
    way, target = trace(checkpoint, *WATCHED[task]), watch(checkpoint, *WATCHED[task])
    states = run(checkpoint, target.tokens)
    for mine, theirs in zip(states.decoder or states.encoder, way.hidden_states, strict=True):
        assert_close(mine, theirs, **EXACT)
    sides = (way.encoder, way.decoder) if states.decoder else (way,)
    for side in sides:
        for number, layer in enumerate(side.layers):
            assert_close(layer.output, side.hidden_states[number + 1], **EXACT)
        assert_close(side.embeddings.output, side.hidden_states[0], **EXACT)
    assert_close(read(checkpoint, target, states.last)[0].item(), target.value, **EXACT)


@EACH
def test_patching_all_gives_the_other_text_s_number(make, family, task):
    checkpoint = make(family, task)
    target = watch(checkpoint, *WATCHED[task])
    side = "decoder" if checkpoint.model.config.is_encoder_decoder else "encoder"
    last = len(trace(checkpoint, *WATCHED[task]).hidden_states) - 1
    places = [(last, position) for position in range(target.tokens.ids.shape[1])]
    found = patch(checkpoint, target, *OTHER[task], places=places, side=side)
    assert_close(found.value, found.other, **EXACT)
    assert patch_map(checkpoint, target, *OTHER[task]).values.isfinite().all()
    assert counterfactual(checkpoint, WATCHED[task][0], OTHER[task][0]).distances.isfinite().all()


@pytest.mark.parametrize("family", FAMILIES)
def test_lenses_end_with_the_model_s_answer(make, family):
    (masked,), pair = WATCHED["fill-mask"], WATCHED["question-answering"]
    checkpoint = make(family, "fill-mask")
    lens, found = logit_lens(checkpoint, masked), fill_mask(checkpoint, masked)
    assert lens.ids[-1, found.positions[0]].tolist() == [each.token_id for each in found.choices[0][:3]]
    checkpoint = make(family, "question-answering")
    lens, found = span_lens(checkpoint, *pair), answer(checkpoint, *pair, align_to_words=False)
    assert lens.spans[-1].text == found.spans[0].text


@EACH
def test_attribution_adds_up(make, family, task):
    checkpoint = make(family, task)
    target = watch(checkpoint, *WATCHED[task])
    assert abs(integrated_gradients(checkpoint, target, steps=100).gap) < 0.05
    assert gradient_times_input(checkpoint, target).scores.isfinite().all()


@EACH
def test_a_head_switched_off_is_off_wherever_its_layer_is_used(make, family, task):
    checkpoint = make(family, task)
    target, means = watch(checkpoint, *WATCHED[task]), head_means(checkpoint, [WATCHED[task][0]])
    for fill in (None, means):
        effects = head_effects(checkpoint, target, fill)
        for layer in range(len(effects.values)):
            off = heads_off(checkpoint, [(layer, 1)], fill)
            states = run(off, target.tokens)
            assert_close(effects.values[layer, 1].item(), read(off, target, states.last)[0].item(), **EXACT)
            same = effects.values[_sharing(checkpoint, layer), 1]
            assert_close(same, same[:1].expand_as(same), **EXACT) if fill is None else None
        assert bool(effects.notes) == family.startswith("ALBERT")
        assert ("off in all that share it" in repr(effects)) == ("off in all" in effects._repr_html_())
    nothing = heads_off(checkpoint, [])
    assert torch.equal(run(nothing, target.tokens).last, run(checkpoint, target.tokens).last)


def test_layers_are_shared_in_albert_alone(make):
    assert _sharing(make("ALBERT", "fill-mask"), 1) == [0, 1, 2]
    assert _sharing(make("ALBERT in groups", "fill-mask"), 1) == [1, 3]
    assert _sharing(make("BERT", "fill-mask"), 1) == [1]
    assert _sharing(make("BART", "fill-mask"), 1, "cross") == [1]


@pytest.mark.parametrize("family", FAMILIES)
def test_few_shot_takes_every_family(make, family):
    checkpoint = make(family, "fill-mask")
    vectors = sentence_vectors(checkpoint, ["the cat", "a river bank by the river"])
    alone = sentence_vectors(checkpoint, ["the cat"])
    assert vectors.shape == (2, 18) and torch.allclose(vectors[:1], alone, atol=1e-6)
    classes = fine_tune(checkpoint, ["the cat", "the dog", "a river", "a bank"], ["a", "a", "b", "b"], steps=1)
    assert set(classes(["the cat", "a river"])) <= {"a", "b"}


@EACH
def test_explorers_open(make, family, task):
    checkpoint = make(family, task)
    assert explore.attention(trace(checkpoint, *WATCHED[task])) is not None
    if task == "fill-mask":
        found = explore.fill_mask(checkpoint, *WATCHED[task])._look(*WATCHED[task], 6, 1.0, 3, [[0, 1]])
        assert len(found["layers"]) == len(trace(checkpoint, *WATCHED[task]).hidden_states)
    elif task == "question-answering":
        assert explore.answer(checkpoint, *WATCHED[task]) is not None
    elif task == "text-classification":
        explorer = explore.classify(checkpoint, *WATCHED[task])
        assert explorer is not None and len(classify(checkpoint, *WATCHED[task]).ranked) == 3
    else:
        assert explore.zero_shot(checkpoint, WATCHED[task][0], ["cat", "dog"]) is not None
        assert zero_shot(checkpoint, WATCHED[task][0], ["cat", "dog"]).trace("dog").tokens.ids.shape[0] == 1
