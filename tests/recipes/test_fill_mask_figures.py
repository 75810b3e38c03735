"""The fill-mask figures: of known guesses by hand, the same whenever they are asked for."""

import math

import pytest
import torch

from encoder_lab import load
from recipes import corpus, fill_mask_figures
from recipes.fill_mask import make_examples


def test_figures_count_what_is_right():
    figures = {s.name: (10, 4, 6, 10 * 2.0) for s in corpus.SOURCES}
    figures["novels"] = (10, 0, 0, 10 * 2.0)
    table = fill_mask_figures.report(figures).splitlines()
    assert "| tatoeba | 10 | 0.400 | 0.168 to 0.687 | 0.600 | 0.313 to 0.832 | 7.4 |" in table
    assert "| **all modern sources** | 100 | 0.400 | 0.309 to 0.498 | 0.600 | 0.502 to 0.691 | 7.4 |" in table
    assert "| **all sources** | 120 | 0.367 | 0.286 to 0.456 | 0.550 | 0.461 to 0.636 | 7.4 |" in table


def test_the_guesses_are_compared_with_the_words_behind_the_masks(trained, monkeypatch):
    """A reader that gives "cat" one half, "dog" a quarter and "the" nothing at all."""
    checkpoint = load("fill-mask", trained / "fill-mask")
    cat, dog, the = checkpoint.tokenizer.convert_tokens_to_ids(["cat", "dog", "the"])
    size = len(checkpoint.tokenizer)
    shares = torch.full((size,), 0.25 / (size - 3))
    shares[cat], shares[dog], shares[the] = 0.5, 0.25, 0.0
    seen = []

    def reads(_, ids, mask, at):
        seen.append((ids, at))
        return shares.clamp(min=1e-30).log().expand(int(at.sum()), -1), None

    monkeypatch.setattr(fill_mask_figures, "student_reads", reads)
    texts = {"a": ["cat dog " * 50] * 2, "b": ["the " * 100]}
    figures = fill_mask_figures.evaluate(checkpoint, make_examples(texts))
    assert all((ids[at] == checkpoint.tokenizer.mask_token_id).all() and (ids[~at] != 4).all() for ids, at in seen)
    count, first, five, cost = figures["a"]
    assert 15 < count < 50 and 0 < first < count and five == count
    assert cost == pytest.approx(first * math.log(2) + (count - first) * math.log(4), rel=1e-4)
    count, first, five, cost = figures["b"]
    assert first == five == 0 and cost == pytest.approx(count * 30 * math.log(10), rel=1e-4)
