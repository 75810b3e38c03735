"""Softmax, sigmoid, the ranking of a vocabulary, spans and the labels of zero-shot classification."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close
from transformers import BartForSequenceClassification, pipeline

from encoder_lab.probabilities import (
    best_spans,
    label_probabilities,
    null_margin,
    sigmoid,
    softmax,
    span_grid,
    span_probabilities,
    top_choices,
)
from tests.families import WIDTH, byte_pairs, tiny

EXACT = {"rtol": 0, "atol": 1e-10}

logits = st.lists(st.floats(-30, 30), min_size=1, max_size=11)


def test_softmax_by_hand():
    assert_close(softmax(torch.tensor([0.0, math.log(3.0)])), torch.tensor([0.25, 0.75]))


def test_temperature_sharpens_below_one_and_flattens_above():
    assert_close(softmax(torch.tensor([0.0, math.log(3.0)]), 0.5), torch.tensor([0.1, 0.9]))
    assert_close(softmax(torch.tensor([0.0, math.log(9.0)]), 2.0), torch.tensor([0.25, 0.75]))


@given(logits, st.floats(0.1, 10))
def test_softmax_sums_to_one_and_keeps_the_order(values, temperature):
    x = torch.tensor(values, dtype=torch.float64)
    found = softmax(x, temperature)
    assert abs(found.sum().item() - 1) < 1e-12
    assert found.argmax() == x.argmax() or found.max() == found[x.argmax()]


@given(logits)
def test_a_constant_added_to_all_logits_changes_nothing(values):
    x = torch.tensor(values, dtype=torch.float64)
    assert_close(softmax(x + 5), softmax(x), rtol=0, atol=1e-12)


def test_sigmoid_by_hand():
    assert_close(sigmoid(torch.tensor([0.0, math.log(3.0)])), torch.tensor([0.5, 0.75]))


@pytest.mark.parametrize("temperature", [0, -1, float("nan")])
def test_bad_temperature(temperature):
    with pytest.raises(ValueError, match="it must be above 0"):
        softmax(torch.zeros(3), temperature)


def test_top_choices_are_ranked_and_keep_the_whole_vocabularys_probabilities():
    x = torch.tensor([[0.0, math.log(2.0), math.log(5.0)]])
    ids, found = top_choices(x, 2)
    assert ids.tolist() == [[2, 1]]
    assert_close(found, torch.tensor([[0.625, 0.25]]))
    ids, found = top_choices(x, 3, among=torch.tensor([0, 1]))
    assert ids.tolist() == [[1, 0]]
    assert_close(found, torch.tensor([[0.25, 0.125]]))


@pytest.mark.parametrize("top_k", [0, -3, 6])
def test_top_k_out_of_range(top_k):
    with pytest.raises(ValueError, match=f"top_k is {top_k}; it must be from 1 to 5, the size of the vocabulary"):
        top_choices(torch.zeros(1, 5), top_k)


@pytest.mark.parametrize("top_k", [2.0, "2", None, True])
def test_top_k_that_is_no_whole_number(top_k):
    with pytest.raises(TypeError, match="top_k must be a whole number"):
        top_choices(torch.zeros(1, 5), top_k)


# Windows of T = 7 tokens: the first stands for no answer, 1 and 6 are not the context's.
START = [1.0, 9.0, 0.5, 2.0, -1.0, 1.5, 8.0]
END = [0.5, 9.0, -1.0, 1.0, 2.5, 3.0, 8.0]
ALLOWED = [True, False, True, True, True, True, False]


def float64(*rows) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float64)


@st.composite
def windows(draw):
    """Draw logits of one to three windows, which tokens are allowed, and a longest answer."""
    count, size = draw(st.integers(1, 3)), draw(st.integers(1, 11))
    rows = st.lists(st.lists(st.floats(-9, 9), min_size=size, max_size=size), min_size=count, max_size=count)
    allowed = torch.tensor(draw(st.lists(st.booleans(), min_size=count * size, max_size=count * size)))
    allowed = allowed.view(count, size)
    allowed[:, 0] = True
    return float64(*draw(rows)), float64(*draw(rows)), allowed, draw(st.integers(1, 13))


def test_span_probabilities_by_hand():
    start, end = span_probabilities(
        float64([0.0, math.log(3.0), 9.0], [math.log(2.0), 9.0, 0.0]),
        float64([math.log(4.0), 0.0, 9.0], [0.0, 9.0, 0.0]),
        torch.tensor([[True, True, False], [True, False, True]]),
    )
    assert_close(start, float64([0.25, 0.75, 0], [2 / 3, 0, 1 / 3]))
    assert_close(end, float64([0.8, 0.2, 0], [0.5, 0, 0.5]))


def test_span_grid_by_hand():
    grid = span_grid(float64(0.1, 0.2, 0.3, 0.4), float64(0.4, 0.3, 0.2, 0.1), 2)
    assert_close(grid, float64([0, 0, 0, 0], [0, 0.06, 0.04, 0], [0, 0, 0.06, 0.03], [0, 0, 0, 0.04]))


def test_the_best_spans_are_those_of_transformers_4():
    """The numbers are what `select_starts_ends` of `transformers` 4.57.6 gives."""
    start, end = span_probabilities(float64(START), float64(END), torch.tensor([ALLOWED]))
    assert_close(start[0, 0] * end[0, 0], torch.tensor(0.007293743834090307, dtype=torch.float64), **EXACT)
    starts, ends, found = best_spans(span_grid(start[0], end[0], 2), 4)
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == [(3, 4), (5, 5), (3, 3), (4, 5)]
    assert_close(found, float64(0.14649876, 0.14649876, 0.03268829, 0.01202535), rtol=0, atol=1e-8)


def test_equal_spans_come_by_start_then_by_end():
    grid = float64([0, 0, 0, 0], [0, 0, 0.25, 0.25], [0, 0.25, 0.5, 0], [0, 0, 0, 0.25])
    starts, ends, found = best_spans(grid, 9)
    assert starts.tolist() == [2, 1, 1, 2, 3] and ends.tolist() == [2, 2, 3, 1, 3]
    assert found.tolist() == [0.5, 0.25, 0.25, 0.25, 0.25]
    assert [each.tolist() for each in best_spans(grid, 2)] == [[2, 1], [2, 2], [0.5, 0.25]]


def test_a_window_without_context_has_no_span():
    start, end = span_probabilities(float64(START), float64(END), torch.tensor([[True] + [False] * 6]))
    assert [each.tolist() for each in best_spans(span_grid(start[0], end[0], 15), 3)] == [[], [], []]


def test_null_margin_by_hand():
    allowed = torch.tensor([ALLOWED, ALLOWED, [True] + [False] * 6])
    found = null_margin(float64(START, START, START), float64(END, [0.5, 9, 3.5, 1, 2.5, 3, 8], END), allowed, 2)
    # 1 + 0.5 - (2 + 2.5), and the same since 2..3 ends with 1 and 3..2 runs backwards; the third has no span
    assert found.tolist() == [-3.0, -3.0, math.inf]
    longer = null_margin(float64(START), float64(END), allowed[:1], 3)
    assert longer.tolist() == [1.5 - (2.0 + 3.0)]


@given(windows())
def test_spans_and_margins_are_those_found_one_by_one(drawn):
    start, end, allowed, longest = drawn
    margins = null_margin(start, end, allowed, longest).tolist()
    shares = span_probabilities(start, end, allowed)
    for window in range(len(start)):
        s, e, may = start[window].tolist(), end[window].tolist(), allowed[window].tolist()
        sums = {}
        for i in range(1, len(s)):
            for j in range(1, len(s)):
                if may[i] and may[j] and 0 <= j - i < longest:
                    sums[i, j] = s[i] + e[j]
        expected = s[0] + e[0] - max(sums.values()) if sums else math.inf
        assert margins[window] == pytest.approx(expected, rel=0, abs=1e-12)

        whole = sum(math.exp(x) for x, a in zip(s, may, strict=True) if a)
        whole *= sum(math.exp(x) for x, a in zip(e, may, strict=True) if a)
        found = span_grid(shares[0][window], shares[1][window], longest)
        for i in range(len(s)):
            for j in range(len(s)):
                probability = math.exp(sums[i, j]) / whole if (i, j) in sums else 0
                assert found[i, j].item() == pytest.approx(probability, rel=0, abs=1e-12)


@given(windows(), st.integers(1, 20))
def test_spans_lie_inside_the_context_are_short_enough_and_ranked(drawn, top_k):
    start, end, allowed, longest = drawn
    shares = span_probabilities(start, end, allowed)
    assert_close(shares[0].sum(dim=1), torch.ones_like(start[:, 0]), **EXACT)
    for window in range(len(start)):
        grid = span_grid(shares[0][window], shares[1][window], longest)
        starts, ends, found = best_spans(grid, top_k)
        assert len(starts) == len(ends) == len(found) == min(top_k, int((grid > 0).sum()))
        assert bool((starts > 0).all()) and bool(allowed[window, starts].all() and allowed[window, ends].all())
        assert bool(((ends >= starts) & (ends - starts < longest)).all())
        assert found.tolist() == grid.flatten().sort(descending=True).values[: len(found)].tolist()
        assert torch.equal(grid[starts, ends], found)


def test_label_probabilities_by_hand():
    logits = float64([[0.0, 9.0, math.log(3.0)], [math.log(3.0), -9.0, 0.0]])  # contradiction, neutral, entailment
    assert_close(label_probabilities(logits, 2, 0, False), float64([0.75, 0.25]))
    assert_close(label_probabilities(logits, 2, 0, True), float64([0.75, 0.25]))
    assert_close(label_probabilities(logits, 0, 2, True), float64([0.25, 0.75]))
    assert_close(label_probabilities(logits[:, 1:], 2, 0, False), float64([0.25]))  # one label: by itself
    assert_close(label_probabilities(logits[:, [0, 0]], 2, 0, True), float64([0.75, 0.75]))
    assert_close(label_probabilities(logits[:, [0, 0]], 2, 0, False), float64([0.5, 0.5]))


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("names", ["contradiction neutral entailment", "entailment neutral contradiction"])
def test_label_probabilities_are_the_pipelines(names, multi_label):
    tokenizer = byte_pairs()
    model = tiny(BartForSequenceClassification, len(tokenizer))
    model.classification_head.out_proj = nn.Linear(WIDTH, 3).double().requires_grad_(False)
    places = {name: place for place, name in enumerate(names.split())}
    model.config.num_labels, model.config.label2id = 3, places
    theirs = pipeline("zero-shot-classification", model=model, tokenizer=tokenizer)
    text = "the cat sat by the river"
    for labels in (["bank"], ["bank", "dog"], ["a dog", "the river", "hello", "cat", "bank"]):
        pairs = [tokenizer(text, f"This example is {label}.", return_tensors="pt") for label in labels]
        logits = torch.stack([model(**pair, use_cache=False).logits[0] for pair in pairs])[None]  # (1, C, 3)
        found = label_probabilities(logits, places["entailment"], places["contradiction"], multi_label)
        expected = theirs(text, candidate_labels=labels, multi_label=multi_label)
        expected = dict(zip(expected["labels"], expected["scores"], strict=True))
        assert dict(zip(labels, found[0].tolist(), strict=True)) == pytest.approx(expected, rel=0, abs=1e-6)


ROWS, ONE = torch.zeros(2, 5), torch.zeros(5)
ALL = torch.ones(2, 5, dtype=torch.bool)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: span_probabilities(ROWS, ROWS[:1], ALL), ValueError, r"end is \(1, 5\) and .* must be \(W, T\)"),
        (lambda: span_probabilities(ONE, ONE, ALL[0]), ValueError, r"start is \(5,\), .* must be \(W, T\)"),
        (lambda: span_probabilities(ROWS, ROWS, ROWS), TypeError, "allowed is torch.float32; it must be torch.bool"),
        (lambda: span_probabilities(ROWS, ROWS, ~ALL), ValueError, "a window has no token that is allowed"),
        (lambda: span_grid(ROWS, ROWS, 3), ValueError, r"start is \(2, 5\) .* one window needs \(T,\) twice"),
        (lambda: span_grid(ONE, ONE[1:], 3), ValueError, r"end is \(4,\); one window needs \(T,\) twice"),
        (lambda: span_grid(ONE, ONE, 0), ValueError, "max_answer_len is 0; it must be 1 or more"),
        (lambda: span_grid(ONE, ONE, 1.5), TypeError, "max_answer_len must be a whole number; this is 1.5"),
        (lambda: best_spans(ROWS, 1), ValueError, r"the grid is \(2, 5\); it must be \(T, T\)"),
        (lambda: best_spans(ROWS[:, :2], 0), ValueError, "top_k is 0; it must be 1 or more"),
        (lambda: best_spans(ROWS[:, :2], True), TypeError, "top_k must be a whole number; this is True"),
        (lambda: null_margin(ROWS, ROWS, ALL[:, 1:], 3), ValueError, r"allowed is \(2, 4\); all three"),
        (lambda: null_margin(ROWS, ROWS, ALL, -1), ValueError, "max_answer_len is -1; it must be 1 or more"),
        (lambda: label_probabilities(ROWS, 2, 0, False), ValueError, r"logits are \(2, 5\); they must be \(B, C, N\)"),
        (lambda: label_probabilities(ROWS[None, :, :1], 1, 0, True), ValueError, r"logits are \(1, 2, 1\); they must"),
        (lambda: label_probabilities(ROWS[None, :, :3], 3, 0, False), ValueError, "entailment is 3; it must be from 0"),
        (lambda: label_probabilities(ROWS[None, :, :3], 2, -1, True), ValueError, "contradiction is -1; it must be fr"),
        (lambda: label_probabilities(ROWS[None, :, :3], 1, 1, True), ValueError, "both 1; they must be two different"),
        (lambda: label_probabilities(ROWS[None, :, :3], "2", 1, True), TypeError, "entailment must be a whole number"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()
