"""What `answer` does where the pipeline is no guide: padding on the left, answers of spaces, truths that are none."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from encoder_lab import answer, zero_shot

QUESTION, CONTEXT = "the cat?", "hello    the cat sat by the river bank"


@pytest.fixture(scope="module")
def tiny_one(new_tiny):
    return new_tiny("question-answering")


def test_the_question_stands_first_whichever_side_the_tokenizer_pads(tiny_one):
    left = replace(tiny_one, tokenizer=copy.deepcopy(tiny_one.tokenizer))
    left.tokenizer.padding_side = "left"
    contexts = [CONTEXT, "the dog"]
    for ours, theirs in zip(answer(left, QUESTION, contexts), answer(tiny_one, QUESTION, contexts), strict=True):
        assert torch.equal(ours.start_logits, theirs.start_logits) and ours.as_pipeline() == theirs.as_pipeline()
        assert ours.windows[0].roles[1] == "question"


def test_a_token_of_nothing_but_space_is_an_empty_answer(tiny_one):
    spans = answer(tiny_one, QUESTION, CONTEXT, top_k=400, align_to_words=False).spans
    empty = [span for span in spans if span.text == ""]
    assert empty and all(span.start == span.end and CONTEXT[span.start - 1] == " " for span in empty)


@pytest.mark.parametrize("value", ["False", 0, 1, None, "yes", []])
@pytest.mark.parametrize("name", ["handle_impossible_answer", "align_to_words"])
def test_a_truth_is_true_or_false(tiny_one, name, value):
    with pytest.raises(TypeError, match=f"{name} must be True or False; this is "):
        answer(tiny_one, QUESTION, CONTEXT, **{name: value})


def test_numpy_s_truths_are_taken(tiny_one, nli):
    found = answer(tiny_one, QUESTION, CONTEXT, top_k=2, handle_impossible_answer=np.True_)
    assert found.handle_impossible_answer is True
    assert zero_shot(nli, "the cat", ["a", "b"], multi_label=np.False_).multi_label is False
