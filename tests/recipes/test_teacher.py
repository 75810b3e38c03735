"""The teacher: its weights are rounded row by row, its vocabulary is ours, positions are counted from the first."""

import pytest
import torch
from safetensors.torch import load_file
from torch.testing import assert_close

from recipes import teacher
from recipes.fill_mask import pieces
from recipes.warm_start import MPNET
from tests.recipes.small import write_start

TABLE = "embeddings.word_embeddings.weight"


@pytest.fixture
def model(prepared, small):
    return teacher.unpack(prepared).eval()


def test_each_weight_is_rounded_to_eight_bits_of_its_row(model, tmp_path):
    old = load_file(write_start(MPNET, tmp_path) / "model.safetensors")
    for name, value in model.state_dict().items():
        if name == TABLE:
            continue
        if value.ndim == 2:
            scale = old[name].abs().amax(1, keepdim=True) / 127
            assert ((value - old[name]).abs() <= scale * 0.501).all(), name
            steps = (value / scale.clamp(min=1e-12)).round()
            assert steps.abs().max() == 127 and len(steps.unique()) > 20, name
        else:
            assert torch.equal(value, old[name]), name


def test_each_piece_keeps_its_vector_under_its_own_id(model, tmp_path):
    start = write_start(MPNET, tmp_path)
    theirs = (start / "vocab.txt").read_text(encoding="utf-8").split("\n")
    old = load_file(start / "model.safetensors")[TABLE]
    ours = pieces()
    for piece in ("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]", "cat", "##s"):
        row = theirs.index(teacher.NAMES.get(piece, piece))
        assert_close(
            model.state_dict()[TABLE][ours.index(piece)], old[row], rtol=0, atol=float(old[row].abs().max()) / 250
        )


def test_a_packed_teacher_is_not_packed_again(prepared, monkeypatch):
    monkeypatch.setattr(teacher, "fetch", lambda *_: pytest.fail("downloaded again"))
    teacher.pack(prepared, pieces())


@torch.no_grad()
def test_positions_are_counted_from_the_first_and_padding_has_no_say(model):
    ids = torch.tensor([[2, 40, 50, 60, 3], [2, 70, 3, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    states = teacher.read(model, ids, mask)
    assert_close(states[:1], model(ids[:1]).last_hidden_state)  # MPNet's own count, where it meets no padding
    assert_close(states[1:, :3], teacher.read(model, ids[1:, :3], mask[1:, :3]), rtol=0, atol=1e-5)


def test_the_mean_is_over_real_tokens():
    states = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [9.0, 9.0]], [[5.0, 7.0], [9.0, 9.0], [9.0, 9.0]]])
    assert teacher.mean(states, torch.tensor([[1, 1, 0], [1, 0, 0]])).tolist() == [[2.0, 4.0], [5.0, 7.0]]


@torch.no_grad()
@pytest.mark.parametrize("pooled", [True, False])
def test_the_head_reads_each_token_or_their_mean(model, pooled):
    headed = teacher.Headed(model, 3, pooled).eval()
    ids, mask = torch.tensor([[2, 40, 3, 0], [2, 40, 50, 3]]), torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
    states = teacher.read(model, ids, mask)
    right = headed.head(teacher.mean(states, mask) if pooled else states)
    assert headed(ids, mask).shape == ((2, 3) if pooled else (2, 4, 3))
    assert_close(headed(ids, mask), right)


def test_the_teacher_goes_on_from_what_it_learned_of_masks(trained, small):
    work = trained.parent / "work"
    (file,) = (work / teacher.MASKS_FOLDER).glob("*.weights.safetensors")
    learned, base = load_file(file), teacher.trained_base(work).state_dict()
    assert all(torch.equal(value, learned[f"mpnet.{name}"]) for name, value in base.items())
    before = teacher.unpack(work).state_dict()
    assert not torch.equal(before[TABLE], base[TABLE])
