"""A task the course does not know: every public function that takes a checkpoint works on it, or says so at once."""

import inspect

import pytest
import torch
from transformers import BertConfig, BertForTokenClassification

from encoder_lab import (
    answer,
    classify,
    explore,
    few_shot,
    fill_mask,
    forward,
    grow,
    interventions,
    tokenize,
    trace,
)
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.grow.head import Examples
from tests.families import WIDTH, word_pieces

ROOMS = (forward, interventions, few_shot, grow, explore)
TEXTS, LABELS = ["the cat sat", "the dog", "a river", "a bank"], ["a", "a", "b", "b"]
REFUSED = "token-classification"


@pytest.fixture(scope="module")
def unknown(tmp_path_factory):
    """A tiny checkpoint for naming what each token is."""
    tokenizer = word_pieces(tmp_path_factory.mktemp("tiny"))
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=3, intermediate_size=23,
        max_position_embeddings=64, num_labels=3,
    )  # fmt: skip
    model = BertForTokenClassification(config).eval().requires_grad_(False)
    return Checkpoint(REFUSED, "in hand", None, model, tokenizer)


@pytest.fixture(scope="module")
def target(new_tiny):
    """A number that another checkpoint, with the same tokens, is watched for."""
    return interventions.watch(new_tiny("fill-mask"), "the [MASK] sat")


@pytest.fixture(scope="module")
def examples(unknown):
    """What a head of one's own would be trained on, as ids that the model has."""
    rows = tuple(tokenize(unknown.tokenizer, text).ids[0].tolist() for text in TEXTS)
    return Examples(rows, torch.tensor([[0], [0], [1], [1]]))


WORKS = {  # what needs an encoder, and no head that the course knows
    "forward.trace": lambda c, t, e: forward.trace(c, TEXTS).hidden_states[-1],
    "forward.trace_tokens": lambda c, t, e: forward.trace_tokens(c, tokenize(c.tokenizer, "the cat")).layers[1].output,
    "interventions.run": lambda c, t, e: interventions.run(c, tokenize(c.tokenizer, "the cat")).last,
    "interventions.align": lambda c, t, e: interventions.align(c, "the cat", "the dog"),
    "interventions.counterfactual": lambda c, t, e: interventions.counterfactual(c, "the cat", "the dog").distances,
    "interventions.head_means": lambda c, t, e: interventions.head_means(c, TEXTS),
    "interventions.heads_off": lambda c, t, e: trace(interventions.heads_off(c, [(0, 1)]), "the cat").hidden_states,
    "few_shot.sentence_vectors": lambda c, t, e: few_shot.sentence_vectors(c, TEXTS),
    "few_shot.fine_tune": lambda c, t, e: few_shot.fine_tune(c, TEXTS, LABELS, steps=1)(TEXTS),
    "few_shot.learning_curve": lambda c, t, e: few_shot.learning_curve(
        c, TEXTS, LABELS, ["hello", "say hello"], ["a", "b"], examples=[1], seeds=[0], methods=["nearest centroid"]
    ),
    "grow.read_once": lambda c, t, e: grow.read_once(c, e),
    "grow.new_head": lambda c, t, e: grow.new_head(c, ["a", "b"]),
    "grow.new_span_head": lambda c, t, e: grow.new_span_head(c),
}
REFUSES = {
    "forward.fill_mask": lambda c, t, e: fill_mask(c, "the [MASK]"),
    "forward.answer": lambda c, t, e: answer(c, "the cat?", "the dog"),
    "forward.classify": lambda c, t, e: classify(c, "the cat"),
    "forward.zero_shot": lambda c, t, e: forward.zero_shot(c, "the cat", ["cat"]),
    "interventions.watch": lambda c, t, e: interventions.watch(c, "the [MASK]"),
    "interventions.read": lambda c, t, e: interventions.read(c, t, trace(c, "the [MASK] sat").hidden_states[-1]),
    "interventions.head_effects": lambda c, t, e: interventions.head_effects(c, t),
    "interventions.patch": lambda c, t, e: interventions.patch(c, t, "the [MASK] by", places=[(1, 1)]),
    "interventions.patch_map": lambda c, t, e: interventions.patch_map(c, t, "the [MASK] by"),
    "interventions.logit_lens": lambda c, t, e: interventions.logit_lens(c, "the cat"),
    "interventions.span_lens": lambda c, t, e: interventions.span_lens(c, "the cat", "the dog"),
    "interventions.integrated_gradients": lambda c, t, e: interventions.integrated_gradients(c, t, steps=1),
    "interventions.gradient_times_input": lambda c, t, e: interventions.gradient_times_input(c, t),
    "grow.text_examples": lambda c, t, e: grow.text_examples(c, TEXTS, LABELS),
    "grow.span_examples": lambda c, t, e: grow.span_examples(c, ["the cat?"], ["the dog"], ["dog"]),
    "grow.train_head": lambda c, t, e: grow.train_head(c, e, e),
    "grow.one_epoch": lambda c, t, e: grow.one_epoch(c, e, None, [[0, 1]], None, None, None),
    "grow.evaluate": lambda c, t, e: grow.evaluate(c, e),
    "grow.save_checkpoint": lambda c, t, e: grow.save_checkpoint(c, "nowhere"),
    "explore.fill_mask": lambda c, t, e: explore.fill_mask(c),
    "explore.answer": lambda c, t, e: explore.answer(c, "the cat?", "the dog"),
    "explore.classify": lambda c, t, e: explore.classify(c),
    "explore.zero_shot": lambda c, t, e: explore.zero_shot(c),
}


def takes_a_checkpoint() -> set[str]:
    """Every public function that does, by its room and name."""
    found = set()
    for room in ROOMS:
        for name in room.__all__:
            function = getattr(room, name)
            if inspect.isfunction(function) and {"checkpoint", "work"} & set(inspect.signature(function).parameters):
                found.add(f"{room.__name__.removeprefix('encoder_lab.')}.{name}")
    return found


def test_every_public_function_is_asked():
    assert takes_a_checkpoint() == {*WORKS, *REFUSES}


@pytest.mark.parametrize("call", WORKS.values(), ids=WORKS)
def test_what_needs_no_head_works(unknown, target, examples, call):
    assert call(unknown, target, examples) is not None


@pytest.mark.parametrize("call", REFUSES.values(), ids=REFUSES)
def test_what_needs_another_head_says_so_in_a_sentence(unknown, target, examples, call):
    with pytest.raises(ValueError, match="token-classification") as failure:
        call(unknown, target, examples)
    assert "\n" not in str(failure.value) and ";" in str(failure.value)
