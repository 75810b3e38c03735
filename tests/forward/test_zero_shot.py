"""Zero-shot classification: the same answers as the pipeline of `transformers`, pair by pair and label by label."""

import copy
import math
import random
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from encoder_lab import sequence_head, zero_shot
from encoder_lab.forward import batches
from tests.forward.inference import pipeline_of, same, with_names

EXACT = {"rtol": 0, "atol": 1e-10}
TEMPLATES = ["This example is {}.", "{}", "The river: {} ({{!}})", "hello, {} 日"]
WORDS = ["the cat", "sat", "by the river", "don't!", "naïve", "😀", "<b>&amp;</b>", "\t", "WHY?", "hello", "bank"]


def some_texts(draw: random.Random, count: int) -> list[str]:
    return ["cat " + " ".join(draw.choice(WORDS) for _ in range(draw.randint(0, 7))) for _ in range(count)]


def some_labels(draw: random.Random, count: int) -> list[str]:
    """Make labels that differ, some with spaces, commas and braces."""
    ends = ["", " or {cat}", ", dog"]
    made = [f"{draw.choice(WORDS).strip()}{draw.choice(ends)} {number}" for number in range(count)]
    draw.shuffle(made)
    return made


@pytest.fixture(scope="module")
def bundled(bundled_checkpoint):
    return bundled_checkpoint("zero-shot-classification")


def cases() -> list[tuple[list[str], list[str], str, bool]]:
    """Make 52 calls with 1 to 7 texts each, 202 cases: 1 to 50 labels, four templates, both modes."""
    draw = random.Random(17)
    counts = (1, 2, 3, 5, 8, 1, 13, 4, 2, 50, 6, 3, 1)
    made = []
    for number in range(52):
        texts = some_texts(draw, 1 + number % 7)
        if number % 9 == 4:
            texts[0] *= 6  # too long: the premise is cut
        labels = some_labels(draw, counts[number % 13])
        made.append((texts, labels, TEMPLATES[number % 4], bool(number % 2)))
    return made


@pytest.mark.parametrize(
    "precision, tolerance, step",
    [
        ("float64", 1e-6, 5),
        pytest.param("float64", 1e-6, 1, marks=pytest.mark.more),
        pytest.param("float32", 1e-5, 1, marks=pytest.mark.more),
    ],
)
def test_zero_shot_gives_what_the_pipeline_gives(nli, precision, tolerance, step):
    checkpoint = replace(nli, model=copy.deepcopy(nli.model).to(getattr(torch, precision)))
    theirs, compared, cut = pipeline_of(checkpoint), 0, 0
    for texts, labels, template, several in cases()[::step]:
        ours = zero_shot(checkpoint, texts, labels, template, several)
        expected = theirs(texts, labels, hypothesis_template=template, multi_label=several)
        for mine, other in zip(ours, expected, strict=True):
            same(mine.as_pipeline(), other, tolerance)
            compared, cut = compared + 1, cut + bool(mine.notes)
    assert compared >= 200 / step and cut >= 5 / step


@pytest.mark.parametrize(
    "precision, tolerance", [("float64", 1e-6), pytest.param("float32", 1e-5, marks=pytest.mark.more)]
)
def test_the_bundled_checkpoint_gives_what_the_pipeline_gives(bundled, precision, tolerance):
    checkpoint = replace(bundled, model=copy.deepcopy(bundled.model).to(getattr(torch, precision)))
    theirs, labels = pipeline_of(checkpoint), ["travel", "cooking", "dancing"]
    texts = ["one day I will see the world", "The <b>pan</b> is hot 😀", "She waltzed to work, then fried an egg."]
    for template, several in [("This example is {}.", False), ("The topic is {}.", True)]:
        ours = zero_shot(checkpoint, texts, labels, template, several)
        expected = theirs(texts, labels, hypothesis_template=template, multi_label=several)
        for mine, other in zip(ours, expected, strict=True):
            same(mine.as_pipeline(), other, tolerance)


def test_one_text_gives_a_dictionary_and_a_list_of_one_a_list(nli):
    theirs, labels = pipeline_of(nli), ["cat", "dog"]
    assert isinstance(theirs("hello", labels), dict) and isinstance(theirs(["hello"], labels), list)
    same(zero_shot(nli, "hello", labels).as_pipeline(), theirs("hello", labels), 1e-6)
    (ours,) = zero_shot(nli, ["hello"], labels)
    same(ours.as_pipeline(), theirs(["hello"], labels)[0], 1e-6)


def test_every_pair_and_its_logits_are_the_models(nli):
    model, tokenizer = nli.model, nli.tokenizer
    for texts, labels, template, several in cases()[:18]:
        for text, found in zip(texts, zero_shot(nli, texts, labels, template, several), strict=True):
            assert found.passes == len(labels) == len(found.pairs) and found.labels == tuple(labels)
            for row, (label, pair) in enumerate(zip(labels, found.pairs, strict=True)):
                hypothesis = template.replace("{{!}}", "{!}").replace("{}", label)
                read = tokenizer(text, hypothesis, truncation="only_first", return_tensors="pt")
                assert (pair.label, pair.premise, pair.hypothesis) == (label, text, hypothesis)
                assert pair.tokens.ids.tolist() == read["input_ids"].tolist() and pair.size == len(read["input_ids"][0])
                assert_close(pair.logits, model(**read, use_cache=False).logits[0], **EXACT)
                assert torch.equal(found.logits[row], pair.logits)
                assert found.contrast[row].tolist() == pair.contrast.tolist() == pair.logits[[0, 2]].tolist()


@pytest.mark.parametrize("several", [False, True])
def test_both_modes_by_hand(nli, several):
    found = zero_shot(nli, "the cat sat", ["cat", "dog", "bank"], multi_label=several)
    shares = [math.exp(e) for _, _, e in found.logits.tolist()]
    assert found.exclusive.tolist() == pytest.approx([share / sum(shares) for share in shares], abs=1e-12)
    alone = [1 / (1 + math.exp(c - e)) for c, _, e in found.logits.tolist()]
    assert found.independent.tolist() == pytest.approx(alone, abs=1e-12)
    assert found.probabilities is (found.independent if several else found.exclusive)
    order = sorted(range(3), key=lambda i: -found.probabilities[i])
    assert [(r.label, r.index) for r in found.ranked] == [(found.labels[i], i) for i in order]
    assert abs(found.exclusive.sum() - 1) < 1e-12 and abs(found.independent.sum() - 1) > 0.01


def test_of_equal_labels_the_later_stands_first_as_in_the_pipeline(nli):
    model = copy.deepcopy(nli.model)
    model.classification_head.out_proj.weight.zero_()
    checkpoint = replace(nli, model=model)
    ours = zero_shot(checkpoint, "hello", ["cat", "dog", "bank"]).as_pipeline()
    assert ours["labels"] == ["bank", "dog", "cat"]
    same(ours, pipeline_of(checkpoint)("hello", ["cat", "dog", "bank"]), 1e-6)


def test_a_single_label_is_judged_by_itself_in_both_modes(nli):
    found = zero_shot(nli, "the cat sat", ["cat"])
    assert torch.equal(found.exclusive, found.independent) and found.exclusive[0] < 1


@pytest.mark.parametrize(
    "names, entailment, contradiction",
    [
        (("contradiction", "neutral", "entailment"), 2, 0),
        (("ENTAILMENT", "NEUTRAL", "CONTRADICTION"), 0, 2),
        (("neutral", "Entailed", "contradiction"), 1, 0),
        (("not_entailment", "entails", "entailment"), 1, 0),
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_entailment_is_found_by_name(nli, names, entailment, contradiction, several):
    checkpoint = with_names(nli, names)
    found = zero_shot(checkpoint, "the cat sat", ["cat", "dog", "bank"], multi_label=several)
    assert (found.names, found.entailment, found.contradiction) == (names, entailment, contradiction)
    expected = pipeline_of(checkpoint)("the cat sat", ["cat", "dog", "bank"], multi_label=several)
    same(found.as_pipeline(), expected, 1e-6)


@pytest.mark.parametrize(
    "names, words",
    [
        (("LABEL_0", "LABEL_1", "LABEL_2"), "labels are LABEL_0, LABEL_1, LABEL_2; zero_shot needs one that is ca"),
        (("not_entailment", "neutral", "other"), "zero_shot needs one that is called entailment"),
        (("entailment",), "this model has 1 label; zero_shot needs entailment and contradiction at least"),
    ],
)
def test_a_model_that_was_not_trained_for_inference(nli, names, words):
    with pytest.raises(ValueError, match=words):
        zero_shot(with_names(nli, names), "the cat", ["cat"])


def test_a_pair_can_be_traced_and_its_last_position_decides(nli):
    found = zero_shot(nli, "the cat sat", ["cat", "the river bank", "dog"])
    for way in (found.trace("the river bank"), found.trace(1), found.trace(-2)):
        pair, ids = found.pairs[1], way.encoder.tokens.ids
        assert ids.tolist() == pair.tokens.ids.tolist() and ids.shape == (1, pair.size)
        assert way.encoder.tokens.texts == (("the cat sat", "This example is the river bank."),)
        head = sequence_head(way.decoder.hidden_states[-1], nli.model, ids)
        assert_close(head.logits[0], pair.logits, **EXACT)
        assert_close(way.decoder.hidden_states[-1][0, pair.deciding], head.vector[0], **EXACT)
        assert way.encoder.tokens.strings[0][pair.deciding] == "</s>" and way.decoder.tokens.strings[0][-1] == "."
        layer = way.decoder.layers[-1]
        assert layer.self_attention.weights.shape == layer.cross_attention.weights.shape
        assert layer.self_attention.weights.shape[2:] == (pair.size, pair.size)
    sides = [side for side in found.pairs[1].tokens.sides[0].tolist() if side >= 0]
    assert sides == sorted(sides) and set(sides) == {0, 1}
    with pytest.raises(ValueError, match="there is no label 'fish'; the labels are 'cat', 'the river bank', 'dog'"):
        found.trace("fish")
    with pytest.raises(IndexError, match="there is no label number 3; there are labels 0 to 2"):
        found.trace(3)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), size=st.sampled_from([1, 45, 90, 300, 5000]), several=st.booleans())
def test_neither_order_nor_size_of_batches_nor_padding_changes_an_answer(nli, seed, size, several):
    draw = random.Random(seed)
    texts, labels = list(dict.fromkeys(some_texts(draw, draw.randint(1, 5)))), some_labels(draw, draw.randint(2, 6))
    alone = {(text, label): zero_shot(nli, text, [label]).logits[0] for text in texts for label in labels}
    draw.shuffle(texts)
    draw.shuffle(labels)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BATCH", size)
        together = zero_shot(nli, texts, labels, multi_label=several)
    assert [found.text for found in together] == texts
    for found in together:
        assert [pair.label for pair in found.pairs] == labels
        for pair in found.pairs:
            assert_close(pair.logits, alone[found.text, pair.label], rtol=0, atol=1e-12)


def test_nothing_is_left_on_the_model(nli):
    before = set(vars(nli.model)), torch.is_inference_mode_enabled()
    assert len(zero_shot(nli, "the cat", ["cat"]).trace(0).decoder.layers[1].output) == 1
    assert before == (set(vars(nli.model)), torch.is_inference_mode_enabled())
