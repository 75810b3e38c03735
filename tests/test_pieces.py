"""Pieces of a vocabulary as people read them, in any script; and what is said where a vocabulary hardly knows it."""

import re
import unicodedata

import pytest
import torch

from encoder_lab.pieces import readable, written
from encoder_lab.tokens import tokenize
from tests.families import byte_pairs
from tests.scripts import ENGLISH, KOREAN, TEXTS, TOKENIZERS, bpe, unigram, wordpiece

every_tokenizer = pytest.mark.parametrize("kind", TOKENIZERS)


@pytest.fixture(scope="module")
def tokenizers():
    return {kind: make() for kind, make in TOKENIZERS.items()}


def strings(tokenizer, text):
    return tokenize(tokenizer, text).strings[0][1:-1]


def test_each_piece_of_a_character_shows_it_and_which_part_it_is():
    assert strings(byte_pairs(), "é🙂\n x") == (
        "é(1/2)", "é(2/2)", "🙂(1/4)", "🙂(2/4)", "🙂(3/4)", "🙂(4/4)", "⏎", "·", "x"
    )  # fmt: skip


def test_bytes_whose_character_is_not_there_stand_as_bytes():
    tokenizer = byte_pairs()
    ids = torch.tensor(tokenizer("한a")["input_ids"])[1:-1]
    assert readable(tokenizer, ids[1:]) == ("<0x95>", "<0x9C>", "a")
    assert readable(tokenizer, ids[:2]) == ("<0xED>", "<0x95>")
    assert readable(tokenizer, ids[[0, 3, 1]]) == ("<0xED>", "a", "<0x95>")  # what stands between them ends it
    assert readable(tokenizer, ids[[0, 1, 0, 1, 2]]) == ("<0xED>", "<0x95>", "한(1/3)", "한(2/3)", "한(3/3)")


def test_a_piece_with_parts_of_two_characters_shows_both():
    data = "안녕하".encode()
    assert written([data[:2], data[2:4], data[4:]]) == ("안(1/2)", "안(2/2)녕(1/2)", "녕(2/2)하")
    assert written([data[:5], data[5:], b" a"]) == ("안녕(1/2)", "녕(2/2)하", "·a")


def test_byte_fallback_is_put_together_too():
    assert strings(bpe("▁hello"), "안 hello") == ("·", "안(1/3)", "안(2/3)", "안(3/3)", "·hello")
    assert strings(unigram("▁hello", byte_fallback=True), "é hello") == ("·", "é(1/2)", "é(2/2)", "·hello")


def test_a_vocabulary_without_bytes_is_shown_as_it_is():
    assert strings(unigram("▁hello", "<0xED>"), "hello") == ("·hello",)
    tokenizer = unigram("▁hello", "<0xED>")
    assert readable(tokenizer, torch.tensor([tokenizer.convert_tokens_to_ids("<0xED>")])) == ("<0xED>",)


def test_an_added_token_is_no_bytes():
    tokenizer = byte_pairs()
    tokenizer.add_tokens(["한글", "é"])
    assert strings(tokenizer, "한글 é") == ("한글", "·", "é")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_hangul_is_whole_though_accents_are_stripped(form):
    tokenizer = wordpiece("안녕", "하", "##ᆫ", "##국", "cafe", strip_accents=True)
    text = unicodedata.normalize(form, "안녕 한국 CAFÉ")
    tokens = tokenize(tokenizer, text)
    assert tokens.strings[0][1:-1] == ("안녕", "하", "##ᆫ", "##국", "cafe")
    shown = [unicodedata.normalize("NFC", text[a:b]) for a, b in tokens.spans[0, 1:-1].tolist()]
    assert shown == (["안녕", "한", "한", "국", "CAFÉ"] if form == "NFC" else ["안녕", "하", "ᆫ", "국", "CAFE"])


def test_hangul_is_whole_in_a_vocabulary_like_klues():
    assert strings(wordpiece("안녕", "세계", strip_accents=False), KOREAN) == ("안녕", "세계")


@every_tokenizer
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_script_is_readable_and_its_spans_slice_what_was_typed(tokenizers, kind, text):
    tokens = tokenize(tokenizers[kind], text)
    shown, spans = tokens.strings[0][1:-1], tokens.spans[0, 1:-1].tolist()
    assert "�" not in "".join(shown)
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert sorted(spans) == spans
    covered = {at for start, end in spans for at in range(start, end)}
    assert {at for at, sign in enumerate(text) if sign.isalnum()} <= covered
    for string, (start, end) in zip(shown, spans, strict=True):  # a part shows a character that is its own
        for character in re.findall(r"(.)\(\d/\d\)", string):
            assert unicodedata.normalize("NFD", character) in unicodedata.normalize("NFD", text[start:end])


@every_tokenizer
def test_a_script_that_is_hardly_known_is_noted(tokenizers, kind):
    knows_korean = "Korean" in kind
    assert tokenize(tokenizers[kind], ENGLISH.replace("the cat", "hello")).notes == ()
    notes = tokenize(tokenizers[kind], KOREAN).notes
    assert len(notes) == (not knows_korean)
    for note in notes:
        assert note.startswith("this vocabulary hardly knows this script: of the 2 words of “안녕 세계”, 2 are ")


def test_half_of_the_words_is_not_over_half_and_punctuation_is_no_word():
    tokenizer = wordpiece("hello", "the", ",", "!", "##a", "x", strip_accents=True)

    def noted(text):
        return len(tokenize(tokenizer, text).notes)

    assert [noted(text) for text in ("hello 안녕", "hello 안녕 세계", "hello , ! 안녕", "안녕 ! , hello ! 세계")] == [
        0, 1, 0, 1
    ]  # fmt: skip
    assert noted("? ? ?") == 0  # unknown punctuation is no script
    assert noted("👍🏽") == 1


def test_a_word_counts_where_over_half_of_its_letters_do():
    tokenizer = bpe("ไทย", "ป")
    assert tokenize(tokenizer, "ไทยกข").notes == ()  # no spaces: one word, of which three letters of five are known
    assert len(tokenize(tokenizer, "ไทยกขคง").notes) == 1


def test_each_text_is_judged_by_itself_and_noted_once(tokenizers):
    notes = tokenize(tokenizers["WordPiece"], [KOREAN, KOREAN, "hello"], ["hello the cat"] * 2 + ["세계"]).notes
    assert [note.split("“")[1].split("”")[0] for note in notes] == [KOREAN, "세계"]
