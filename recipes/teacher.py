"""The teacher: MPNet, five times as large as what it teaches, with the fill-mask checkpoint's vocabulary.

Its weights are rounded to 8 bits, a scale for each row, before it learns anything: so it travels in 96 MB.

Source: Song et al. 2020 (arXiv:2004.09297); Hinton et al. 2015 (arXiv:1503.02531).
"""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import MPNetConfig, MPNetModel

from recipes.warm_start import MPNET, fetch

NAMES = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}  # MPNet's own for the same pieces
FIRST_POSITION = 2  # of MPNet's table: the rows before it are not used
FILE = "mpnet.safetensors"
MASKS_FOLDER = "fill_mask_teacher"  # of the work folder: its progress in filling masks


def pack(work: Path, pieces: list[str]) -> None:
    """Fetch MPNet, keep the vectors of `pieces` in their order, round the weights and write them to `work`."""
    if (work / FILE).is_file():
        return
    folder = fetch(MPNET, work / "mpnet")
    weights = load_file(folder / "model.safetensors")
    where = {piece: i for i, piece in enumerate((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())}
    table = "embeddings.word_embeddings.weight"
    weights[table] = weights[table][[where[NAMES.get(piece, piece)] for piece in pieces]]
    packed = {}
    for name, value in weights.items():
        if value.ndim != 2:
            packed[name] = value
        elif not name.startswith("pooler."):
            scale = value.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
            packed[name], packed[f"{name}/scale"] = (value / scale).round().to(torch.int8), scale
    part = work / f"{FILE}.new"
    save_file({name: value for name, value in packed.items() if not name.startswith("pooler.")}, part)
    part.replace(work / FILE)


def unpack(work: Path) -> MPNetModel:
    """Read what `pack` has written."""
    packed = load_file(work / FILE)
    weights = {
        name: value.float() * packed[f"{name}/scale"] if f"{name}/scale" in packed else value
        for name, value in packed.items()
        if not name.endswith(("/scale", "position_ids"))
    }
    vocabulary = len(weights["embeddings.word_embeddings.weight"])
    config = MPNetConfig(vocab_size=vocabulary, pad_token_id=0, max_position_embeddings=514, layer_norm_eps=1e-5)
    model = MPNetModel(config, add_pooling_layer=False)
    model.load_state_dict(weights)
    return model


def read(model: MPNetModel, ids: Tensor, mask: Tensor) -> Tensor:
    """Give the last hidden states, (B, T, D); positions are counted here: MPNet would look for its own padding."""
    places = torch.arange(FIRST_POSITION, FIRST_POSITION + ids.shape[1], device=ids.device).expand_as(ids)
    return model(ids, attention_mask=mask, position_ids=places).last_hidden_state


class Headed(nn.Module):
    """MPNet with one linear layer: on every token, or on the mean of all tokens.

    Args:
        base: starts from these weights.
        outputs: numbers it gives.
        pooled: whether for the text, (B, outputs), or for each token, (B, T, outputs).
    """

    def __init__(self, base: MPNetModel, outputs: int, pooled: bool) -> None:
        super().__init__()
        self.base, self.pooled = base, pooled
        self.dropout, self.head = nn.Dropout(0.1), nn.Linear(base.config.hidden_size, outputs)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Give the logits."""
        states = read(self.base, ids, mask)
        if self.pooled:
            states = mean(states, mask)
        return self.head(self.dropout(states))


def mean(states: Tensor, mask: Tensor) -> Tensor:
    """Average the real tokens' states, (B, D)."""
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


def trained_base(work: Path) -> MPNetModel:
    """Read MPNet as it is after it has learned to fill masks (`fill_mask.train_teacher`)."""
    (file,) = (work / MASKS_FOLDER).glob("*.weights.safetensors")
    model = unpack(work)
    weights = {k.removeprefix("mpnet."): v for k, v in load_file(file).items() if k.startswith("mpnet.")}
    model.load_state_dict(weights)
    return model
