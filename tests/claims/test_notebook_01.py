"""What notebook 01 says of tokens and of the bundled word table; each docstring names the cell that says it."""

import json

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from encoder_lab import load, tokenize, trace


@pytest.fixture(scope="module")
def ck():
    return load("fill-mask", "bundled")


def similar(ck, words):
    table = ck.model.get_input_embeddings().weight
    rows = table[ck.tokenizer.convert_tokens_to_ids(words)]
    return torch.cosine_similarity(rows[:, None], rows[None], dim=-1)


def test_one_character_outside_the_vocabulary_loses_the_word(ck):
    """01-07: `river😀`, written as one, is nothing but [UNK]."""
    assert tokenize(ck.tokenizer, "river😀").strings[0][1:-1] == ("[UNK]",)


def test_a_new_word_is_cut_by_the_merges_in_the_order_they_were_learned():
    """01-15: of all merges that fit, the one learned earliest is made first, again and again."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe = Tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=256 + 20, initial_alphabet=alphabet, show_progress=False)
    lines = "the lower the river, the slower the water", "a newer river is a slower river"
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.train_from_iterator(lines, trainer)
    merges = [tuple(pair) for pair in json.loads(bpe.to_str())["model"]["merges"]]
    for word in ("lowest", "rivers", "wither", "slowlier", "theatre", "newest", "weather"):
        pieces = [*word]
        while fitting := [pair for pair in zip(pieces, pieces[1:], strict=False) if pair in merges]:
            first = min(fitting, key=merges.index)
            at = [*zip(pieces, pieces[1:], strict=False)].index(first)
            pieces[at : at + 2] = ["".join(first)]
        assert bpe.encode(word).tokens == pieces


def test_bat_begins_longer_words(ck):
    """01-69: `bat` is also the first piece of longer words."""
    assert tokenize(ck.tokenizer, "batting").strings[0][1:-1] == ("bat", "##ting")


def test_an_opposite_and_a_look_alike_are_neighbours(ck):
    """01-69: a neighbour that means the opposite, one that only looks similar, and the meanings of bank and bat."""
    table = ck.model.get_input_embeddings().weight
    near = {
        word: ck.tokenizer.convert_ids_to_tokens(torch.cosine_similarity(row, table, dim=-1).topk(8).indices.tolist())
        for word in ("happy", "bat", "bank")
        for row in [table[ck.tokenizer.convert_tokens_to_ids(word)]]
    }
    assert "unhappy" in near["happy"] and "battery" in near["bat"]
    assert {"money", "loan"} < {*near["bank"]} and not {"river", "shore"} & {*near["bank"]}
    assert {"batter", "fly"} < {*near["bat"]}


def test_a_static_row_is_near_both_meanings(ck):
    """01-71: along the row of "bank" its two meanings, then along that of "bat"."""
    assert similar(ck, ["bank", "money", "loan", "river", "water"])[0].min() > 0.15
    assert similar(ck, ["bat", "ball", "game", "bird", "wings"])[0].min() > 0.15


def test_after_the_last_layer_each_word_has_fallen_into_its_meanings(ck):
    """01-75: on the right each block has fallen into two smaller ones, the meanings."""
    texts = [
        "We sat on the bank of the river and watched the boats.", "The fisherman walked along the bank of the stream.",
        "She asked the bank for a loan to buy the house.", "He keeps his money in the bank.",
        "A bat flew out of the dark cave.", "The bat hunts insects at night.",
        "He hit the ball with his bat.", "The player bought a new baseball bat.",
    ]  # fmt: skip
    way = trace(ck, texts)
    at = [row.index(word) for row, word in zip(way.tokens.strings, ["bank"] * 4 + ["bat"] * 4, strict=True)]
    last = way.hidden_states[-1][range(8), at]
    alike = torch.cosine_similarity(last[:, None], last[None], dim=-1)
    for start in (0, 4):
        block = alike[start : start + 4, start : start + 4]
        assert min(block[0, 1], block[2, 3]) > block[:2, 2:].max() + 0.1
