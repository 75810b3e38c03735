"""The trimmed byte-level BPE: what is kept, in which order, and that it still reads and writes any text."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipes.byte_pairs import MASK, SPECIAL, build_tokenizer, count_pieces, read_roberta, trim
from tests.recipes.stand_in import contents, write_data

# Worked out by hand: "abc" is merged from "ab" and "c"
PIECES = {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4, "abc": 5, "<|endoftext|>": 6}
MERGES = [("a", "b"), ("b", "c"), ("ab", "c")]
BASE = 256 + len(SPECIAL) + 1  # the smallest vocabulary
TEXTS = st.text() | st.text(alphabet="aehlot bcdr\n'9Ġ\u00e9\U0001f642")


@pytest.fixture(scope="module")
def roberta(tmp_path_factory):
    """The stand-in's vocabulary and merges."""
    with pytest.MonkeyPatch.context() as patch:
        return read_roberta(write_data(tmp_path_factory.mktemp("data"), patch))


def counted(draw, vocabulary) -> Counter[str]:
    """Draw how often each piece is used; many are as rare as others, some do not occur."""
    return Counter({piece: draw.draw(st.integers(0, 3)) for piece in vocabulary if len(piece) > 1})


def test_the_files_are_read_in_order_and_without_the_version(roberta):
    vocabulary, merges = roberta
    assert merges[:2] == [("h", "e"), ("t", "he")]
    lines = contents()["roberta_bpe/merges.txt"].splitlines()
    assert lines[0].startswith("#version") and [" ".join(pair) for pair in merges] == lines[1:]
    assert [vocabulary["!"], vocabulary["he"], vocabulary["<|endoftext|>"]] == [0, 256, len(vocabulary) - 1]


def test_pieces_are_counted_without_special_ones(roberta):
    tokenizer = build_tokenizer(*roberta, 8)
    assert count_pieces(tokenizer, iter(["the the", " the cat"])) == {"the": 1, "Ġthe": 2, "Ġcat": 1}
    assert count_pieces(tokenizer, ["the" * 20]) == {"the": 20}  # longer than the tokenizer's longest, yet all of it


@pytest.mark.parametrize(
    "counts, places, kept",
    [
        ({"abc": 5, "bc": 3}, 0, []),
        ({"abc": 5, "bc": 3}, 1, ["bc"]),  # "abc" would need "ab" too
        ({"abc": 5, "bc": 3}, 2, ["ab", "abc"]),  # "ab" is never used for itself
        ({"abc": 5, "bc": 6}, 2, ["ab", "bc"]),  # the most used first, then what fits
        ({"abc": 5, "bc": 5, "ab": 5}, 2, ["ab", "bc"]),  # equals in the old order
        ({}, 3, ["ab", "bc", "abc"]),
        ({"abc": 5}, 9, ["ab", "bc", "abc"]),
    ],
)
def test_the_most_used_pieces_are_kept_with_what_they_are_merged_from(counts, places, kept):
    vocabulary, merges = trim(PIECES, MERGES, Counter(counts), len(SPECIAL) + 3 + 1 + places)
    assert list(vocabulary) == [*SPECIAL, "a", "b", "c", *kept, MASK]
    assert list(vocabulary.values()) == list(range(len(vocabulary)))
    assert merges == [pair for pair in MERGES if "".join(pair) in kept]


@given(st.data(), st.integers(BASE, BASE + 30))
def test_what_is_kept_holds_together_whatever_the_size(roberta, draw, size):
    old, old_merges = roberta
    vocabulary, merges = trim(old, old_merges, counted(draw, old), size)
    assert len(vocabulary) <= size
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))
    assert [vocabulary[piece] for piece in (*SPECIAL, MASK)] == [0, 1, 2, 3, len(vocabulary) - 1]
    assert sum(len(piece) == 1 for piece in vocabulary) == 256
    ordered = [old[piece] for piece in sorted(vocabulary, key=vocabulary.get) if piece in old]
    assert ordered == sorted(ordered)
    assert [pair for pair in old_merges if pair in merges] == merges
    assert {left + right for left, right in merges} == {x for x in vocabulary if len(x) > 1} - {*SPECIAL, MASK}
    assert {part for pair in merges for part in pair} <= set(vocabulary)


@given(st.data(), st.integers(BASE, BASE + 6))
def test_the_most_used_piece_is_kept_where_it_fits_with_its_parts(roberta, draw, size):
    old, merges = roberta
    counts = counted(draw, old)
    best = max((left + right for left, right in merges), key=lambda piece: (counts[piece], -old[piece]))
    needed = {best}
    for left, right in reversed(merges):  # a piece is merged after its parts
        if left + right in needed:
            needed |= {piece for piece in (left, right) if len(piece) > 1}
    assert (best in trim(old, merges, counts, size)[0]) == (len(needed) <= size - BASE)


@given(st.data(), st.integers(BASE, BASE + 30))
def test_each_kept_piece_is_reached(roberta, draw, size):
    kept, merges = trim(*roberta, counted(draw, roberta[0]), size)
    tokenizer = build_tokenizer(kept, merges, 32)
    for piece in kept:
        if len(piece) > 1 and piece not in (*SPECIAL, MASK):
            assert tokenizer.tokenize(piece.replace("Ġ", " ")) == [piece]


def test_pieces_keep_their_ids_and_special_ones_their_part(roberta):
    kept, merges = trim(*roberta, Counter(), BASE + 4)
    tokenizer = build_tokenizer(kept, merges, 32)
    assert tokenizer.get_vocab() == kept
    assert tokenizer.model_max_length == 32
    ids = [tokenizer.bos_token_id, tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id]
    assert ids == [0, 1, 2, 3] and tokenizer.mask_token_id == len(kept) - 1
    assert tokenizer("he")["input_ids"] == [0, kept["he"], 2]


@pytest.fixture(scope="module")
def trimmed(roberta):
    """A tokenizer with half of the merges."""
    return build_tokenizer(*trim(*roberta, Counter({"Ġhello": 2, "Ġbank": 1}), BASE + 12), 32)


@given(TEXTS)
def test_any_text_is_read_and_written_back(trimmed, text):
    ids = trimmed(text, add_special_tokens=False)["input_ids"]
    assert trimmed.unk_token_id not in ids
    assert trimmed.decode(ids, clean_up_tokenization_spaces=False) == text
