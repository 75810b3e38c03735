"""Whole numbers: of every library, by name; truths are none. Every call takes the same ones."""

import numpy as np
import pytest
import torch

from encoder_lab import answer, classify, fill_mask, top_choices
from encoder_lab.few_shot import draw_examples, fine_tune
from encoder_lab.interventions import heads_off, integrated_gradients, logit_lens, patch, watch
from encoder_lab.metrics import bootstrap_interval
from encoder_lab.probabilities import best_spans, label_probabilities, null_margin, span_grid
from encoder_lab.whole import whole_number
from encoder_lab.windows import cut_windows

ONES = [1, np.int64(1), np.uint8(1), torch.tensor(1)]
OTHERS = [True, np.True_, torch.tensor(True), 1.0, np.float64(1), "1", None, [1], torch.tensor([1, 1])]
HALVES = torch.full((1, 2), 0.5)


@pytest.mark.parametrize("one", ONES, ids=repr)
def test_whole_numbers_of_every_library(one):
    found = whole_number("count", one, least=1)
    assert found == 1 and type(found) is int


@pytest.mark.parametrize("other", OTHERS, ids=repr)
def test_everything_else_is_refused(other):
    with pytest.raises(TypeError, match="^count must be a whole number; this is "):
        whole_number("count", other)


def test_the_smallest_is_named():
    with pytest.raises(ValueError, match="count is 1; it must be 2 or more"):
        whole_number("count", np.int64(1), least=2)


CALLS = {
    "fill_mask top_k": lambda ck, n: fill_mask(ck("fill-mask"), "[MASK]!", top_k=n),
    "answer top_k": lambda ck, n: answer(ck("question-answering"), "Who?", "Anna sang.", top_k=n),
    "answer max_answer_len": lambda ck, n: answer(ck("question-answering"), "Who?", "Anna sang.", max_answer_len=n),
    "answer max_question_len": lambda ck, n: answer(ck("question-answering"), "Who?", "Anna sang.", max_question_len=n),
    "answer doc_stride": lambda ck, n: answer(ck("question-answering"), "Who?", "Anna sang.", doc_stride=n),
    "cut_windows": lambda ck, n: cut_windows(ck("question-answering").tokenizer, "Who?", "Anna sang.", doc_stride=n),
    "classify top_k": lambda ck, n: classify(ck("text-classification"), "Thanks.", top_k=n),
    "watch mask": lambda ck, n: watch(ck("fill-mask"), "[MASK] and [MASK]", mask=n),
    "heads_off": lambda ck, n: heads_off(ck("fill-mask"), [(n, 0)]),
    "patch": lambda ck, n: patch(ck("fill-mask"), watch(ck("fill-mask"), "[MASK]!"), "[MASK]?", places=[(n, n)]),
    "integrated_gradients": lambda ck, n: integrated_gradients(
        ck("fill-mask"), watch(ck("fill-mask"), "[MASK]!"), steps=n
    ),
    "logit_lens": lambda ck, n: logit_lens(ck("fill-mask"), "[MASK]!", top_k=n),
    "windows": lambda ck, n: cut_windows(
        ck("question-answering").tokenizer, "Who?", "Anna sang. " * 20, max_seq_len=40, doc_stride=9
    )[n],
    "layers": lambda ck, n: fill_mask(ck("fill-mask"), "[MASK]!").trace.layers[n],
    "fine_tune": lambda ck, n: fine_tune(ck("fill-mask"), ["good", "bad"], ["a", "b"], seed=0, steps=n),
    "draw_examples": lambda ck, n: draw_examples(["a", "b"], n, 0),
    "bootstrap_interval": lambda ck, n: bootstrap_interval(np.mean, 5, draws=n),
    "top_choices": lambda ck, n: top_choices(HALVES, n),
    "span_grid": lambda ck, n: span_grid(HALVES[0], HALVES[0], n),
    "best_spans": lambda ck, n: best_spans(torch.eye(2), n),
    "null_margin": lambda ck, n: null_margin(HALVES, HALVES, HALVES > 0, n),
    "label_probabilities": lambda ck, n: label_probabilities(torch.zeros(1, 1, 3), n, 0, True),
}


@pytest.mark.parametrize("call", CALLS)
def test_every_call_takes_the_same_whole_numbers(bundled_checkpoint, call):
    for one in ONES:
        CALLS[call](bundled_checkpoint, one)
    for truth in (True, np.True_):
        with pytest.raises(TypeError, match="whole number"):
            CALLS[call](bundled_checkpoint, truth)
