"""Pairs with other words: what may be exchanged, what never is, and that the draw can be repeated."""

import re

import pytest
import torch

from encoder_lab import load
from encoder_lab.grow import masked_lm
from recipes import rewording
from recipes.nli_data import Pair

TEXTS = [
    "The old man, who lived by the river, sold 17 boats to his friends in Paris!",
    "  She can't   play the piano: nobody has ever taught her (or so she says). ",
    "12, 13 & 14 …", "", "日本 🙂",
]  # fmt: skip
PAIRS = [Pair(TEXTS[0], TEXTS[1], 2, "mnli"), Pair("The cat sat on the mat.", "A dog ran home.", 0, "mnli")]


@pytest.fixture(scope="module")
def guesser():
    checkpoint = load("fill-mask")
    return checkpoint.model, checkpoint.tokenizer


def test_only_whole_words_of_letters_are_exchanged():
    pieces = ["[CLS]", "un", "##known", "cat", "7", ",", "##s", "é"]
    assert rewording.exchangeable([0, 1, 2, 3, 4, 5, 7, 3, 6, 3], pieces) == [
        False, False, False, True, False, False, True, False, False, True,
    ]  # fmt: skip


def test_a_guess_is_a_likely_word_that_did_not_stand_there(guesser, monkeypatch):
    model, tokenizer = guesser
    words = torch.tensor([piece.isalpha() for piece in tokenizer.convert_ids_to_tokens(range(len(tokenizer)))])
    read = tokenizer(["paris is the capital of france."] * 40, return_tensors="pt")
    ids, mask = read["input_ids"], read["attention_mask"]
    inputs = ids.clone()
    inputs[:, 4] = tokenizer.mask_token_id
    drawn = rewording.guess(model, ids, inputs, mask, words, 0)
    assert len(drawn) == 40 and words[drawn].all() and len(set(drawn.tolist())) > 3
    assert tokenizer.convert_tokens_to_ids("capital") not in drawn
    monkeypatch.setattr(rewording, "GUESSES", 1)
    logits = model(inputs[:1], attention_mask=mask[:1]).logits[0, 4].masked_fill(~words, -torch.inf)
    order = logits.argsort(descending=True).tolist()
    order.remove(ids[0, 4].item())
    assert rewording.guess(model, ids, inputs, mask, words, 0).tolist() == order[:1] * 40


def test_each_text_is_guessed_as_if_it_stood_alone(guesser, monkeypatch):
    model, tokenizer = guesser
    texts = ["Paris is the capital of France.", "He has no capital left, so the bank closed his account on Monday.",
             "A capital letter begins it.", "It rained. " * 70 + "The capital was wet."]  # fmt: skip
    wanted = tokenizer.convert_tokens_to_ids("capital")
    monkeypatch.setattr(masked_lm, "choose", lambda ids, special, _: (ids == wanted) & ~special)
    monkeypatch.setattr(rewording, "GUESSES", 1)
    pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    for text, reworded in zip(texts, rewording.reword(texts, model, tokenizer, 0), strict=True):
        read = tokenizer(text.replace("capital", "[MASK]"), return_tensors="pt")
        scores = model(**read).logits[0, read["input_ids"][0].tolist().index(tokenizer.mask_token_id)]
        guess = next(i for i in scores.argsort(descending=True).tolist() if pieces[i].isalpha() and i != wanted)
        assert reworded == text.replace("capital", pieces[guess])


def test_all_but_the_words_stays_as_it_is(guesser):
    for seed in range(5):
        reworded = rewording.reword(TEXTS, *guesser, seed)
        for old, new in zip(TEXTS, reworded, strict=True):
            assert re.sub("[A-Za-z]+", "w", new) == re.sub("[A-Za-z]+", "w", old)
            assert [w[0].isupper() for w in re.findall("[A-Za-z]+", new)] == [
                w[0].isupper() for w in re.findall("[A-Za-z]+", old)
            ]
        assert reworded[2:] == TEXTS[2:]


def test_about_as_many_words_are_exchanged_as_training_masks(guesser):
    text = " ".join(["the cat sat by the river and the dog ran to the house"] * 10)
    reworded = rewording.reword([text] * 10, *guesser, 1)
    changed = sum(a != b for new in reworded for a, b in zip(text.split(), new.split(), strict=True))
    assert changed / (10 * len(text.split())) == pytest.approx(masked_lm.SHARE, abs=0.04)
    assert len(set(reworded)) == 10


def test_the_draw_depends_on_the_seed_alone(guesser):
    once = rewording.reword(TEXTS, *guesser, 3)
    assert once == rewording.reword(TEXTS, *guesser, 3)
    assert once != rewording.reword(TEXTS, *guesser, 4)


def test_pairs_get_other_words_and_none_is_made_twice():
    still = Pair("7", "8", 1, "mnli")  # has no word to exchange
    made = rewording.reworded_pairs([*PAIRS, still])
    assert len(set(made)) == len(made) > rewording.VERSIONS
    assert not set(made) & {(pair.premise, pair.hypothesis) for pair in [*PAIRS, still]}


def test_few_possible_pairs_are_made_once_each(monkeypatch):
    monkeypatch.setattr(rewording, "VERSIONS", 60)
    monkeypatch.setattr(rewording, "GUESSES", 2)
    assert 1 <= len(rewording.reworded_pairs([Pair("Dog", "7", 0, "mnli")])) <= 2


def test_a_sentence_gets_other_words_as_premise_than_as_hypothesis():
    made = rewording.reworded_pairs([Pair(TEXTS[0], TEXTS[0], 2, "mnli")])
    assert all(premise != hypothesis for premise, hypothesis in made)
