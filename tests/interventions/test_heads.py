"""Heads off: the same three ways, as a changed checkpoint, as a stepwise run, and in `transformers` itself."""

import copy
import re
from itertools import product

import pytest
import torch
from torch.testing import assert_close

from encoder_lab.forward import answer, classify, fill_mask, trace, zero_shot
from encoder_lab.interventions import head_effects, head_means, heads_off, run
from encoder_lab.interventions.stepwise import ATTENTIONS
from encoder_lab.records import Tokens
from tests.families import DEPTH, HEADS, WIDTH
from tests.interventions.conftest import EXACT

K = WIDTH // HEADS


def attentions(case):
    return ATTENTIONS if case.two_sides else ATTENTIONS[:1]


def journey(checkpoint, text):
    """The answer of the task's journey, with every number."""
    first, second = text
    if checkpoint.task == "fill-mask":
        return fill_mask(checkpoint, first, 9).as_pipeline()
    if checkpoint.task == "question-answering":
        return answer(checkpoint, first, second, 5).as_pipeline()
    if checkpoint.task == "text-classification":
        return classify(checkpoint, first).as_pipeline()
    return zero_shot(checkpoint, first, ["river", "dog"], multi_label=True).as_pipeline()


def in_transformers(model, tokens: Tokens) -> torch.Tensor:
    """The last hidden state as `transformers` gives it."""
    return model.base_model(tokens.ids, attention_mask=tokens.mask).last_hidden_state


def projection(model, attention: str, layer: int) -> str:
    """The name `transformers` gives to an attention block's output projection."""
    if not model.config.is_encoder_decoder:
        return f"encoder.layer.{layer}.attention.output.dense"
    block = "encoder_attn" if attention == "cross" else "self_attn"
    return f"{'encoder' if attention == 'encoder' else 'decoder'}.layers.{layer}.{block}.out_proj"


def test_with_no_head_off_every_answer_is_the_same_bit_for_bit(case):
    same = heads_off(case.checkpoint, [])
    assert journey(same, case.text) == journey(case.checkpoint, case.text)
    ours, theirs = (run(each, case.target.tokens).last for each in (same, case.checkpoint))
    assert torch.equal(ours, theirs)
    assert same.model is not case.checkpoint.model


def test_with_no_head_off_the_bundled_answer_is_the_same_bit_for_bit(fill_mask_checkpoint):
    same = heads_off(fill_mask_checkpoint, [])
    texts = ["Say [MASK]!", "The [MASK] sat by the river and [MASK]."]
    for ours, theirs in zip(fill_mask(same, texts), fill_mask(fill_mask_checkpoint, texts), strict=True):
        assert ours.as_pipeline() == theirs.as_pipeline()
        assert all(map(torch.equal, ours.trace.hidden_states, theirs.trace.hidden_states))


def test_a_head_off_is_its_slice_of_the_output_projection_at_zero_and_the_stepwise_run(case):
    """Three ways to the same numbers, for every head of every attention."""
    for attention in attentions(case):
        effects = head_effects(case.checkpoint, case.target, attention=attention)
        depth = len(effects.values)
        assert effects.values.shape == (2 if attention != "encoder" else DEPTH, HEADS)
        for layer, head in product(range(depth), range(HEADS)):
            where = f"{case.checkpoint.task}, {attention} layer {layer} head {head}"
            off = heads_off(case.checkpoint, [(layer, head)], attention=attention)
            theirs = copy.deepcopy(case.checkpoint.model)
            linear = theirs.base_model.get_submodule(projection(theirs, attention, layer))
            linear.weight[:, head * K : (head + 1) * K] = 0
            expected = in_transformers(theirs, case.target.tokens)
            assert_close(in_transformers(off.model, case.target.tokens), expected, **EXACT, msg=where)

            def zero(mixed, head=head):
                mixed = mixed.clone()
                mixed[:, head] = 0
                return mixed

            stepwise = run(case.checkpoint, case.target.tokens, {(f"{attention} heads", layer): zero}).last
            assert_close(stepwise, expected, **EXACT, msg=where)
            assert abs(effects.values[layer, head].item() - read_target(case, expected)) < 1e-10, where
        assert_close(effects.effects, effects.values - case.target.value, **EXACT)


def read_target(case, hidden) -> float:
    """The watched number, worked out with the model's own head module."""
    model, target = case.checkpoint.model, case.target
    if case.checkpoint.task == "fill-mask":
        return model.cls(hidden)[0, target.positions[0], target.output].item()
    if case.checkpoint.task == "question-answering":
        first, last = target.positions
        logits = model.qa_outputs(hidden)[0]
        return (logits[first, 0] + logits[last, 1]).item()
    if case.checkpoint.task == "text-classification":
        return model.classifier(hidden)[0, target.output].item()
    return model.classification_head(hidden[:, -1])[0, target.output].item()


def test_a_head_s_place_may_be_taken_by_its_mean(case):
    first, second = case.text
    for attention in attentions(case):
        means = head_means(case.checkpoint, [first, case.other[0]], second and [second, case.other[1]], attention)
        effects = head_effects(case.checkpoint, case.target, means, attention)
        for layer, head in product(range(len(means)), range(HEADS)):
            off = heads_off(case.checkpoint, [(layer, head)], means, attention)

            def replaced(mixed, layer=layer, head=head, means=means):
                mixed = mixed.clone()
                mixed[:, head] = means[layer, head]
                return mixed

            stepwise = run(case.checkpoint, case.target.tokens, {(f"{attention} heads", layer): replaced}).last
            assert_close(in_transformers(off.model, case.target.tokens), stepwise, **EXACT)
            assert abs(effects.values[layer, head].item() - read_target(case, stepwise)) < 1e-10


def test_means_are_over_all_tokens_of_all_texts(every_case):
    checkpoint = every_case["text-classification"].checkpoint
    texts = ["the cat sat by the river bank", "hello"]
    means = head_means(checkpoint, texts)
    rows = [trace(checkpoint, text).layers[1].attention.mixed[0] for text in texts]
    assert rows[0].shape[0] != rows[1].shape[0]
    assert_close(means[1].flatten(), torch.cat(rows).mean(dim=0), **EXACT)
    assert means.shape == (DEPTH, HEADS, K)


def test_several_heads_of_several_layers_go_off_together(case):
    heads = [(0, 1), (2, 0), (2, 2), (0, 1)]
    theirs = copy.deepcopy(case.checkpoint.model)
    for layer, head in heads:
        linear = theirs.base_model.get_submodule(projection(theirs, "encoder", layer))
        linear.weight[:, head * K : (head + 1) * K] = 0
    off = heads_off(case.checkpoint, iter(heads))
    expected = in_transformers(theirs, case.target.tokens)
    assert_close(in_transformers(off.model, case.target.tokens), expected, **EXACT)
    two_steps = heads_off(heads_off(case.checkpoint, heads[:2]), heads[2:])
    assert_close(in_transformers(two_steps.model, case.target.tokens), expected, **EXACT)


def test_the_copy_shares_what_it_does_not_change_and_the_original_stays(case):
    model = case.checkpoint.model
    before = {name: value.clone() for name, value in model.state_dict().items()}
    off = heads_off(case.checkpoint, [(1, 0)])
    place = f"{model.base_model_prefix}.{projection(model, 'encoder', 1)}"
    old, new = dict(model.named_parameters()), dict(off.model.named_parameters())
    assert {name for name in old if old[name] is not new[name]} == {f"{place}.weight", f"{place}.bias"}
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(parameter.requires_grad for parameter in off.model.parameters())
    assert not off.model.training
    if case.checkpoint.task == "fill-mask":  # the decoder is still tied
        assert off.model.cls.predictions.decoder.weight is off.model.bert.embeddings.word_embeddings.weight
    assert off.tokenizer is case.checkpoint.tokenizer and off.task == case.checkpoint.task
    assert off.thresholds is case.checkpoint.thresholds


def test_every_journey_and_trace_takes_the_copy(case):
    off = heads_off(case.checkpoint, [(0, 0), (1, 1)])
    assert journey(off, case.text) != journey(case.checkpoint, case.text)
    way = trace(off, *case.text)
    way = way.encoder if case.two_sides else way
    for depth, layer in enumerate(way.layers):
        assert_close(layer.output, way.hidden_states[depth + 1], **EXACT)


def test_strongest_lists_the_largest_effects_up_or_down(every_case):
    effects = head_effects(every_case["fill-mask"].checkpoint, every_case["fill-mask"].target)
    listed = effects.strongest(100)
    assert len(listed) == DEPTH * HEADS
    assert [abs(effect) for *_, effect in listed] == sorted((abs(effect) for *_, effect in listed), reverse=True)
    assert all(effects.effects[layer, head].item() == effect for layer, head, effect in listed)


@pytest.mark.parametrize(
    "heads, error, words",
    [
        ([(DEPTH, 0)], ValueError, f"there is no layer {DEPTH}; encoder attention has layers 0 to {DEPTH - 1}"),
        ([(-1, 0)], ValueError, "there is no layer -1"),
        ([(0, HEADS)], ValueError, f"there is no head {HEADS}; encoder attention has heads 0 to {HEADS - 1}"),
        ([3], TypeError, "(layer, head); this is 3"),
        ([(0, 1.0)], TypeError, "(layer, head)"),
        ([(0, True)], TypeError, "(layer, head)"),
        (["01"], TypeError, "(layer, head)"),
    ],
)
def test_heads_there_are_not_are_refused(every_case, heads, error, words):
    with pytest.raises(error, match=re.escape(words)):
        heads_off(every_case["fill-mask"].checkpoint, heads)


def test_means_and_attentions_of_another_model_are_refused(every_case):
    bert, bart = every_case["fill-mask"], every_case["zero-shot-classification"]
    with pytest.raises(ValueError, match=r"means are \(2, 3, 5\); encoder attention needs \(3, 3, 5\)"):
        heads_off(bert.checkpoint, [(0, 0)], head_means(bart.checkpoint, ["the cat"], ["hello"], "cross"))
    with pytest.raises(ValueError, match=r"means are 0; .* needs \(3, 3, 5\)"):
        head_effects(bert.checkpoint, bert.target, 0)
    with pytest.raises(ValueError, match="attention is 'cross'; a BertForMaskedLM has 'encoder'"):
        head_effects(bert.checkpoint, bert.target, attention="cross")
    with pytest.raises(ValueError, match="there are 1 texts and 2 second texts"):
        head_means(bart.checkpoint, ["the cat"], ["hello", "hello"])
