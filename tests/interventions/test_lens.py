"""The lens: the model's own head on every hidden state, and at the last one the model's answer."""

import math

import pytest
import torch
from torch.testing import assert_close

from encoder_lab.forward import answer, fill_mask
from encoder_lab.interventions import logit_lens, span_lens
from tests.families import DEPTH, VOCABULARY
from tests.interventions.conftest import EXACT


def test_every_reading_is_that_of_the_models_head_and_the_last_is_the_answer(every_case):
    checkpoint = every_case["fill-mask"].checkpoint
    text = "the [MASK] sat by the [MASK]"
    found = logit_lens(checkpoint, text, top_k=5)
    states = checkpoint.model(found.tokens.ids, output_hidden_states=True).hidden_states
    for depth, state in enumerate(states):
        probabilities = checkpoint.model.cls(state)[0].softmax(dim=-1)
        best = probabilities.topk(5)
        assert_close(found.probabilities[depth], best.values, **EXACT, msg=f"hidden state {depth}")
        assert torch.equal(found.ids[depth], best.indices)
        assert_close(found.entropy[depth], -(probabilities * probabilities.log()).sum(dim=-1), **EXACT)
    result = fill_mask(checkpoint, text)
    for position, choices in zip(result.positions, result.choices, strict=True):
        assert found.ids[-1, position].tolist() == [choice.token_id for choice in choices]
        assert list(found.words[-1][position]) == [choice.string for choice in choices]
        for mine, choice in zip(found.probabilities[-1, position].tolist(), choices, strict=True):
            assert abs(mine - choice.probability) < 1e-10
    assert found.entropy.max() <= math.log(VOCABULARY)


def test_the_bundled_lens_ends_in_the_bundled_answer(fill_mask_checkpoint):
    found = logit_lens(fill_mask_checkpoint, "The old bank stood by the [MASK].")
    choices = fill_mask(fill_mask_checkpoint, "The old bank stood by the [MASK].", top_k=3).choices[0]
    position = found.tokens.strings[0].index("[MASK]")
    assert found.words[-1][position] == tuple(choice.string for choice in choices)
    assert len(found.words) == 7


def test_the_span_lens_is_the_models_head_and_ends_in_the_answer(every_case):
    case = every_case["question-answering"]
    found = span_lens(case.checkpoint, *case.text)
    states = case.checkpoint.model(found.tokens.ids, output_hidden_states=True).hidden_states
    for depth, state in enumerate(states):
        logits = case.checkpoint.model.qa_outputs(state)[0]
        assert_close(found.start_logits[depth], logits[:, 0], **EXACT, msg=f"hidden state {depth}")
        assert_close(found.end_logits[depth], logits[:, 1], **EXACT, msg=f"hidden state {depth}")
        inside = (found.tokens.sides[0] == 1).nonzero().squeeze(-1).tolist()
        spans = [(logits[a, 0] + logits[b, 1], a, b) for a in inside for b in inside if 0 <= b - a < 15]
        assert (found.spans[depth].first, found.spans[depth].last) == max(spans)[1:], f"hidden state {depth}"
    assert len({(span.first, span.last) for span in found.spans}) > 1
    result = answer(case.checkpoint, *case.text, align_to_words=False)
    last, best = found.spans[-1], result.spans[0]
    assert (last.text, last.start, last.end, last.first, last.last) == (
        best.text, best.start, best.end, best.first, best.last
    )  # fmt: skip
    assert abs(last.score - best.score) < 1e-10 and abs(found.null_scores[-1].item() - result.null_score) < 1e-10
    assert len(found.spans) == DEPTH + 1


def test_another_task_or_more_than_one_text_is_refused(every_case):
    bert, roberta = every_case["fill-mask"].checkpoint, every_case["question-answering"].checkpoint
    with pytest.raises(ValueError, match=r"for question-answering; logit_lens needs load\('fill-mask'\)"):
        logit_lens(roberta, "the cat")
    with pytest.raises(ValueError, match=r"for fill-mask; span_lens needs load\('question-answering'\)"):
        span_lens(bert, "the", "cat")
    with pytest.raises(TypeError, match="one text is read at a time"):
        logit_lens(bert, ["the cat"])
    with pytest.raises(TypeError, match="one text is read at a time"):
        span_lens(roberta, "the", ["cat"])
    with pytest.raises(ValueError, match="top_k is 0"):
        logit_lens(bert, "the cat", 0)
