"""A context of any length -> its tokens behind a question: read piece by piece, as if it were read whole."""

import re
from collections.abc import Iterator

import torch
from tokenizers.pre_tokenizers import ByteLevel
from torch import Tensor
from transformers import BatchEncoding, PreTrainedTokenizerBase

PIECE = 20_000  # characters read at once: while it reads, a tokenizer takes some 700 bytes a token


def read_behind(
    tokenizer: PreTrainedTokenizerBase, question: str, context: str
) -> tuple[BatchEncoding, int, int, Tensor, Tensor, Tensor]:
    """Read a question and its context, a long one piece by piece.

    Returns:
        (a reading of the question and some piece, Q, where what follows the piece begins, and of the context ids (N,),
        spans (N, 2) and words (N,)).
    """
    ids, spans, words, last = [], [], [], 0
    for start, cut in _pieces(tokenizer, context):
        early = min(start, 1)  # with the letter before, since the first token of a text may be read in its own way
        read = tokenizer(
            question, context[start - early : cut], return_offsets_mapping=True, truncation=False, verbose=False
        )
        sides = read.sequence_ids(0)
        size = sides.index(1)  # Q; what follows is the context and, as a rule, one `</s>`
        stop = size + sides.count(1)
        found = torch.tensor(read["offset_mapping"][size:stop], dtype=torch.int32)
        skip = int((found[:, 1] <= 1).sum()) if early else 0  # that letter's tokens
        word = [-1 if w is None else w + last for w in read.encodings[0].word_ids[size + skip : stop]]
        ids.append(torch.tensor(read["input_ids"][size + skip : stop], dtype=torch.int32))
        spans.append(found[skip:] + (start - early))
        words.append(torch.tensor(word, dtype=torch.int32))
        last = max(word)  # the letter is word 0 of the next piece, so that the count goes on
    return read, size, stop, torch.cat(ids), torch.cat(spans), torch.cat(words)


def _pieces(tokenizer: PreTrainedTokenizerBase, context: str) -> Iterator[tuple[int, int]]:
    """Give (start, stop) of pieces of which no token crosses a border: each begins at a space between two letters.

    Byte-level BPE always begins a token there. A context is one piece where the tokenizer is of another kind, or has
    an added token that takes in such a space.

    Source: Radford et al. 2019, section 2.2; `ByteLevel` in `tokenizers`.
    """
    backend, added = tokenizer.backend_tokenizer, tokenizer.added_tokens_decoder.values()
    cutter = backend.pre_tokenizer
    bytewise = backend.normalizer is None and isinstance(cutter, ByteLevel) and cutter.use_regex
    start = 0
    while bytewise and not any(" " in token.content or token.rstrip for token in added):
        border = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])").search(context, start + PIECE)
        if border is None:
            break
        yield start, border.start()
        start = border.start()
    yield start, len(context)
