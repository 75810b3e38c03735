"""Each step of each family, with each of its heads, is that of `transformers`; a fault is named by where it is."""

from dataclasses import replace

import pytest
import torch

from encoder_lab import embeddings, heads
from encoder_lab.layers import (
    comparison,
    disentangled,
    feed_forward,
    layer_parts,
    masks,
    order,
    relative,
    rotary,
    stack,
)
from tests.families import FAMILIES, HEADS_OF, tiny_of
from tests.lifted import lifted
from tests.parity import steps

PRECISE, SINGLE = 1e-10, 1e-5
EVERY = [(family, task) for family in FAMILIES for task in HEADS_OF]


def first_difference(family: str, task: str) -> str | None:
    """Name the first step that differs in float64, or None."""
    with lifted():
        return next(
            (f"{family}, {s.where}" for s in steps(tiny_of(family, task), task) if s.difference > PRECISE), None
        )


@pytest.mark.parametrize(("family", "task"), EVERY)
def test_every_step_is_that_of_transformers(family, task):
    assert first_difference(family, task) is None


@pytest.mark.parametrize(("family", "task"), EVERY)
def test_in_single_precision_nothing_is_lifted_and_steps_agree_too(family, task):
    for step in steps(tiny_of(family, task).float(), task):
        assert torch.allclose(step.ours, step.theirs, atol=SINGLE, rtol=SINGLE), f"{family}, {step.where}"


def test_steps_are_many_and_named():
    model = tiny_of("mBART", "text-classification")
    found = [step.where for step in steps(model, "text-classification")]
    assert len(set(found)) == len(found) > 80
    for where in (
        "encoder, layer 2, weights",
        "decoder, layer 1, cross mixed",
        "decoder, layer 1, plain",
        "head, logits",
    ):
        assert where in found


def later(function, change):
    """Wrap a function: what it gives is changed."""
    return lambda *given, **named: change(function(*given, **named))


def fed(**changes):
    """The feed-forward block with other pieces than its own."""
    return lambda x, parts: feed_forward(x, replace(parts, **{name: change(parts) for name, change in changes.items()}))


POSITIONS = embeddings.position_ids
FAULTS = [  # family, task, the module and the name of what is exchanged, for what, and the step that is named
    ("XLM-R", "fill-mask", embeddings, "position_ids", lambda ids, first, _: POSITIONS(ids, first),
     "encoder embeddings, position"),
    ("BERT", "fill-mask", comparison, "mask_bias", later(masks.mask_bias, torch.zeros_like),
     "encoder, layer 0, weights"),
    ("BERT", "fill-mask", heads, "linear", lambda x, weight, bias: x @ weight.T, "head, logits"),
    ("RoBERTa", "fill-mask", order, "_behind", lambda x, given, norm, _: norm(given), "encoder, layer 0, attended"),
    ("DistilBERT", "fill-mask", order, "feed_forward", fed(activation=lambda parts: torch.relu),
     "encoder, layer 0, activated"),
    ("ELECTRA", "text-classification", heads, "_transform",
     later(heads._transform, lambda three: (three[0], three[0], three[0])), "head, activated"),
    ("ALBERT in groups", "fill-mask", stack, "layer_parts", lambda model, *_: layer_parts(model, 0),
     "encoder, layer 1, query"),
    ("MPNet", "fill-mask", comparison, "relative_bias", later(relative.relative_bias, lambda x: x.mT),
     "encoder, layer 0, weights"),
    ("DeBERTa-v2", "fill-mask", stack, "convolve", lambda x, y, *_: y, "encoder, layer 0, output"),
    ("DeBERTa-v3", "fill-mask", disentangled, "_pick", later(disentangled._pick, lambda x: x.flip(-1)),
     "encoder, layer 0, weights"),
    ("ModernBERT", "fill-mask", comparison, "rotate", lambda x, theta: rotary.rotate(x, theta + 1),
     "encoder, layer 0, weights"),
    ("ModernBERT", "fill-mask", comparison, "window_bias", later(masks.window_bias, torch.zeros_like),
     "encoder, layer 1, weights"),
    ("ModernBERT", "fill-mask", order, "feed_forward", fed(gate=lambda parts: parts.widen), "encoder, layer 0, gate"),
    ("mBART", "fill-mask", stack, "_settle", lambda model, side, x: x, "encoder, layer 2, output"),
    ("BART", "fill-mask", stack, "causal_bias", later(masks.causal_bias, torch.zeros_like),
     "decoder, layer 0, weights"),
]  # fmt: skip


@pytest.mark.parametrize(("family", "task", "module", "name", "wrong", "where"), FAULTS)
def test_a_planted_fault_is_named_by_family_layer_and_step(family, task, module, name, wrong, where, monkeypatch):
    right = first_difference(family, task)
    monkeypatch.setattr(module, name, wrong)
    assert (right, first_difference(family, task)) == (None, f"{family}, {where}")
