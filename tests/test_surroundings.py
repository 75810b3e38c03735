"""What is switched on around a call changes nothing: autocast, inference mode, gradients; and tensors are ordinary."""

from dataclasses import replace

import pytest
import torch

from encoder_lab import answer, classify, explore, fill_mask, trace, zero_shot
from encoder_lab import interventions as inside
from encoder_lab.few_shot import fine_tune, nearest_centroid, sentence_vectors
from encoder_lab.grow import evaluate, new_head, read_once, text_examples, train_head
from encoder_lab.surroundings import undisturbed
from tests.families import HEADED
from tests.forward.inference import with_names

TEXT, OTHER, MASKED = "the cat sat by the river", "the dog sat by the river", "the cat sat by the [MASK]"
TEXTS, LABELS = [TEXT, "the cat sat", "hello", "hello hello"], ["a", "a", "b", "b"]


def read_heads(checkpoints):
    watched = inside.watch(checkpoints["fill-mask"], MASKED)
    return inside.head_effects(checkpoints["fill-mask"], watched).values


def without_heads(checkpoints):
    """With means in their place, which are multiplied into a bias."""
    checkpoint = checkpoints["text-classification"]
    changed = inside.heads_off(checkpoint, [(0, 1)], inside.head_means(checkpoint, TEXTS))
    return classify(changed, TEXT).logits


def patched(checkpoints):
    watched = inside.watch(checkpoints["zero-shot-classification"], TEXT, "hello")
    return inside.patch_map(checkpoints["zero-shot-classification"], watched, OTHER, "hello").values


def explained(checkpoints):
    watched = inside.watch(checkpoints["text-classification"], TEXT, measure="probability")
    found = inside.integrated_gradients(checkpoints["text-classification"], watched, steps=3)
    return torch.cat([found.scores, inside.gradient_times_input(checkpoints["text-classification"], watched).scores])


def trained_few(checkpoints):
    """Losses, so that the training itself is compared."""
    losses = []
    fine_tune(checkpoints["fill-mask"], TEXTS, LABELS, steps=3, step_done=losses.append)(TEXTS)
    return torch.tensor(losses)


def trained_head(checkpoints, frozen):
    head = new_head(checkpoints["text-classification"], ["a", "b"])
    examples = text_examples(head, TEXTS, LABELS)
    return torch.tensor(train_head(head, examples, examples, frozen=frozen, epochs=2).history.loss["validation"])


def measured(checkpoints):
    head = new_head(checkpoints["text-classification"], ["a", "b"])
    examples = text_examples(head, TEXTS, LABELS)
    return torch.tensor(evaluate(head, examples, read_once(head, examples)))


def nearest(checkpoints):
    """Queries just beside the border between two classes, where few digits would decide otherwise."""
    border = torch.tensor([[1.0, 1.0 + lean / 1e4] for lean in range(-20, 21)])
    return torch.from_numpy((nearest_centroid(torch.eye(2), ["a", "b"], border) == "b").astype(float))


def one_layer(checkpoints):
    return trace(checkpoints["zero-shot-classification"], TEXT).decoder.layers[1].cross_attention.output


CALLS = {
    "trace": lambda c: trace(c["fill-mask"], TEXT).hidden_states[-1],
    "a layer": one_layer,
    "fill_mask": lambda c: fill_mask(c["fill-mask"], MASKED).head.logits,
    "answer": lambda c: answer(c["question-answering"], "the cat", TEXT).start_logits,
    "classify": lambda c: classify(c["text-classification"], TEXT).logits,
    "zero_shot": lambda c: zero_shot(c["zero-shot-classification"], TEXT, ["a cat", "a dog"]).logits,
    "watch": lambda c: torch.tensor(inside.watch(c["question-answering"], "the cat", TEXT).value),
    "run": lambda c: inside.run(c["fill-mask"], trace(c["fill-mask"], TEXT).tokens).last.detach(),
    "head_effects": read_heads,
    "heads_off": without_heads,
    "patch_map": patched,
    "logit_lens": lambda c: inside.logit_lens(c["fill-mask"], TEXT).probabilities,
    "span_lens": lambda c: inside.span_lens(c["question-answering"], "the cat", TEXT).start_logits,
    "counterfactual": lambda c: inside.counterfactual(c["fill-mask"], TEXT, OTHER).distances,
    "attribution": explained,
    "sentence_vectors": lambda c: sentence_vectors(c["zero-shot-classification"], TEXTS),
    "nearest_centroid": nearest,
    "fine_tune": trained_few,
    "train_head": lambda c: trained_head(c, frozen=True),
    "train_head, base too": lambda c: trained_head(c, frozen=False),
    "evaluate": measured,
    "explore.fill_mask": lambda c: torch.tensor(explore.fill_mask(c["fill-mask"], MASKED).answer["choices"][0][1]),
}
AROUND = {
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "enable_grad": torch.enable_grad,
}


@pytest.fixture(scope="module")
def checkpoints(new_tiny):
    """A tiny checkpoint of each task in float32, which autocast would change."""
    found = {task: new_tiny(task) for task in HEADED}
    named = with_names(found["zero-shot-classification"], ("contradiction", "neutral", "entailment"))
    return found | {named.task: replace(named, model=named.model.float())}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_call_gives_what_it_gives_alone(checkpoints, call, around):
    alone = call(checkpoints)
    with around():
        found = call(checkpoints)
    assert found.dtype == alone.dtype
    assert torch.equal(found, alone)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_one_may_train_on_what_a_call_gives(checkpoints, call):
    found = call(checkpoints)
    weight = torch.ones((), requires_grad=True)
    (found * weight).sum().backward()
    assert weight.grad is not None


def test_what_was_switched_on_around_a_block_is_on_again_after_it():
    with torch.autocast("cpu", torch.bfloat16), torch.inference_mode():
        with undisturbed(gradients=True):
            assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
            assert not torch.is_autocast_enabled("cpu")
        assert torch.is_inference_mode_enabled() and torch.is_autocast_enabled("cpu")
    with undisturbed(), undisturbed(gradients=None):
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()
