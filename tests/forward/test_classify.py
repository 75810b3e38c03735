"""Sequence classification: the same answers as the pipeline of `transformers`, whatever the batches."""

import copy
import random
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close
from transformers import RobertaForSequenceClassification, pipeline

from encoder_lab import classify, sequence_head
from encoder_lab.forward import batches
from encoder_lab.forward.classify import default_function
from tests.families import LABELS, WIDTH, tiny

EXACT = {"rtol": 0, "atol": 1e-10}
WORDS = ["the cat", "sat", "by the river", "don't!", "naïve", "😀", "日本語", "<b>&amp;</b>", "\t", "WHY?", "\0"]
FUNCTIONS = (None, "sigmoid", "softmax", "none")


def typed(draw: random.Random, longest: int) -> str:
    return "cat " + " ".join(draw.choice(WORDS) for _ in range(draw.randint(0, longest)))


@pytest.fixture(scope="module")
def bundled(bundled_checkpoint):
    return bundled_checkpoint("text-classification")


@pytest.fixture(scope="module")
def random_one(new_tiny):
    """A tiny random checkpoint in float64."""
    checkpoint = new_tiny("text-classification")
    checkpoint.tokenizer.model_max_length = 62
    return replace(checkpoint, model=checkpoint.model.double())


def as_kind(checkpoint, kind: str | None, labels: int = LABELS):
    """The same checkpoint with another `problem_type` or another count of labels."""
    model = tiny(RobertaForSequenceClassification, len(checkpoint.tokenizer), labels=labels)
    model.config.problem_type = kind
    return replace(checkpoint, model=model)


def same(ours: list, theirs: list, tolerance: float, where: object) -> None:
    """Hold one text's ranked labels to the pipeline's."""
    assert [each["label"] for each in ours] == [each["label"] for each in theirs], where
    for mine, other in zip(ours, theirs, strict=True):
        assert set(mine) == set(other) == {"label", "score"}
        assert abs(mine["score"] - other["score"]) <= tolerance, where


@pytest.mark.parametrize("kind", ["multi_label_classification", "single_label_classification", "regression", None])
@pytest.mark.parametrize(
    "precision, tolerance", [("float64", 1e-6), pytest.param("float32", 1e-5, marks=pytest.mark.more)]
)
def test_classify_gives_what_the_pipeline_gives(random_one, kind, precision, tolerance):
    checkpoint = as_kind(random_one, kind)
    checkpoint.model.to(getattr(torch, precision))
    theirs = pipeline("text-classification", model=checkpoint.model, tokenizer=checkpoint.tokenizer)
    draw = random.Random(3)
    texts = [typed(draw, 8) for _ in range(240)]
    for number, text in enumerate(texts[:180]):
        options = {"top_k": (None, *range(1, LABELS + 1))[number % 6], "function_to_apply": FUNCTIONS[number % 4]}
        same(classify(checkpoint, text, **options).as_pipeline(), theirs(text, **options), tolerance, (text, options))
    together = classify(checkpoint, texts[180:], top_k=2)
    for ours, expected, text in zip(together, theirs(texts[180:], top_k=2), texts[180:], strict=True):
        same(ours.as_pipeline(), expected, tolerance, text)


@pytest.mark.parametrize(
    "precision, tolerance", [("float64", 1e-6), pytest.param("float32", 1e-5, marks=pytest.mark.more)]
)
def test_the_bundled_checkpoint_gives_what_the_pipeline_gives(bundled, precision, tolerance):
    model = copy.deepcopy(bundled.model).to(getattr(torch, precision))
    checkpoint = replace(bundled, model=model)
    theirs = pipeline("text-classification", model=model, tokenizer=bundled.tokenizer)
    draw = random.Random(4)
    texts = ["I love my old pillow?", *(typed(draw, 30) for _ in range(9))]
    for top_k, function in [(None, None), (3, "softmax")]:
        options = {"top_k": top_k, "function_to_apply": function}
        for ours, expected in zip(classify(checkpoint, texts, **options), theirs(texts, **options), strict=True):
            same(ours.as_pipeline(), expected, tolerance, ours.text)


def test_one_text_gives_a_list_and_several_a_list_of_lists(bundled):
    theirs = pipeline("text-classification", model=bundled.model, tokenizer=bundled.tokenizer)
    alone, listed = theirs("Good day!", top_k=1), theirs(["Good day!"], top_k=1)
    assert isinstance(alone[0], dict) and isinstance(listed[0][0], dict)
    same(classify(bundled, "Good day!", 1).as_pipeline(), alone, 1e-5, "one")
    (ours,) = classify(bundled, ["Good day!"], 1)
    same(ours.as_pipeline(), listed[0], 1e-5, "a list of one")
    same(ours.as_pipeline(), theirs("Good day!"), 1e-5, "without top_k the pipeline gives the first alone")


def test_every_step_is_the_models(random_one):
    draw = random.Random(6)
    texts = [typed(draw, 9) for _ in range(20)]
    model = random_one.model
    for text, found in zip(texts, classify(random_one, texts), strict=True):
        read = random_one.tokenizer(text, return_tensors="pt")
        assert found.tokens.ids.tolist() == read["input_ids"].tolist() and found.tokens.texts == ((text, None),)
        assert_close(found.logits, model(**read).logits[0], **EXACT)
        hidden = model.roberta(**read).last_hidden_state[0, 0]
        assert_close(found.vector, hidden, **EXACT)
        assert_close(found.dense, model.classifier.dense(hidden), **EXACT)
        assert_close(found.activated, torch.tanh(found.dense), **EXACT)
        assert_close(found.logits, model.classifier.out_proj(found.activated), **EXACT)
        assert_close(found.trace.hidden_states[-1][0, 0], hidden, **EXACT)
        assert_close(sequence_head(found.trace.hidden_states[-1], model).logits[0], found.logits, **EXACT)
        assert found.vector.shape == (WIDTH,) and found.logits.shape == (LABELS,)
        assert found.labels == tuple(f"LABEL_{i}" for i in range(LABELS))


def test_the_functions_by_hand(random_one):
    logits = classify(random_one, "the cat sat", function_to_apply="none")
    assert torch.equal(logits.probabilities, logits.logits)
    each = classify(random_one, "the cat sat", function_to_apply="sigmoid").probabilities
    assert_close(each, 1 / (1 + torch.exp(-logits.logits)), **EXACT)
    shares = classify(random_one, "the cat sat", function_to_apply="softmax")
    assert_close(shares.probabilities, torch.exp(logits.logits) / torch.exp(logits.logits).sum(), **EXACT)
    assert [r.probability for r in shares.ranked] == sorted(shares.probabilities.tolist(), reverse=True)
    assert all(shares.probabilities[r.index] == r.probability for r in shares.ranked)
    assert [shares.labels[r.index] for r in shares.ranked] == [r.label for r in shares.ranked]
    assert (each.sum() - 1).abs() > 0.01  # so that a softmax would show


@pytest.mark.parametrize(
    "kind, labels, function",
    [
        ("multi_label_classification", 5, "sigmoid"),
        ("single_label_classification", 5, "softmax"),
        ("regression", 5, "none"),
        ("regression", 1, "none"),
        (None, 5, "softmax"),
        (None, 1, "sigmoid"),
    ],
)
def test_the_function_the_configuration_asks_for(random_one, kind, labels, function):
    checkpoint = as_kind(random_one, kind, labels)
    assert default_function(checkpoint.model.config) == function
    found = classify(checkpoint, "the cat sat")
    theirs = pipeline("text-classification", model=checkpoint.model, tokenizer=checkpoint.tokenizer)
    assert found.function == function
    same(found.as_pipeline(), theirs("the cat sat", top_k=None), 1e-6, kind)


def test_the_bundled_labels_are_judged_each_by_itself(bundled):
    assert classify(bundled, "Good day!").function == "sigmoid"


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 9), size=st.sampled_from([1, 17, 40, 200, 5000]))
def test_neither_order_nor_size_of_batches_nor_padding_changes_an_answer(random_one, seed, count, size):
    draw = random.Random(seed)
    texts = [typed(draw, 4) for _ in range(count)]  # longer ones could pass the 62 tokens that it reads
    alone = {text: classify(random_one, text) for text in texts}
    draw.shuffle(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BATCH", size)
        together = classify(random_one, texts)
    assert [found.text for found in together] == texts
    for found in together:
        for name in ("vector", "dense", "activated", "logits", "probabilities"):
            assert_close(getattr(found, name), getattr(alone[found.text], name), rtol=0, atol=1e-12, msg=name)
        assert [r.label for r in found.ranked] == [r.label for r in alone[found.text].ranked]


def test_a_record_does_not_hold_on_to_hidden_states(random_one):
    found = classify(random_one, ["cat " * 20] * 7)[0]
    for kept in (found.vector, found.dense, found.activated):
        assert kept.untyped_storage().nbytes() == 8 * WIDTH  # one vector in float64


@pytest.mark.parametrize(
    "change, kind, words",
    [
        ({"text": ""}, ValueError, "the text is empty; type at least one word"),
        ({"text": ["a", " \n"]}, ValueError, "text 1 of the list is blank"),
        ({"text": []}, ValueError, "the list of texts is empty"),
        ({"text": 7}, TypeError, "a text must be a string or a list of strings; this is an int"),
        ({"text": ["a", None]}, TypeError, "text 1 of the list must be a string"),
        ({"text": {"text": "a"}}, TypeError, "a text must be a string or a list of strings; this is a dict"),
        ({"text": "cat " * 90}, ValueError, "is 9[0-9] tokens long .* the model reads at most 62; shorten it"),
        ({"top_k": 0}, ValueError, "top_k is 0; it must be from 1 to 5, the number of labels, or None for all"),
        ({"top_k": 6}, ValueError, "top_k is 6; it must be from 1 to 5"),
        ({"top_k": True}, TypeError, "top_k must be a whole number; this is True"),
        ({"top_k": "3"}, TypeError, "top_k must be a whole number; this is '3'"),
        ({"function_to_apply": "SoftMax"}, ValueError, "function_to_apply is 'SoftMax'; it must be 'sigmoid', 'softm"),
        ({"function_to_apply": 3}, ValueError, "function_to_apply is 3; it must be"),
        ({"text": "a </s> b"}, ValueError, "the text 'a </s> b' has '</s>' at character 2; the model would read"),
        ({"text": ["fine", "<mask>"]}, ValueError, "the text '<mask>' has '<mask>' at character 0"),
    ],
)
def test_bad_input(random_one, change, kind, words):
    with pytest.raises(kind, match=words):
        classify(random_one, **{"text": "the cat"} | change)


def test_nothing_is_left_on_the_model(random_one):
    before = set(vars(random_one.model)), torch.is_inference_mode_enabled()
    assert len(classify(random_one, "the cat").trace.layers[1].output) == 1
    assert before == (set(vars(random_one.model)), torch.is_inference_mode_enabled())
