"""Text to tokens: what the tokenizer gives, made readable, and clear words about bad text."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from encoder_lab.tokens import check_texts, mask_positions, pad, refuse_special_tokens, tokenize, tokens_of
from tests.families import byte_pairs, word_pieces


@pytest.fixture(scope="module")
def wordpiece(tmp_path_factory):
    return word_pieces(tmp_path_factory.mktemp("wordpiece"))


@pytest.fixture(scope="module")
def bpe():
    return byte_pairs()


def test_one_text(wordpiece):
    tokens = tokenize(wordpiece, "The cat sat.")
    assert tokens.strings == (("[CLS]", "the", "cat", "sat", ".", "[SEP]"),)
    assert tokens.ids.tolist() == [wordpiece("The cat sat.")["input_ids"]]
    assert tokens.mask.tolist() == [[1] * 6]
    assert tokens.sides.tolist() == [[-1, 0, 0, 0, 0, -1]]
    assert tokens.spans.tolist() == [[[0, 0], [0, 3], [4, 7], [8, 11], [11, 12], [0, 0]]]
    assert tokens.texts == (("The cat sat.", None),)


def test_pairs_and_padding(wordpiece):
    tokens = tokenize(wordpiece, ["the cat", "a dog sat"], ["sat", "on the bank"])
    assert tokens.ids.shape == (2, 9)
    assert tokens.mask.sum(dim=1).tolist() == [6, 9]
    assert tokens.segments.tolist()[0] == [0, 0, 0, 0, 1, 1, 0, 0, 0]
    assert tokens.sides.tolist()[0] == [-1, 0, 0, -1, 1, -1, -1, -1, -1]
    assert tokens.strings[0][-1] == "[PAD]"
    assert tokens.ids[0, -1] == wordpiece.pad_token_id


def test_a_word_is_cut_into_pieces_and_each_knows_its_characters(wordpiece):
    tokens = tokenize(wordpiece, "dogs bank")
    assert tokens.strings[0][1:-1] == ("dog", "##s", "bank")
    assert ["dogs bank"[a:b] for a, b in tokens.spans[0, 1:-1].tolist()] == ["dog", "s", "bank"]


def test_byte_level_pieces_show_their_space_as_a_dot(bpe):
    tokens = tokenize(bpe, "hello the dog")
    assert "·the" in tokens.strings[0]
    assert not any("Ġ" in string for string in tokens.strings[0])
    assert tokens.strings[0][0] == "<s>" and tokens.strings[0][-1] == "</s>"


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=7))
@settings(max_examples=60, deadline=None)
def test_spans_lie_inside_the_text(bpe, text):
    if not text.strip():
        return
    tokens = tokenize(bpe, text)
    starts, ends = tokens.spans[0].unbind(-1)
    assert bool((starts <= ends).all()) and int(ends.max()) <= len(text)
    assert tokens.sides[0, 0] == -1 and tokens.sides[0, -1] == -1


@pytest.mark.parametrize("typed", ["[SEP]", "[CLS]", "[PAD]", "[MASK]"])
def test_special_tokens_typed_as_text_become_special_tokens(wordpiece, typed):
    tokens = tokenize(wordpiece, f"the {typed} cat")
    assert tokens.ids.tolist() == [wordpiece(f"the {typed} cat")["input_ids"]]
    assert tokens.strings[0][2] == typed
    assert tokens.mask.tolist() == [[1] * 5]  # a typed [PAD] is read, as transformers does
    assert tokens.spans[0, 2].tolist() == [4, 9 if len(typed) == 5 else 10]


@pytest.mark.parametrize("typed", ["<s>", "</s>", "<pad>"])
def test_special_tokens_of_byte_level_models_typed_as_text(bpe, typed):
    tokens = tokenize(bpe, f"hello {typed} dog")
    assert tokens.ids.tolist() == [bpe(f"hello {typed} dog")["input_ids"]]
    assert typed in tokens.strings[0][1:-1]


@pytest.mark.parametrize(
    "text", ["日本語 cat", "🙂 cat", "שלום cat", "cat\0dog", "<b>cat</b>", "cat" + " " * 10_000 + "dog"]
)
def test_odd_text_is_read_as_the_tokenizer_reads_it(wordpiece, text):
    tokens = tokenize(wordpiece, text)
    assert tokens.ids.tolist() == [wordpiece(text)["input_ids"]]
    assert int(tokens.spans.max()) <= len(text)


def test_characters_outside_the_vocabulary_are_unknown(wordpiece):
    assert tokenize(wordpiece, "日 cat").strings[0][1] == "[UNK]"


def test_display_escapes_what_was_typed(bpe):
    html = tokenize(bpe, "<img src=x>")._repr_html_()
    assert "<img" not in html and "&lt;" in html


@pytest.mark.parametrize(
    "text, kind, words",
    [
        ("", ValueError, "the text is empty; type at least one word"),
        (" \n\t", ValueError, "the text is blank; type at least one word"),
        (["cat", ""], ValueError, "text 1 of the list is empty; type at least one word"),
        ([], ValueError, "the list of texts is empty; give at least one text"),
        (7, TypeError, "a text must be a string or a list of strings; this is an int"),
        (None, TypeError, "a text must be a string or a list of strings; this is a NoneType"),
        (b"cat", TypeError, "a text must be a string or a list of strings; this is a bytes"),
        (["cat", 3.5], TypeError, "text 1 of the list must be a string; this is a float"),
    ],
)
def test_bad_text(text, kind, words):
    with pytest.raises(kind, match=f"^{words}$"):
        check_texts(text)


def test_too_long_says_how_long_and_how_long_it_may_be(wordpiece):
    with pytest.raises(ValueError, match=r"'cat cat .*…' is 42 tokens long with its special tokens and .* at most 32;"):
        tokenize(wordpiece, "cat " * 40)
    assert tokenize(wordpiece, "cat " * 30).ids.shape == (1, 32)


def test_a_pair_that_is_too_long_loses_the_end_of_its_first_text_if_asked(bpe):
    texts, pairs = ["the cat " * 20, "hello", "dog " * 30], ["hello", "the dog", "river " * 4]
    with pytest.raises(ValueError, match=r"'the cat .*' is 47 tokens long .* at most 32; shorten it"):
        tokenize(bpe, texts, pairs)
    tokens = tokenize(bpe, texts, pairs, cut_first=True)
    theirs = bpe(texts, pairs, truncation="only_first", padding=True, return_tensors="pt")
    assert tokens.ids.tolist() == theirs["input_ids"].tolist()
    assert tokens.mask.tolist() == theirs["attention_mask"].tolist()
    alone = [len(bpe(pair, add_special_tokens=False)["input_ids"]) for pair in pairs]
    assert (tokens.sides == 1).sum(dim=1).tolist() == alone
    assert tokens.texts == tuple(zip(texts, pairs, strict=True))


def test_a_second_text_that_leaves_no_room_is_an_error():
    bpe = byte_pairs()
    size = len(bpe("dog " * 9, add_special_tokens=False)["input_ids"])
    bpe.model_max_length = size + 5  # four special tokens, and one of the first text
    tokens = tokenize(bpe, "the the", "dog " * 9, cut_first=True)
    assert tokens.ids.shape == (1, size + 5) and tokens.sides[0].tolist().count(0) == 1
    bpe.model_max_length = size + 4
    with pytest.raises(ValueError, match=f"'dog dog .*' takes {size + 4} tokens .* at most {size + 4}; shorten it"):
        tokenize(bpe, "the the", "dog " * 9, cut_first=True)


def test_special_tokens_can_be_refused(bpe, wordpiece):
    refuse_special_tokens(bpe, ["a < s >", "&lt;s&gt;", "[MASK] </S>"])
    with pytest.raises(ValueError, match="^the label 'a<mask>' has '<mask>' at character 1; the model would read"):
        refuse_special_tokens(bpe, ["cat", "a<mask>"], "label")
    with pytest.raises(ValueError, match=r"^the text '\[SEP\]' has '\[SEP\]' at character 0"):
        refuse_special_tokens(wordpiece, ["[SEP]"])


def test_texts_and_pairs_must_be_as_many(wordpiece):
    with pytest.raises(ValueError, match="there are 2 texts and 1 second texts"):
        tokenize(wordpiece, ["cat", "dog"], ["bank"])


def test_mask_positions(wordpiece):
    ids = tokenize(wordpiece, "the [MASK] sat on [MASK]").ids[0]
    assert mask_positions(wordpiece, ids) == [2, 5]


def test_a_stretch_takes_in_every_token_it_touches():
    spans = torch.tensor([[0, 3], [3, 5], [6, 9], [9, 10]])
    for stretch, tokens in [((0, 3), (0, 0)), ((0, 4), (0, 1)), ((3, 9), (1, 2)), ((7, 8), (2, 2)), ((5, 10), (2, 3))]:
        assert tokens_of(spans, *stretch) == tokens


def test_padding_goes_on_the_right():
    ids, mask = pad([[5, 6, 7], [8]], -1)
    assert ids.tolist() == [[5, 6, 7], [8, -1, -1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert ids.dtype == mask.dtype == torch.long
    vectors, _ = pad([torch.ones(1, 3), torch.ones(2, 3)])
    assert vectors.tolist() == [[[1, 1, 1], [0, 0, 0]], [[1, 1, 1]] * 2]
    assert pad([[True], [False, False]], True)[0].tolist() == [[True, True], [False, False]]
