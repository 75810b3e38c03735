"""The recipes made small: tiny warm starts where MiniLM and MPNet would be, small batches, few steps."""

from pathlib import Path

import torch
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel, RobertaConfig, RobertaModel

from recipes import distil, fill_mask, nli_sentences, question_answering, teacher, text_classification, zero_shot
from recipes.teacher import NAMES
from recipes.warm_start import MPNET, WarmStart
from tests.families import FORWARD, HEADS, WIDTH

SIZES = {
    "hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": HEADS, "intermediate_size": FORWARD,
}  # fmt: skip
STEPS = 4
RECIPES = (fill_mask, distil, question_answering, zero_shot, text_classification)


def small_bert(**given: object) -> BertConfig:
    """Take a recipe's configuration of MiniLM, but two narrow layers."""
    return BertConfig(**given | SIZES)


def small_mpnet(**given: object) -> MPNetConfig:
    """Take a recipe's configuration of MPNet, but two narrow layers."""
    return MPNetConfig(**given | SIZES)


def small_base() -> RobertaModel:
    """Make an encoder of the three tasks' kind; it has a vector for each of the byte-level pieces."""
    torch.manual_seed(5)
    config = RobertaConfig(
        vocab_size=len(distil.load_tokenizer()), max_position_embeddings=514, type_vocab_size=1,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **SIZES,
    )  # fmt: skip
    return RobertaModel(config, add_pooling_layer=False)


def shrink(monkeypatch, folder: Path) -> None:
    """Let every recipe train tiny models in few steps; `folder` takes the warm starts that are "downloaded"."""

    def fetch(start: WarmStart, _: Path) -> Path:
        return write_start(start, folder / start.name)

    for recipe in RECIPES:
        for name in ("ALONE_STEPS", "TEACHERS_STEPS", "STEPS"):
            if hasattr(recipe, name):
                monkeypatch.setattr(recipe, name, STEPS)
        for name in ("TEACHERS_TOKENS", "BATCH_TOKENS"):
            if hasattr(recipe, name):
                monkeypatch.setattr(recipe, name, 256)
    for module in (teacher, fill_mask):
        monkeypatch.setattr(module, "fetch", fetch)
    monkeypatch.setattr(nli_sentences, "PLAIN", {"tatoeba": 20, "wiki_split": 20})
    monkeypatch.setattr(nli_sentences, "HYPOTHESES", {"tatoeba": 20})
    monkeypatch.setattr(teacher, "MPNetConfig", small_mpnet)
    monkeypatch.setattr(fill_mask, "BertConfig", small_bert)


def write_start(start: WarmStart, folder: Path) -> Path:
    """Write a random warm start: its vocabulary is the recipes' own, backwards, after a piece that they do not keep."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = ["not kept", *reversed(fill_mask.pieces())]
    torch.manual_seed(3)
    if start is MPNET:
        model = MPNetModel(small_mpnet(vocab_size=len(pieces), max_position_embeddings=514))
        pieces = [NAMES.get(piece, piece) for piece in pieces]
    else:
        model = BertModel(small_bert(vocab_size=len(pieces)))
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    return folder
