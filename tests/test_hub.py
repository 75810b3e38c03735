"""The original checkpoints give what they gave before (the table of what the originals printed), through our stages.

They need huggingface.co: where it cannot be reached, each of these is skipped and says so.
"""

import functools
import socket

import pytest
import torch

from encoder_lab import classify, fill_mask, load, softmax, span_head, trace, zero_shot
from recipes.originals import EMOTIONS, FILL_MASK, PREMISE, TOPICS

pytestmark = pytest.mark.hub


@functools.cache
def why_not() -> str | None:
    """Say why the hub cannot be reached, or None if it can."""
    try:
        socket.create_connection(("huggingface.co", 443), timeout=5).close()
    except OSError as error:
        return f"the hub cannot be reached ({error}), so the original checkpoints are NOT checked"
    return None


@functools.cache
def original(task: str):
    """Load one original, once; skip where the hub is out of reach."""
    if reason := why_not():
        pytest.skip(reason)
    return load(task, "hub")


def close(found: float, printed: float) -> bool:
    """1e-4 absolute and 1 % relative, as float32 on a CPU allows."""
    return abs(found - printed) <= max(1e-4, 0.01 * printed)


def check_choices(result, ids) -> None:
    """Hold the choices for one mask to what the original printed."""
    assert [c.token_id for c in result.choices[0]] == ids
    for choice, (string, printed) in zip(result.choices[0], FILL_MASK[result.text], strict=True):
        assert choice.string == string
        assert close(choice.probability, printed), string


def test_row_1_fill_mask():
    result = fill_mask(original("fill-mask"), "Hello, Mr. Bert! How is it [MASK]")
    check_choices(result, [1029, 999, 1012, 1025, 2133])
    assert result.choices[0][0].sequence == "hello, mr. bert! how is it?"


def test_row_2_every_stage_of_fill_mask():
    result = fill_mask(original("fill-mask"), "Say [MASK]!")
    tokens = result.trace.tokens
    assert tokens.ids.tolist() == [[101, 2360, 103, 999, 102]]
    assert tokens.strings == (("[CLS]", "say", "[MASK]", "!", "[SEP]"),)
    assert result.positions == (2,)
    assert result.trace.hidden_states[0].shape == result.trace.hidden_states[-1].shape == (1, 5, 768)
    assert result.head.logits.shape == (1, 5, 30522)
    best = softmax(result.head.logits[0]).max(dim=-1)
    assert best.indices.tolist() == [1012, 2360, 2009, 999, 1012]
    assert all(close(p, q) for p, q in zip(best.values.tolist(), [0.0358, 0.8322, 0.3312, 0.9999, 0.9998], strict=True))
    check_choices(result, [2009, 2748, 2242, 2053, 7592])
    assert result.choices[0][0].sequence == "say it!"


def test_row_3_question_answering():
    checkpoint = original("question-answering")
    context = (
        "The option to convert models between FARM and transformers gives freedom to the user and let people easily "
        "switch between frameworks."
    )
    way = trace(checkpoint, "Why is model conversion important?", context)
    head = span_head(way.hidden_states[-1], checkpoint.model)
    shut = way.tokens.sides != 1
    shut[:, 0] = False  # the first token stands for "no answer"
    start, end = (softmax(x.masked_fill(shut, -10000.0))[0] for x in (head.start, head.end))
    start[0] = end[0] = 0
    size = len(start)
    valid = torch.ones(size, size).triu().tril(14)  # start <= end, at most 15 tokens
    grid = start[:, None] * end[None] * valid
    first, last = divmod(int(grid.argmax()), size)
    spans = way.tokens.spans[0]
    assert (int(spans[first, 0]), int(spans[last, 1])) == (59, 84)
    assert context[59:84] == "gives freedom to the user"
    assert close(grid.max().item(), 0.21171)


def test_row_4_the_span_head_is_one_dense_layer():
    layer = original("question-answering").model.qa_outputs
    assert (layer.in_features, layer.out_features) == (768, 2)


@pytest.mark.parametrize("text", EMOTIONS)
def test_rows_5_to_7_text_classification(text):
    label, printed = EMOTIONS[text]
    (best,) = classify(original("text-classification"), text, top_k=1).ranked
    assert best.label == label
    assert close(best.probability, printed)


def test_row_8_the_classification_head():
    head = original("text-classification").model.classifier
    assert (head.dense.in_features, head.dense.out_features) == (768, 768)
    assert (head.out_proj.in_features, head.out_proj.out_features) == (768, 28)


def test_row_9_zero_shot():
    found = zero_shot(original("zero-shot-classification"), PREMISE, ["travel", "cooking", "dancing"])
    assert [each.label for each in found.ranked] == list(TOPICS)
    assert all(close(each.probability, TOPICS[each.label]) for each in found.ranked)
