"""The embeddings: positions by hand, and word vectors put in; each part is compared in tests/test_parity.py."""

import pytest
import torch

from encoder_lab.embeddings import decoder_ids, embed, position_ids, shift_right
from tests.families import FAMILIES, batch, tiny_of


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_with_a_head_does_as_well_as_its_base(family):
    model = tiny_of(family, "fill-mask")
    ids, mask = batch(model)
    zeros = torch.zeros_like(ids)
    found = embed(model, ids, zeros, mask=mask)
    assert torch.equal(found.output, embed(model.base_model, ids, zeros, mask=mask).output)
    assert torch.equal(found.output, embed(model, ids, zeros, found.word, mask).output)
    assert not torch.allclose(
        found.output, embed(model, ids, zeros, found.word + 1e-3 * found.word.roll(1), mask).output
    )


def test_positions_are_numbered_as_the_family_numbers_them():
    ids = torch.tensor([[0, 9, 9, 2, 1, 1]])  # 1 is padding
    assert position_ids(ids).tolist() == [[0, 1, 2, 3, 4, 5]]
    assert position_ids(ids, first=2).tolist() == [[2, 3, 4, 5, 6, 7]]
    assert position_ids(ids, first=2, padding=1).tolist() == [[2, 3, 4, 5, 1, 1]]


def test_mbart_s_decoder_begins_with_the_last_token_of_each_text():
    model = tiny_of("mBART", "fill-mask")
    assert decoder_ids(model, torch.tensor([[7, 8, 2, 5], [9, 2, 1, 1]])).tolist() == [[5, 7, 8, 2], [2, 9, 2, 1]]
    start = tiny_of("BART", "fill-mask").config.decoder_start_token_id
    assert decoder_ids(tiny_of("BART", "fill-mask"), torch.tensor([[7, 8, 2, 5]])).tolist() == [[start, 7, 8, 2]]


def test_shift_right():
    assert shift_right(torch.tensor([[0, 7, 8, 2]]), 2).tolist() == [[2, 0, 7, 8]]
