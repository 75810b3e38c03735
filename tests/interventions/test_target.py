"""The watched number of every task is that of the task's journey, and what cannot be watched is refused."""

import math
import re

import pytest

from encoder_lab.forward import answer, classify, fill_mask, zero_shot
from encoder_lab.interventions import watch
from tests.forward.inference import with_names


def test_a_word_s_logit_and_probability_are_fill_mask_s(every_case):
    checkpoint = every_case["fill-mask"].checkpoint
    text = "the [MASK] sat by the [MASK]"
    for mask, choices in enumerate(fill_mask(checkpoint, text, 41).choices):
        assert watch(checkpoint, text, mask=mask).output == choices[0].token_id
        numbers = {choice.string: choice for choice in choices}
        for word in ("cat", "river", "?"):
            found = watch(checkpoint, text, output=word, mask=mask)
            sure = watch(checkpoint, text, output=word, measure="probability", mask=mask)
            assert math.isclose(found.value, numbers[word].logit, rel_tol=1e-10)
            assert math.isclose(sure.value, numbers[word].probability, rel_tol=1e-10)
        both = watch(checkpoint, text, output="cat", against="river", mask=mask)
        assert math.isclose(both.value, numbers["cat"].logit - numbers["river"].logit, abs_tol=1e-10)
        assert both.name.startswith("'cat' minus 'river' at position")


def test_a_span_s_number_is_the_sum_of_its_two_logits(every_case):
    checkpoint = every_case["question-answering"].checkpoint
    question, context = "the dog", "hello the cat sat by the river"
    result = answer(checkpoint, question, context, align_to_words=False)
    best = result.spans[0]
    found = watch(checkpoint, question, context)
    assert found.positions == (best.first, best.last) and found.name == f"the span {best.text!r}"
    logits = result.start_logits[0, best.first] + result.end_logits[0, best.last]
    assert math.isclose(found.value, logits.item(), abs_tol=1e-10)
    chosen = watch(checkpoint, question, context, "cat sat")
    tokens = chosen.tokens
    first, last = chosen.positions
    assert context[tokens.spans[0, first, 0] : tokens.spans[0, last, 1]].strip() == "cat sat"
    logits = result.start_logits[0, first] + result.end_logits[0, last]
    assert math.isclose(chosen.value, logits.item(), abs_tol=1e-10)


def test_a_span_lies_in_the_context_also_where_the_question_has_characters_of_the_same_numbers(every_case):
    checkpoint = every_case["question-answering"].checkpoint
    chosen = watch(checkpoint, "the cat sat by the bank", "hello the cat sat by the river", "cat sat")
    assert [int(chosen.tokens.sides[0, at]) for at in chosen.positions] == [1, 1]


@pytest.mark.parametrize("kind", ["multi_label_classification", "single_label_classification"])
def test_a_label_s_numbers_are_classify_s(every_case, kind):
    case = every_case["text-classification"]
    config = case.checkpoint.model.config
    before, config.problem_type = config.problem_type, kind
    try:
        result = classify(case.checkpoint, case.text[0])
        assert watch(case.checkpoint, case.text[0]).name == repr(result.ranked[0].label)
        for place, label in enumerate(result.labels):
            logit = watch(case.checkpoint, case.text[0], output=label).value
            sure = watch(case.checkpoint, case.text[0], output=label, measure="probability").value
            assert math.isclose(logit, result.logits[place].item(), abs_tol=1e-10)
            assert math.isclose(sure, result.probabilities[place].item(), abs_tol=1e-10)
    finally:
        config.problem_type = before


def test_an_inference_logit_is_zero_shot_s(every_case):
    checkpoint = every_case["zero-shot-classification"].checkpoint
    result = zero_shot(checkpoint, "the cat sat", ["river"])
    pair = result.pairs[0]
    assert watch(checkpoint, pair.premise, pair.hypothesis).name == "'entailment'"
    for place, name in enumerate(("contradiction", "neutral", "entailment")):
        found = watch(checkpoint, pair.premise, pair.hypothesis, name)
        assert math.isclose(found.value, pair.logits[place].item(), abs_tol=1e-10)
    sure = watch(checkpoint, pair.premise, pair.hypothesis, measure="probability").value
    assert math.isclose(sure, result.independent[0].item(), abs_tol=1e-10)
    both = watch(checkpoint, pair.premise, pair.hypothesis, "entailment", "contradiction")
    assert math.isclose(both.value, (pair.logits[2] - pair.logits[0]).item(), abs_tol=1e-10)


@pytest.mark.parametrize(
    "task, given, more, error, words",
    [
        ("fill-mask", ("the cat sat",), {}, ValueError, "the text has no [MASK]; put [MASK]"),
        ("fill-mask", ("a [MASK]",), {"output": "cats"}, ValueError, "the word 'cats' is 2 pieces (cat, ##s); one"),
        ("fill-mask", ("a [MASK]",), {"output": "☃"}, ValueError, "the word '☃' is no piece of this vocabulary"),
        ("fill-mask", ("a [MASK]",), {"output": ""}, ValueError, "the word '' is no piece"),
        ("fill-mask", ("a [MASK]",), {"output": 3}, TypeError, "must be a string; this is 3"),
        ("fill-mask", ("a [MASK]",), {"against": "cats"}, ValueError, "'cats' is 2 pieces"),
        ("fill-mask", ("a [MASK]",), {"mask": 1}, ValueError, "mask is 1; the text has 1, counted from 0 to 0"),
        ("fill-mask", ("a [MASK]",), {"measure": "odds"}, ValueError, "measure is 'odds'; it must be"),
        ("fill-mask", ("a [MASK]", "the"), {}, ValueError, "fill-mask needs one text and no pair"),
        ("fill-mask", (["a [MASK]"],), {}, TypeError, "one text is watched at a time"),
        ("question-answering", ("the",), {}, ValueError, "needs a question and its context"),
        ("question-answering", ("the", "a cat"), {"output": "dog"}, ValueError, "'dog' is no stretch of the context"),
        ("question-answering", ("the", "a cat"), {"output": " "}, ValueError, "' ' is no stretch of the context"),
        ("question-answering", ("the", "a cat"), {"measure": "probability"}, ValueError, "its start plus its end"),
        ("question-answering", ("the", "a cat"), {"against": "cat"}, ValueError, "its start plus its end logit"),
        ("question-answering", ("the", "a cat, a cat"), {"output": "cat"}, ValueError, "'cat' stands in the context"),
        ("text-classification", ("the </s> cat",), {}, ValueError, "has '</s>' at character 4"),
        ("zero-shot-classification", ("the", "a <s>"), {}, ValueError, "has '<s>' at character 2"),
        ("zero-shot-classification", ("the", "a"), {"output": "neutral", "measure": "probability"}, ValueError,
         "zero_shot gives a probability to 'entailment' alone"),
        ("text-classification", ("the",), {"output": "joy"}, ValueError, "there is no label 'joy'; the labels are"),
        ("text-classification", ("the",), {"output": "LABEL_0", "against": "joy"}, ValueError, "no label 'joy'"),
        ("zero-shot-classification", ("the",), {}, ValueError, "needs a text and a hypothesis"),
        ("zero-shot-classification", ("the", "a"), {"output": "travel"}, ValueError, "the labels are contradiction"),
    ],
)  # fmt: skip
def test_what_cannot_be_watched_is_refused(every_case, task, given, more, error, words):
    with pytest.raises(error, match=re.escape(words)):
        watch(every_case[task].checkpoint, *given, **more)


def test_a_probability_has_no_difference(every_case):
    with pytest.raises(ValueError, match="a difference is one of logits"):
        watch(every_case["fill-mask"].checkpoint, "a [MASK]", output="cat", against="dog", measure="probability")


def test_entailment_is_found_in_capitals_too(every_case):
    case = every_case["zero-shot-classification"]
    shouted = with_names(case.checkpoint, ("CONTRADICTION", "NEUTRAL", "ENTAILMENT"))
    result = zero_shot(shouted, "the cat sat", ["river"])
    found = watch(shouted, "the cat sat", result.pairs[0].hypothesis, measure="probability")
    assert found.name == "'ENTAILMENT'" and math.isclose(found.value, result.independent[0].item(), abs_tol=1e-10)
