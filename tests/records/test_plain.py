"""Records are plain data: each can be pickled, copied and trained on, and holds neither a model nor a function."""

import copy
import pickle
from dataclasses import fields, is_dataclass, replace
from types import FunctionType, MethodType

import pytest
import torch
from torch import nn

from encoder_lab import answer, classify, fill_mask, trace, zero_shot
from encoder_lab.few_shot import sentence_vectors
from encoder_lab.forward.reader import Reader, _fingerprint
from encoder_lab.interventions import (
    counterfactual,
    gradient_times_input,
    head_effects,
    head_means,
    heads_off,
    logit_lens,
    patch,
    patch_map,
    run,
    span_lens,
    watch,
)

MASKED, OTHER = "The [MASK] sat.", "The [MASK] ran."
QUESTION, CONTEXT = "Who sat by the river?", "Anna sat by the river and Jonas ran home. " * 8
PREMISE = "We cooked all evening."
LABELS = ["food", "sport", "music", "travel", "work"]
COPIES = {"pickle": lambda record: pickle.loads(pickle.dumps(record)), "deepcopy": copy.deepcopy}


@pytest.fixture(scope="module")
def checkpoints(bundled_checkpoint):
    tasks = ("fill-mask", "question-answering", "text-classification", "zero-shot-classification")
    return {task: bundled_checkpoint(task) for task in tasks}


def results(checkpoints):
    """One of every record that comes out of a call."""
    masked, asked, felt, told = checkpoints.values()
    target = watch(masked, MASKED)
    return {
        "fill_mask": fill_mask(masked, MASKED),
        "answer": answer(asked, QUESTION, CONTEXT, top_k=3, max_seq_len=60, doc_stride=10),
        "classify": classify(felt, "Thank you so much!"),
        "zero_shot": zero_shot(told, PREMISE, LABELS),
        "trace": trace(masked, [MASKED, "A longer text."]),
        "trace of both sides": trace(told, PREMISE, "This is about food."),
        "watch": target,
        "run": run(masked, target.tokens),
        "head_effects": head_effects(masked, target),
        "patch": patch(masked, target, OTHER, places=[(1, 1)]),
        "patch_map": patch_map(masked, target, OTHER),
        "logit_lens": logit_lens(masked, MASKED),
        "span_lens": span_lens(asked, QUESTION, CONTEXT),
        "gradient_times_input": gradient_times_input(masked, target),
        "counterfactual": counterfactual(masked, MASKED, OTHER),
    }


@pytest.fixture(scope="module")
def every(checkpoints):
    return results(checkpoints)


def parts(value, where=""):
    """Everything a record holds, with its place; what is on demand is worked out."""
    if is_dataclass(value) and hasattr(value, "__slots__"):
        for field in fields(value):
            if field.name != "tokenizer":
                yield from parts(getattr(value, field.name), f"{where}.{field.name}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from parts(item, f"{where}[{number}]")
    elif hasattr(value, "make"):
        yield from parts(list(value), where)
    else:
        yield where, value


def demanded(record):
    """What a result's methods work out again."""
    for name in ("trace", "head"):
        got = getattr(record, name, None)
        yield got(1) if callable(got) else got
    yield record.grid(-1) if hasattr(record, "grid") else None
    yield [pair.tokens for pair in record.pairs] if hasattr(record, "pairs") and hasattr(record, "names") else None


@pytest.mark.parametrize("way", COPIES)
def test_every_result_survives_whole(every, way):
    for name, record in every.items():
        again = COPIES[way](record)
        assert type(again) is type(record) and again is not record
        assert repr(again) == repr(record)
        if hasattr(record, "_repr_html_"):
            assert again._repr_html_() == record._repr_html_()
        ours, theirs = (list(parts([each, *demanded(each)], name)) for each in (record, again))
        assert len(ours) > 5
        for (where, one), (there, other) in zip(ours, theirs, strict=True):
            assert where == there
            if isinstance(one, torch.Tensor):
                torch.testing.assert_close(one, other, rtol=0, atol=0, equal_nan=True, msg=where)
            elif not isinstance(one, Reader):
                assert one == other or one != one, where
        if hasattr(record, "as_pipeline"):
            assert again.as_pipeline() == record.as_pipeline()


def test_no_record_holds_a_function_or_a_model_and_every_tensor_is_its_own(every):
    for name, record in every.items():
        for where, value in parts(record, name):
            assert not isinstance(value, FunctionType | MethodType | nn.Module), where
            if isinstance(value, torch.Tensor):
                assert not value.is_inference() and not value.requires_grad, where


def test_a_pickle_holds_no_weights(checkpoints, every):
    longest = zero_shot(checkpoints["zero-shot-classification"], "we cooked all evening " * 200, LABELS)
    assert longest.pairs[0].cut and len(pickle.dumps(longest)) < 2e6
    assert {name: size for name, record in every.items() if (size := len(pickle.dumps(record))) > 2e6} == {}


def test_one_of_many_results_pickles_as_small_as_it_would_alone(checkpoints):
    _, asked, felt, told = checkpoints.values()
    texts = ["Thank you so much!"] * 60
    for one, many in (
        (classify(felt, texts[0]), classify(felt, texts)),
        (zero_shot(told, texts[0], LABELS), zero_shot(told, texts, LABELS)),
        (answer(asked, QUESTION, CONTEXT), answer(asked, QUESTION, [CONTEXT] * 9)),
    ):
        assert len(pickle.dumps(many[0])) <= 1.01 * len(pickle.dumps(one))


def test_slices_are_lists(every):
    way = every["trace"]
    assert [layer.output.shape for layer in way.layers[0:2]] == [way.layers[0].output.shape] * 2
    assert isinstance(way.layers[::2], list) and way.layers[9:] == []
    windows = every["answer"].windows
    assert len(windows) > 2 and isinstance(windows[0:1], list) and windows[-1:][0].start == windows[-1].start


def test_the_last_two_layers_are_kept_and_a_copy_s_are_its_own(every):
    layers = every["trace"].layers
    first = layers[0]
    assert layers[0] is first and layers[1] is layers[-len(layers) + 1] and layers[0] is first
    layers[2]
    assert layers[0] is first  # it was asked for after layer 1, which had to go
    assert copy.deepcopy(layers)[0] is not first


def test_what_was_changed_after_loading_is_given_back_by_hand(checkpoints, every):
    masked = checkpoints["fill-mask"]
    off = heads_off(masked, [(0, 0)])
    before = fill_mask(off, MASKED)
    again = pickle.loads(pickle.dumps(before))
    assert again.as_pipeline() == before.as_pipeline()
    with pytest.raises(ValueError, match=r"'bundled' does not give the checkpoint it was made with; give it back: rec"):
        again.trace.layers[0]
    whole = again.on(off)
    assert torch.equal(whole.trace.layers[0].output, before.trace.layers[0].output)
    assert torch.equal(whole.head.logits, before.head.logits)
    for wrong in (masked, checkpoints["question-answering"], replace(masked, model=copy.deepcopy(masked.model).half())):
        with pytest.raises(ValueError, match="this checkpoint has other weights than the one that the record was made"):
            again.on(wrong)
    gone = pickle.loads(pickle.dumps(every["trace"])).layers
    assert gone[0].output.shape == every["trace"].layers[0].output.shape


def test_a_folder_that_is_gone_is_named(checkpoints):
    way = trace(replace(checkpoints["fill-mask"], source="/no/such/folder"), "Hello.")
    again = pickle.loads(pickle.dumps(way))
    with pytest.raises(ValueError, match="comes from a pickle, which holds no weights, and '/no/such/folder' does not"):
        again.layers[0]
    assert torch.equal(again.on(checkpoints["fill-mask"]).layers[0].output, way.layers[0].output)


def test_a_checkpoint_is_read_once_for_all_that_a_pickle_holds(checkpoints, every, monkeypatch):
    again = pickle.loads(pickle.dumps(every["zero_shot"]))
    read, told = [], checkpoints["zero-shot-classification"]
    monkeypatch.setitem(Reader.checkpoint.fget.__globals__, "load", lambda *where: read.append(where) or told)
    assert again.trace(0).encoder.layers[0] and again.pairs[1].tokens and again.trace("music").decoder.layers[0]
    assert read == [("zero-shot-classification", "bundled", None, "cpu")]


def test_another_weight_is_another_fingerprint(checkpoints):
    model = checkpoints["fill-mask"].model
    changed = copy.deepcopy(model)
    assert _fingerprint(changed) == _fingerprint(model)
    changed.cls.predictions.bias[7] += 1e-6
    assert _fingerprint(changed) != _fingerprint(model)


def test_one_may_train_on_what_comes_back(checkpoints, every):
    masked, _, felt, told = checkpoints.values()
    way = every["trace"]
    found = {
        "hidden state": way.hidden_states[-1], "a layer": way.layers[1].attention.output,
        "embeddings": way.embeddings.total, "logits": every["classify"].logits, "vector": every["classify"].vector,
        "start logits": every["answer"].start_logits, "NLI logits": every["zero_shot"].logits,
        "head": every["fill_mask"].head.transformed, "patched": every["patch"].last,
        "sentence vectors": sentence_vectors(felt, ["Thanks.", "Oh no."]), "head means": head_means(masked, ["One."]),
        "effects": every["head_effects"].effects, "lens": every["logit_lens"].probabilities,
    }  # fmt: skip
    for name, values in found.items():
        layer = nn.Linear(values.shape[-1], 1)
        layer(values).sum().backward()
        assert layer.weight.grad is not None, name


def test_nothing_stays_on_the_model(checkpoints):
    for checkpoint in checkpoints.values():
        before = pickle.dumps(checkpoint)
        kept = [dict(vars(module)) for module in checkpoint.model.modules()]
        way = trace(checkpoint, "Hello there.", "Who?" if checkpoint.task == "zero-shot-classification" else None)
        (way.encoder if hasattr(way, "encoder") else way).layers[0:2]
        assert [vars(module) for module in checkpoint.model.modules()] == kept
        assert not any(module._forward_hooks or module._forward_pre_hooks for module in checkpoint.model.modules())
        assert len(pickle.dumps(checkpoint)) == len(before)
