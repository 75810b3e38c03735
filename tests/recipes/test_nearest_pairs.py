"""Pairs of a premise and the nearest hypotheses of others: the vectors, whom each is paired with, what is kept."""

from pathlib import Path

import pytest
import torch
from torch.testing import assert_close
from transformers import BertModel, BertTokenizerFast

from recipes import nearest_pairs as made
from recipes.nli_data import Pair

PAIRS = [
    Pair("the cat sat by the river", "the cat sat", 2, "mnli"), Pair("the cat sat by the river", "hello", 1, "mnli"),
    Pair("the dog sat", "the dog sat by the bank", 1, "mnli"), Pair("the bank", "the cat sat", 0, "mnli"),
]  # fmt: skip
SENTENCE = "the dog and the cat sat by the river bank"


def read(folder: Path):
    model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    return model, BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=True)


def test_a_vector_is_the_mean_of_a_text_s_tokens_whatever_its_neighbours(minilm):
    model, tokenizer = read(minilm)
    texts = [SENTENCE, "the cat", "hello the dog", "the dog sat"]
    for text, vector in zip(texts, made.embed(texts, model, tokenizer), strict=True):
        mean = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0)
        assert torch.cosine_similarity(vector, mean, dim=0) > 0.999  # bfloat16
        assert_close(vector.norm(), torch.tensor(1.0))


def test_each_premise_gets_the_hypotheses_most_like_it_but_not_its_own():
    likeness = torch.tensor([[0.9, 0.8, 0.7, 0.6], [0.1, 0.4, 0.2, 0.3]])
    hypotheses = ["a", "b", "c", "d"]
    own = {"P": {"a"}}
    assert made.nearest(likeness, ["P", "Q"], hypotheses, own, 2) == [("P", "b"), ("P", "c"), ("Q", "b"), ("Q", "d")]
    assert made.nearest(likeness, ["B", "Q"], hypotheses, own, 2)[:2] == [("B", "a"), ("B", "c")]  # not with itself
    both = made.nearest(likeness[:1], ["B"], hypotheses, {"B": {"a"}}, 2)  # neither with its own nor with itself
    assert both == [("B", "c"), ("B", "d")]
    assert len(made.nearest(likeness, ["P", "Q"], hypotheses, own, 9)) == 3 + 4


def test_sentences_are_neither_short_nor_long_and_are_drawn_from_each_text(monkeypatch):
    monkeypatch.setattr(made, "TEXTS", ("news", "novels"))
    monkeypatch.setattr(made, "SENTENCES", 3)
    lines = [" ".join(["word"] * n) for n in range(1, 60)]
    texts = {"news": lines, "novels": lines[5:7], "letters": lines}
    chosen = made.draw_sentences(texts)
    assert len(chosen) == 3 + 2 and set(chosen[3:]) == set(lines[5:7])
    assert all(6 <= len(line.split()) <= 40 for line in chosen)
    assert chosen == made.draw_sentences(texts)


def test_premises_and_plain_sentences_are_paired_with_the_pairs_hypotheses(minilm, tmp_path, monkeypatch):
    monkeypatch.setattr(made, "fetch", lambda *_: minilm)
    texts = {name: [] for name in made.TEXTS} | {"novels": [SENTENCE]}
    held_out = {"novels": ["the river sat by the old cat"]}
    monkeypatch.setattr(made.corpus, "load_corpus", lambda _: (texts, held_out))
    monkeypatch.setattr(made, "PER_PREMISE", 1)
    monkeypatch.setattr(made, "PER_SENTENCE", 2)
    pairs = made.nearest_pairs(PAIRS, tmp_path, tmp_path)
    premises = ["the cat sat by the river", "the dog sat", "the bank", SENTENCE, SENTENCE]
    assert [premise for premise, _ in pairs] == premises
    assert pairs[0][1] == "the dog sat by the bank"  # both others are its own
    assert not {(p.premise, p.hypothesis) for p in PAIRS} & set(pairs)
    model, tokenizer = read(minilm)
    hypotheses = ["the cat sat", "hello", "the dog sat by the bank"]
    alike = made.embed([SENTENCE], model, tokenizer) @ made.embed(hypotheses, model, tokenizer).T
    assert [hypothesis for _, hypothesis in pairs[3:]] == [hypotheses[i] for i in alike[0].topk(2).indices]


def test_a_third_of_the_neutral_pairs_is_kept_and_every_other():
    pairs = [Pair("P", str(i), None, "nearest") for i in range(900)]
    said = torch.eye(3) * 0.6 + 0.1
    answers = {(pair.premise, pair.hypothesis): said[i % 3] for i, pair in enumerate(pairs)}
    kept = made.thin(pairs, answers)
    counts = [sum(int(pair.hypothesis) % 3 == label for pair in kept) for label in range(3)]
    assert counts[0] == counts[2] == 300 and counts[1] == pytest.approx(100, abs=25)
    assert kept == made.thin(pairs, answers) == sorted(kept, key=pairs.index)
