"""Batches of rows of unlike length: each row once, the longest first, little padding."""

import random

import pytest
import torch

from encoder_lab.forward import batches as module
from encoder_lab.forward.batches import BATCH, batches
from encoder_lab.progress import progress_bar


@pytest.fixture(scope="module")
def tiny(new_tiny):
    return new_tiny("text-classification")


def rows_of(sizes: list[int]) -> list[torch.Tensor]:
    """Make rows that can be told apart: row i holds i + 10."""
    return [torch.full((size,), number + 10) for number, size in enumerate(sizes)]


def test_by_hand(tiny, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 6)
    first, second, third = batches(tiny, rows_of([2, 7, 3, 1]), "texts")
    assert first[0] == [1] and first[1].tolist() == [[11] * 7] and first[2].tolist() == [[1] * 7]  # too long: alone
    pad = tiny.tokenizer.pad_token_id
    assert second[0] == [2, 0] and second[1].tolist() == [[12, 12, 12], [10, 10, pad]]
    assert second[2].tolist() == [[1, 1, 1], [1, 1, 0]]
    assert third[0] == [3] and third[1].tolist() == [[13]]


def test_every_row_once_and_no_batch_over_its_size(tiny):
    draw = random.Random(5)
    rows = rows_of([draw.randint(1, 2 * BATCH // 9) for _ in range(300)])
    seen, last = [], 10**9
    for numbers, ids, mask, segments in batches(tiny, rows, "texts"):
        assert ids.shape == mask.shape == segments.shape and not segments.any() and ids.numel() <= BATCH
        assert ids.shape[1] == max(len(rows[number]) for number in numbers) <= last
        for number, row, real in zip(numbers, ids, mask, strict=True):
            assert torch.equal(row[real == 1], rows[number]) and real.sum() == len(rows[number])
        seen, last = seen + numbers, min(len(rows[number]) for number in numbers)
    assert sorted(seen) == list(range(300))


@pytest.mark.parametrize("count, shown", [(20, False), (21, True)])
def test_long_work_shows_a_bar_that_clears_itself(tiny, monkeypatch, capsys, count, shown):
    monkeypatch.setattr(module, "SHOW_BAR", 20 * sum(weights.numel() for weights in tiny.model.parameters()))
    assert sum(len(numbers) for numbers, *_ in batches(tiny, rows_of([1] * count), "pairs")) == count
    written = capsys.readouterr().err
    assert ("reading" in written and "pairs" in written) == shown
    assert not shown or written.endswith("\r")


def test_the_bar_counts_every_row_once(tiny, monkeypatch):
    bars = []

    def kept(*told, **options):
        bars.append(progress_bar(*told, **options))
        return bars[0]

    monkeypatch.setattr(module, "progress_bar", kept)
    monkeypatch.setattr(module, "SHOW_BAR", 0)
    list(batches(tiny, rows_of([300, 300, 300, 1, 1]), "texts"))
    assert bars[0].n == bars[0].total == 5


def test_equal_lengths_keep_their_order(tiny):
    rows = rows_of([4, 4, 4])
    ((numbers, ids, _, segments),) = batches(tiny, rows, "texts", segments=[row % 2 for row in rows])
    assert numbers == [0, 1, 2] and torch.equal(segments, ids % 2)
