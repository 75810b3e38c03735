"""Wrong answers to notebook 04's exercises, and what is said about them."""

import pytest
import torch

from encoder_lab import answer
from encoder_lab.exercises import check
from encoder_lab.exercises.notebook_04 import TASK
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse, slip


def test_masked_starts():
    given = given_to("masked_starts")
    logits, roles = given["start_logits"], given["roles"]
    allowed = torch.tensor([role in ("no answer", "context") for role in roles])
    context = torch.tensor([role == "context" for role in roles])
    refuse("masked_starts", logits.softmax(-1), "belongs to the question; it must have 0")  # mask forgotten
    refuse("masked_starts", (logits * allowed).softmax(-1), "it must have 0")  # logits of 0
    refuse("masked_starts", logits.masked_fill(~context, -1e4).softmax(-1), "no answer")  # first token shut out too
    refuse("masked_starts", logits.softmax(-1) * allowed, "sum to")  # masked after the softmax
    refuse("masked_starts", logits.masked_fill(~allowed, -1e4), "it must have 0")  # no softmax
    refuse("masked_starts", logits.masked_fill(~allowed, -1e4).softmax(-1)[allowed], "(5,); one of shape (10,)")
    refuse("masked_starts", logits.masked_fill(~allowed, -1e4).softmax(-1).softmax(-1), "it must have 0")  # twice
    separators = torch.tensor([role == "separator" for role in roles])
    refuse("masked_starts", logits.masked_fill(separators, -1e4).softmax(-1), "belongs to the question")
    refuse("masked_starts", (logits / 2).masked_fill(~allowed, -1e4).softmax(-1), "which is too")
    assert check.masked_starts(logits.masked_fill(~allowed, -torch.inf).softmax(-1)).status == RIGHT


def test_best_span():
    given = given_to("best_span")
    start, end, longest = given["start"], given["end"], given["longest"]
    grid = torch.outer(start, end)
    size = len(start)

    def largest(cells):
        return divmod(int(cells.argmax()), size)

    rest = grid[1:, 1:]
    refuse("best_span", (int(start.argmax()), int(end.argmax())), "ends before it starts")  # each arg-max alone
    refuse("best_span", largest(grid), "ends before it starts")  # the same, by the grid
    refuse("best_span", largest(grid.triu()), '"no answer"')  # token 0 not left out
    for cells in (rest.triu(), rest.triu().tril(longest)):  # length forgotten, or one too many
        first, last = divmod(int(cells.argmax()), size - 1)
        refuse("best_span", (first + 1, last + 1), "4 tokens; at most 3")
    first = int(start[1:].argmax()) + 1
    refuse("best_span", (first, first + int(end[first:].argmax())), "another possible one has more")  # start first
    last = int(end[1:].argmax()) + 1
    refuse("best_span", (int(start[1 : last + 1].argmax()) + 1, last), "another possible one")  # end first
    right = reference("best_span")
    refuse("best_span", (right[0], right[1] + 1), "another possible one")  # end taken for the token after
    refuse("best_span", right[::-1], "ends before it starts")
    refuse("best_span", (1, 8), "from 0 to 7")
    refuse("best_span", right[0], "Two whole numbers")
    assert str(right) not in refuse("best_span", (6, 7))
    assert check.best_span(torch.tensor(right)).status == RIGHT


@pytest.mark.parametrize("trained", [True, False])
def test_null_margin(trained, tiny_checkpoint, monkeypatch):
    if not trained:
        tiny_checkpoint(TASK)
    else:
        monkeypatch.delenv("ENCODER_LAB_SOURCE", raising=False)
    given = given_to("null_margin")
    result, best, start, end = (given[name] for name in ("result", "best", "start", "end"))
    null, of_best = start[0] + end[0], start[best.first] + end[best.last]
    slip("null_margin", other_sign=of_best - null, null_alone=null, span_alone=of_best, added=null + of_best)
    slip("null_margin", starts_alone=start[0] - start[best.first])
    refuse("null_margin", result.null_score, "too")
    refuse("null_margin", result.null_score - best.score, "too")  # probabilities
    refuse("null_margin", start[0] + end[0] - (start[best.first] + end[best.first]), "too")  # one token for both
    refuse("null_margin", start + end, "one number is needed")
    right = result.null_margins[best.window]
    assert f"{right:.4g}" not in refuse("null_margin", 0.5)
    assert check.null_margin((result.null_scores[best.window] / best.score).log()).status == RIGHT  # the same number


def test_the_remark_on_the_null_margin_is_true_of_the_bundled_checkpoint(monkeypatch):
    monkeypatch.delenv("ENCODER_LAB_SOURCE", raising=False)
    result = answer(given_to("null_margin")["ck"], "Where did the dog sleep?", "The cat slept on the sofa all day.")
    assert result.null_margin < 0 and "prefers its span" in check.null_margin(result.null_margin).message


def test_word_f1():
    slip("word_f1", precision=2 / 5, recall=2 / 3, plain_mean=(2 / 5 + 2 / 3) / 2, not_normalised=2 * 2 / (7 + 4))
    slip("word_f1", different_words=2 * 2 / (4 + 3), counted_twice=2 * 3 / (5 + 3), product=2 / 5 * 2 / 3)
    refuse("word_f1", 0.0, "too small")  # exact match
    refuse("word_f1", 50, "too large")  # per cent
    refuse("word_f1", ["iron", "bridge"], "cannot be read as numbers")
    assert check.word_f1(0.5).status == RIGHT
