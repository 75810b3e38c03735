"""Rows of unlike length in one flat array: batches worked out by hand, files read back as they were written."""

import torch

from recipes.rows import Rows, load_rows, save_rows

FOUR = [[5], [6, 7, 8], [], [9, 4]]


def test_a_batch_is_padded_behind_its_rows():
    ids, mask = Rows.of(FOUR).batch([3, 1, 0], pad=-1)
    assert ids.tolist() == [[9, 4, -1], [6, 7, 8], [5, -1, -1]]
    assert mask.tolist() == [[1, 1, 0], [1, 1, 1], [1, 0, 0]]
    assert ids.dtype == mask.dtype == torch.long


def test_a_batch_is_as_wide_as_its_own_longest_row():
    ids, mask = Rows.of(FOUR).batch([0, 2], pad=1)
    assert ids.tolist() == [[5], [1]] and mask.tolist() == [[1], [0]]


def test_numbers_that_are_not_whole_stay_so():
    rows = Rows(torch.tensor([0.5, 0.25, 1.0]), torch.tensor([1, 2]))
    assert rows.batch([0, 1], 0)[0].tolist() == [[0.5, 0.0], [0.25, 1.0]]


def test_rows_are_written_and_read_by_name(tmp_path):
    save_rows(tmp_path / "new" / "some.npz", **{"a.ids": Rows.of(FOUR), "places": Rows.of([[-1], [32_767]])})
    read = load_rows(tmp_path / "new" / "some.npz")
    assert list(read) == ["a.ids", "places"]
    assert [read["a.ids"].batch([i], 0)[0].tolist()[0] for i in range(4)] == FOUR
    assert read["places"].flat.tolist() == [-1, 32_767] and len(read["a.ids"]) == 4
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["some.npz"]
