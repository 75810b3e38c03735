"""The fill-mask recipe from end to end, on a tiny warm start and a few lines of text."""

import json
import sys

import pytest
import torch
from safetensors.torch import load_file
from torch.testing import assert_close
from transformers import BertModel

from encoder_lab import fill_mask, load
from recipes import fill_mask as recipe
from tests.families import HEADED, tiny, word_pieces

LINES = {s.name: ["the cat sat on the river bank.", "a dog sat by the cat!"] * 4 for s in recipe.corpus.SOURCES}
KEPT = 38  # of 41 pieces


@pytest.fixture
def warm_start(tmp_path, monkeypatch):
    """A tiny base model where MiniLM would be, and a small budget."""
    folder = tmp_path / "minilm"
    folder.mkdir()
    word_pieces(folder)
    BertModel(tiny(HEADED["fill-mask"]).config).float().save_pretrained(folder)
    monkeypatch.setattr(recipe, "fetch", lambda *_: folder)
    monkeypatch.setattr(recipe, "VOCABULARY", KEPT)
    monkeypatch.setattr(recipe, "LONGEST", 32)
    monkeypatch.setattr(recipe, "BATCH_TOKENS", 128)
    monkeypatch.setattr(recipe.corpus, "load_corpus", lambda _: (LINES, LINES))
    return folder


def run(tmp_path, monkeypatch, *more):
    """Run the recipe's command."""
    places = ["--data", str(tmp_path), "--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["fill_mask", *places, *more])
    recipe.main()
    return tmp_path / "out"


def test_the_command_trains_saves_and_prints_its_figures(warm_start, tmp_path, monkeypatch, capsys):
    out = run(tmp_path, monkeypatch, "--steps", "4")
    table = capsys.readouterr().out
    assert "| **all modern sources** |" in table and "| tatoeba |" in table
    weights = load_file(out / "model.safetensors")
    assert {w.dtype for w in weights.values()} == {torch.float16}
    assert json.loads((out / "config.json").read_text())["dtype"] == "float32"
    checkpoint = load("fill-mask", out)
    assert next(checkpoint.model.parameters()).dtype == torch.float32
    assert len(fill_mask(checkpoint, "the [MASK] sat").choices[0]) == 5
    run(tmp_path, monkeypatch, "--evaluate")
    assert capsys.readouterr().out.strip() == table[table.index("| held-out") :].strip()


def test_each_piece_keeps_the_vector_it_had(warm_start, tmp_path):
    tokenizer = recipe.build_tokenizer(warm_start, LINES["tatoeba"], tmp_path / "out")
    model = recipe.build_model(warm_start, tokenizer, torch.ones(KEPT))
    old = BertModel.from_pretrained(warm_start)
    old_ids = (warm_start / "vocab.txt").read_text().split("\n")
    table = model.bert.embeddings.word_embeddings.weight
    for piece, row in tokenizer.get_vocab().items():
        assert torch.equal(table[row], old.embeddings.word_embeddings.weight[old_ids.index(piece)]), piece
    assert torch.equal(model.bert.encoder.layer[2].output.dense.weight, old.encoder.layer[2].output.dense.weight)
    assert model.cls.predictions.decoder.weight is table


def test_the_bias_starts_at_the_log_of_how_often_a_piece_is_used(warm_start, tmp_path):
    tokenizer = recipe.build_tokenizer(warm_start, LINES["tatoeba"], tmp_path / "out")
    use = torch.arange(KEPT).float()
    bias = recipe.build_model(warm_start, tokenizer, use).cls.predictions.bias.detach()
    assert_close(bias.exp(), (use + 1) / (use + 1).sum())


def test_figures_count_what_is_right():
    figures = {s.name: (10, 4, 6, 10 * 2.0) for s in recipe.corpus.SOURCES}
    figures["novels"] = (10, 0, 0, 10 * 2.0)
    table = recipe.report(figures).splitlines()
    assert "| tatoeba | 10 | 0.400 | 0.600 | 7.4 |" in table
    assert "| **all modern sources** | 100 | 0.400 | 0.600 | 7.4 |" in table
    assert "| **all sources** | 120 | 0.367 | 0.550 | 7.4 |" in table


def test_a_step_draws_the_same_masks_whenever_it_is_asked(warm_start, tmp_path):
    tokenizer = recipe.build_tokenizer(warm_start, LINES["tatoeba"], tmp_path / "out")
    model = recipe.build_model(warm_start, tokenizer, torch.ones(KEPT)).eval()
    examples = recipe.prepare(tokenizer, LINES)["tatoeba"]
    loss_at = recipe.make_loss(model, tokenizer, examples)
    first = [loss_at(step).item() for step in range(4)]
    assert [loss_at(step).item() for step in reversed(range(4))] == first[::-1]
    assert len(set(first)) > 1
