"""A fresh head on a copied base, and examples as numbers: as `transformers` has them, and refused in one sentence."""

import numpy as np
import pytest
import torch
from torch.testing import assert_close
from transformers import RobertaForQuestionAnswering, RobertaForSequenceClassification

from encoder_lab import answer, classify
from encoder_lab.grow.head import new_head, new_span_head, span_examples, text_examples
from encoder_lab.grow.measure import _choose
from encoder_lab.tokens import pad
from tests.grow.heads import (
    ANSWERS,
    CONTEXTS,
    NAMES,
    QUESTIONS,
    TEXTS,
    examples,
    same,
    tiny_checkpoint,
    tiny_head,
    weights,
)

ROBERTA = ["text-classification", "question-answering"]


@pytest.fixture(scope="module", params=ROBERTA)
def base(request, tmp_path_factory):
    """A tiny checkpoint of each task with a RoBERTa base."""
    return tiny_checkpoint(tmp_path_factory.mktemp("base"), request.param)


@pytest.mark.parametrize("task", ROBERTA)
def test_the_base_is_copied_and_the_head_is_fresh(base, task):
    before, random = weights(base), torch.get_rng_state()
    fresh = tiny_head(base, task)
    old, new = base.model.base_model.state_dict(), fresh.model.base_model.state_dict()
    assert same(old, new) and not any(old[name].data_ptr() == new[name].data_ptr() for name in old)
    assert same(before, weights(base)) and torch.equal(torch.get_rng_state(), random)
    assert not fresh.model.training and not any(weight.requires_grad for weight in fresh.model.parameters())
    assert fresh.task == task and "fresh head" in fresh.source and fresh.revision is None


def test_the_seed_makes_the_head(base):
    torch.manual_seed(1)
    first, again = (weights(new_head(base, ["a", "b", "c"], seed=3)) for _ in range(2))
    other = weights(new_head(base, ["a", "b", "c"], seed=4))
    assert same(first, again)
    assert {name for name in first if not torch.equal(first[name], other[name])} == {
        "classifier.dense.weight", "classifier.out_proj.weight"
    }  # fmt: skip


def test_the_journeys_take_a_fresh_head_at_once(base):
    found = classify(new_head(base, ["meow", "woof", "moo"]), TEXTS)
    assert {label.label for label in found[0].ranked} == {"meow", "woof", "moo"}
    assert found[0].function == "softmax" and all(each.probabilities.sum() == pytest.approx(1) for each in found)
    assert answer(new_span_head(base), QUESTIONS[0], CONTEXTS[0]).spans[0].text in CONTEXTS[0]


def test_texts_become_the_tokenizer_s_ids_and_labels_the_head_s_numbers(base):
    fresh = new_head(base, ["woof", "meow"])
    named = text_examples(fresh, TEXTS, NAMES)
    assert list(named.rows) == base.tokenizer(TEXTS)["input_ids"]
    assert named.targets.tolist() == [[1]] * 4 + [[0]] * 4 and len(named) == 8 and "8 examples" in repr(named)
    for numbers in ([1] * 4 + [0] * 4, np.array([1] * 4 + [0] * 4)):
        assert torch.equal(text_examples(fresh, TEXTS, numbers).targets, named.targets)


def test_the_marked_tokens_spell_the_answer(base):
    made = span_examples(new_span_head(base), QUESTIONS, CONTEXTS, ANSWERS)
    read = base.tokenizer(QUESTIONS, CONTEXTS)
    assert list(made.rows) == read["input_ids"]
    for number, (context, said) in enumerate(zip(CONTEXTS, ANSWERS, strict=True)):
        start = context.index(said)
        theirs = [read.char_to_token(number, place, 1) for place in (start, start + len(said) - 1)]
        assert made.targets[number].tolist() == theirs
        first, last = theirs
        assert base.tokenizer.decode(made.rows[number][first : last + 1]).strip() == said


@pytest.mark.parametrize("task", ROBERTA)
def test_the_choices_are_transformers_own_logits(base, task):
    fresh = tiny_head(base, task)
    learned, _ = examples(fresh)
    ids, mask = pad(list(learned.rows), base.tokenizer.pad_token_id)
    assert (mask == 0).any()
    theirs = fresh.model(ids, attention_mask=mask)
    ours = _choose(fresh.model.base_model(ids, attention_mask=mask).last_hidden_state, ids, mask, fresh)
    if isinstance(fresh.model, RobertaForSequenceClassification):
        assert_close(ours[:, 0], theirs.logits, rtol=0, atol=1e-10)
    else:
        assert isinstance(fresh.model, RobertaForQuestionAnswering)
        for number, logits in enumerate((theirs.start_logits, theirs.end_logits)):
            assert_close(ours[:, number][mask == 1], logits[mask == 1], rtol=0, atol=1e-10)
            assert (ours[:, number][mask == 0] < -1e300).all()


@pytest.mark.parametrize(
    "labels, error, message",
    [
        ([], ValueError, r"labels are \[\]; telling apart needs at least two"),
        (["a"], ValueError, r"labels are \['a'\]; telling apart"),
        (["a", "b", "a"], ValueError, "the label 'a' is there 2 times; give each once"),
        (["a", " "], ValueError, "label 1 is ' '; give a name of at least one letter"),
        (["a", 3], TypeError, "label 1 is 3; give a name, which is a string"),
        ("ab", TypeError, "labels are the str 'ab'; give a list, in the logits' order"),
        ({"pos": 1, "neg": 0}, TypeError, "labels are the dict {'pos': 1, 'neg': 0}; give a list"),
        ({"a"}, TypeError, "labels are the set {'a'}; give a list"),
    ],
)
def test_labels_that_no_head_can_have(base, labels, error, message):
    with pytest.raises(error, match=message):
        new_head(base, labels)


@pytest.mark.parametrize(
    "texts, labels, error, message",
    [
        ([], [], ValueError, "the list of texts is empty; give at least one text"),
        (TEXTS, NAMES[:7], ValueError, "there are 8 texts and 7 labels; give one for each, in the same order"),
        ([*TEXTS[:7], " "], NAMES, ValueError, "text 7 of the list is blank; type at least one word"),
        ([*TEXTS[:7], None], NAMES, TypeError, "text 7 of the list must be a string"),
        ([*TEXTS[:7], "a </s> b"], NAMES, ValueError, "special token"),
        ([*TEXTS[:7], "cat " * 40], NAMES, ValueError, "reads at most 32; shorten it"),
        (TEXTS, ["meow"] * 7 + ["moo"], ValueError, "label 7 is 'moo'; the head has the names meow, woof"),
        (TEXTS, ["meow", "woof", "moo"] * 2 + NAMES[:2], ValueError,
         "the labels name 3 classes and the head has 2; make one for all: new_head"),
        (TEXTS, [0] * 7 + [2], ValueError, "label 7 is 2; the head has the numbers 0 to 1"),
        (TEXTS, [-1] + [0] * 7, ValueError, "label 0 is -1; the head has the numbers 0 to 1"),
        (TEXTS, [0.5] * 8, TypeError, "label 0 is 0.5; give one of the head's names, or its number"),
        (TEXTS, [True] * 8, TypeError, "label 0 is True"),
    ],
)  # fmt: skip
def test_bad_labelled_texts(base, texts, labels, error, message):
    with pytest.raises(error, match=message):
        text_examples(new_head(base, ["meow", "woof"]), texts, labels)


@pytest.mark.parametrize(
    "questions, contexts, answers, message",
    [
        ([], [], [], "questions: the list of texts is empty"),
        (QUESTIONS, [*CONTEXTS[:3], ""], ANSWERS, "contexts: text 3 of the list is empty"),
        (QUESTIONS, CONTEXTS[:3], ANSWERS, "there are 4 questions and 3 contexts; give one for each"),
        (QUESTIONS, CONTEXTS, ANSWERS[:3], "there are 4 questions and 3 answers"),
        (["who"], ["the cat sat"], ["dog"], "answer 0, 'dog', is not in its context; it must be there once"),
        (["who"], ["the cat sat by the cat"], ["cat"], "answer 0, 'cat', is 2 times in its context"),
        (["who"], ["the cat sat"], [" "], "answers: the text is blank"),
        (["who"], ["cat " * 40 + "dog"], ["dog"], "context 0 does not fit into one window"),
        (["who </s>"], ["the cat sat"], ["cat"], "special token"),
    ],
)
def test_bad_questions(base, questions, contexts, answers, message):
    with pytest.raises(ValueError, match=message):
        span_examples(new_span_head(base), questions, contexts, answers)


def test_examples_are_made_for_the_right_head(base):
    with pytest.raises(ValueError, match="this checkpoint is for question-answering; labelled texts need one from"):
        text_examples(new_span_head(base), TEXTS, NAMES)
    with pytest.raises(ValueError, match="this checkpoint is for text-classification; questions need one from"):
        span_examples(new_head(base, ["a", "b"]), QUESTIONS, CONTEXTS, ANSWERS)


def test_a_head_whose_labels_may_be_true_together_is_refused(base):
    several = new_head(base, ["a", "b"])
    several.model.config.problem_type = "multi_label_classification"
    with pytest.raises(ValueError, match="the labels of this head do not exclude one another; make one that chooses"):
        text_examples(several, TEXTS, [0] * 8)
