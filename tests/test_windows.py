"""Windows of a long context: the same slices as `tokenizers` cuts, and characters of the text exactly as typed."""

import random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import normalizers, pre_tokenizers, processors
from transformers import AddedToken, AutoTokenizer

from encoder_lab import contexts
from encoder_lab.checkpoints import BUNDLED
from encoder_lab.contexts import PIECE
from encoder_lab.windows import cut_windows

TOKENIZER = AutoTokenizer.from_pretrained(BUNDLED / "question-answering")
QUESTION = "Who sat by the river?"  # 6 tokens; 9 with `<s>` in front and `</s></s>` behind
WORDS = ["The", "naïve", "cat", "sat", "unbelievably", "by", "the", "river", "😀", "日本語", "</s>", "<b>", "x\u0301y",
         "\r\n", "\t", "  ", "", "C++", "\0", "\xa0", "don't", "1867"]  # fmt: skip


def typed(seed: int, count: int) -> str:
    """A text of odd words that is not blank."""
    draw = random.Random(seed)
    return "A " + " ".join(draw.choice(WORDS) for _ in range(count))


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**6), st.integers(1, 90), st.integers(12, 60), st.integers(0, 30))
def test_windows_are_those_of_the_tokenizers_own_truncation(seed, count, longest, stride):
    context = typed(seed, count)
    room = longest - 10
    if stride >= room:
        stride = room - 1
    ours = cut_windows(TOKENIZER, QUESTION, context, longest, stride)
    theirs = TOKENIZER(
        QUESTION, context, truncation="only_second", max_length=longest, stride=stride,
        return_overflowing_tokens=True, return_offsets_mapping=True,
    )  # fmt: skip
    assert len(ours) == len(theirs["input_ids"])
    for i, window in enumerate(ours):
        encoding = theirs.encodings[i]
        sides = theirs.sequence_ids(i)
        assert window.ids.tolist() == theirs["input_ids"][i]
        assert [tuple(span) for span in window.spans.tolist()] == theirs["offset_mapping"][i]
        assert window.in_context.tolist() == [side == 1 for side in sides]
        assert len(window.roles) == len(window.strings) == len(window.mask) == len(sides)
        inside = [t for t, side in enumerate(sides) if side == 1]
        assert (window.start, window.end) == (encoding.offsets[inside[0]][0], encoding.offsets[inside[-1]][1])
        draw = random.Random(seed + i)
        for _ in range(4):
            first, last = sorted(draw.choices(inside, k=2))
            plain = encoding.offsets[first][0], encoding.offsets[last][1]
            assert ours.characters(i, first, last, align_to_words=False) == (*plain, context[slice(*plain)])
            words = encoding.token_to_word(first), encoding.token_to_word(last)
            whole = encoding.word_to_chars(words[0], 1)[0], encoding.word_to_chars(words[1], 1)[1]
            assert ours.characters(i, first, last, align_to_words=True) == (*whole, context[slice(*plain)])


def with_prefix_space():
    """A tokenizer that puts a space before a text, and does not count it among the text's characters."""
    tokenizer = AutoTokenizer.from_pretrained(BUNDLED / "question-answering")
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.backend_tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


PREFIXED = with_prefix_space()


def same(some, others):
    names = ("before", "question_spans", "in_question", "ids", "spans", "words")
    return some.bounds == others.bounds and all(getattr(some, n).equal(getattr(others, n)) for n in names)


@settings(max_examples=150)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 12), st.sampled_from([TOKENIZER, PREFIXED]))
def test_a_context_read_in_pieces_is_the_context_read_whole(seed, count, piece, tokenizer):
    context = typed(seed, count)
    whole = cut_windows(tokenizer, QUESTION, context, 40, 8)
    with patch.object(contexts, "PIECE", piece):
        assert same(cut_windows(tokenizer, QUESTION, context, 40, 8), whole)


def lengths_read(monkeypatch, tokenizer, context):
    """How many characters of the context the tokenizer is given at a time."""
    lengths, read = [], type(tokenizer).__call__

    def spy(self, question, piece, **options):
        lengths.append(len(piece))
        return read(self, question, piece, **options)

    monkeypatch.setattr(type(tokenizer), "__call__", spy)
    windows = cut_windows(tokenizer, QUESTION, context)
    monkeypatch.undo()
    return windows, lengths


def test_a_tokenizer_is_never_given_much_more_than_a_piece(monkeypatch):
    context = "It’s the cat that sat by the river, wasn’t it? " * 1500
    windows, lengths = lengths_read(monkeypatch, TOKENIZER, context)
    assert len(lengths) == len(context) // PIECE + 1 and max(lengths) < PIECE + 50
    assert sum(lengths) == len(context) + len(lengths) - 1  # each but the first with one letter of the piece before
    theirs = TOKENIZER(QUESTION, context, return_offsets_mapping=True, verbose=False)
    assert windows.ids.tolist() == theirs["input_ids"][len(windows.before) : -1]
    assert [tuple(span) for span in windows.spans.tolist()] == theirs["offset_mapping"][len(windows.before) : -1]
    assert windows.words.tolist() == theirs.word_ids()[len(windows.before) : -1]


def taking_in_spaces(change):
    """A tokenizer for which a space between letters is no border."""
    tokenizer = AutoTokenizer.from_pretrained(BUNDLED / "question-answering")
    change(tokenizer)
    return tokenizer


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.add_tokens([AddedToken("cat sat")]),
        lambda t: t.add_tokens([AddedToken("cat", rstrip=True)]),
        lambda t: setattr(t.backend_tokenizer, "normalizer", normalizers.Replace("cat sat", "catsat")),
        lambda t: setattr(t.backend_tokenizer, "pre_tokenizer", pre_tokenizers.ByteLevel(False, use_regex=False)),
        lambda t: setattr(t.backend_tokenizer, "pre_tokenizer", pre_tokenizers.Punctuation()),
    ],
    ids=["a token with a space", "a token that takes in spaces", "a normalizer", "no splitting", "another kind"],
)
def test_where_a_space_is_no_border_a_context_is_read_whole(monkeypatch, change):
    monkeypatch.setattr(contexts, "PIECE", 3)
    _, lengths = lengths_read(monkeypatch, taking_in_spaces(change), "cat sat " * 9)
    assert lengths == [72]


def test_a_word_cut_by_a_windows_edge_is_aligned_as_far_as_the_window_shows_it():
    windows = cut_windows(TOKENIZER, QUESTION, "Antidisestablishmentarianism!", 12, 0)
    assert len(windows) > 2
    parts = [windows.characters(i, 9, 9, align_to_words=True) for i in range(len(windows))]
    assert parts[0][0] == 0 and parts[0][1] == parts[1][0] and parts[0][2]


def test_by_hand():
    windows = cut_windows(TOKENIZER, QUESTION, "A cat sat.", 12, 1)  # room for 2 of the 4 tokens, 1 shared
    assert windows.bounds == ((0, 2), (1, 3), (2, 4))
    assert windows[1].strings == ("<s>", "Who", "·sat", "·by", "·the", "·river", "?", "</s>", "</s>", "·cat", "·sat",
                                  "</s>")  # fmt: skip
    assert windows[1].roles == ("no answer", *["question"] * 6, *["separator"] * 2, *["context"] * 2, "separator")
    assert (windows[1].start, windows[1].end) == (2, 9)
    assert [len(window.ids) for window in windows] == [windows.size(i) for i in range(3)] == [12, 12, 12]
    assert repr(windows) == "3 windows of at most 12 tokens"
    assert windows[-1].start == 6


def test_a_windows_tokens_are_those_of_tokenize():
    from encoder_lab.tokens import tokenize

    ours, theirs = cut_windows(TOKENIZER, QUESTION, "A cat sat.").tokens(0), tokenize(TOKENIZER, QUESTION, "A cat sat.")
    assert ours.texts == theirs.texts and ours.strings == theirs.strings
    for name in ("ids", "mask", "segments", "sides", "spans"):
        assert getattr(ours, name).tolist() == getattr(theirs, name).tolist(), name


def test_lengths_that_are_left_out_are_the_pipelines():
    long = "word " * 2000
    windows = cut_windows(TOKENIZER, QUESTION, long)
    assert windows.size(0) == 384 and windows.bounds[1][0] == 384 - 10 - 128
    windows = cut_windows(TOKENIZER, QUESTION, long, max_seq_len=100)
    assert windows.size(0) == 100 and windows.bounds[1][0] == 100 - 10 - 50
    windows = cut_windows(TOKENIZER, QUESTION, long, doc_stride=300)
    assert windows.size(0) == 384 and windows.bounds[1][0] == 384 - 10 - 300
    assert cut_windows(TOKENIZER, QUESTION, long, max_seq_len=512).size(0) == 512


def test_a_stride_that_only_a_longer_context_would_need_does_no_harm():
    assert len(cut_windows(TOKENIZER, QUESTION, "A cat sat.", 16, 8)) == 1


@pytest.mark.parametrize(
    "change, kind, words",
    [
        ({"question": ""}, ValueError, "the question is empty; type at least one word"),
        ({"question": " \n"}, ValueError, "the question is blank; type at least one word"),
        ({"context": ""}, ValueError, "the context is empty; type at least one word"),
        ({"context": " \t\r\n "}, ValueError, "the context is blank; type at least one word"),
        ({"question": 3}, TypeError, "the question must be a string; this is an int"),
        ({"context": None}, TypeError, "the context must be a string; this is a NoneType"),
        ({"context": b"cat"}, TypeError, "the context must be a string; this is a bytes"),
        ({"max_seq_len": 10}, ValueError, "the question is 6 tokens long and leaves no room .* windows of 10 tokens"),
        ({"max_seq_len": 0}, ValueError, "max_seq_len is 0; it must be 1 or more"),
        ({"max_seq_len": 513}, ValueError, "max_seq_len is 513, but the model reads at most 512 tokens"),
        ({"max_seq_len": 40.0}, TypeError, "max_seq_len must be a whole number; this is 40.0"),
        ({"doc_stride": True}, TypeError, "doc_stride must be a whole number; this is True"),
        ({"doc_stride": -1}, ValueError, "doc_stride is -1; it must be 0 or more"),
        ({"max_seq_len": 30, "doc_stride": 31}, ValueError, "doc_stride is 31, more than max_seq_len, 30"),
        ({"max_seq_len": 30, "doc_stride": 20}, ValueError, "doc_stride is 20, .* room for 20 .* doc_stride below 20"),
    ],
)
def test_bad_input(change, kind, words):
    given = {"question": QUESTION, "context": "word " * 200} | change
    with pytest.raises(kind, match=words):
        cut_windows(TOKENIZER, **given)


def test_a_window_that_is_not_there():
    windows = cut_windows(TOKENIZER, QUESTION, "A cat sat.")
    with pytest.raises(IndexError, match="there is no window 1; this context has windows 0 to 0"):
        windows[1]
