"""A tiny encoder where the distilled one would be, and a way to run a recipe's command."""

import sys
from pathlib import Path
from types import ModuleType

import torch
from transformers import PreTrainedTokenizerBase, RobertaConfig, RobertaModel

from tests.families import FORWARD, HEADS, WIDTH, byte_pairs


def small_base(_: Path | None = None) -> tuple[RobertaModel, PreTrainedTokenizerBase]:
    """Make a random encoder of two layers, and its tokenizer."""
    tokenizer = byte_pairs()
    tokenizer.model_max_length = 256
    torch.manual_seed(5)
    config = RobertaConfig(
        vocab_size=len(tokenizer), hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS,
        intermediate_size=FORWARD, max_position_embeddings=258, type_vocab_size=1, attn_implementation="eager",
    )  # fmt: skip
    return RobertaModel(config, add_pooling_layer=False), tokenizer


def run(recipe: ModuleType, monkeypatch, folder: Path, *more: str) -> Path:
    """Run a recipe's command on the tiny encoder; returns the folder it has written."""
    name = recipe.__name__.rpartition(".")[2]
    places = ["--data", str(folder), "--work", str(folder / "work"), "--out", str(folder / "out")]
    monkeypatch.setattr(recipe, "load_base", small_base)
    monkeypatch.setattr(sys, "argv", [name, *places, *more])
    recipe.main()
    return folder / "out"
