"""A question and its context -> windows: as many readings as it takes to show the model the whole context."""

from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from encoder_lab.contexts import read_behind
from encoder_lab.pieces import Piece, hardly_known, vocabulary_pieces, written
from encoder_lab.records import OnDemand, Tokens, Window
from encoder_lab.tokens import check_text
from encoder_lab.whole import whole_number

LONGEST_DEFAULT, STRIDE_DEFAULT = 384, 128  # tokens; the pipeline's own


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Windows(OnDemand):
    """The windows of one context: slices of its tokens, each put behind the question when asked for.

    Axes: Q tokens before the context, N tokens of the context, W windows.
    """

    question: str
    context: str
    before: Tensor  # (Q,) ids of `<s> question </s></s>`
    segments: tuple[Tensor, int, Tensor]  # ids of the segments before the context (Q,), in it, and behind it
    question_spans: Tensor  # (Q, 2) characters of the question; 0, 0 for an added token
    in_question: Tensor  # (Q,) bool
    ids: Tensor  # (N,) ids of the whole context
    spans: Tensor  # (N, 2) characters of the context
    words: Tensor  # (N,) which word each token belongs to; -1 for none
    bounds: tuple[tuple[int, int], ...]  # (W) each window's first token of the context, and the one after its last
    after: Tensor  # ids of what stands behind the context, as a rule one `</s>`
    pieces: dict[int, Piece]  # id -> its piece of the vocabulary, of every token there is
    notes: tuple[str, ...]  # what to know about reading these texts with this vocabulary

    kind, owner = "window", "this context"  # no fields: what `OnDemand` calls them

    def __len__(self) -> int:
        return len(self.bounds)

    def make(self, index: int) -> Window:
        """Make one window, 0 to W - 1."""
        first, stop = self.bounds[index]
        ids = self.row(index)
        nothing = torch.zeros(len(self.after), 2, dtype=torch.long)
        roles = ["question" if inside else "separator" for inside in self.in_question.tolist()]
        roles = ["no answer", *roles[1:], *["context"] * (stop - first), *["separator"] * len(self.after)]
        return Window(
            ids=ids,
            mask=torch.ones_like(ids),
            spans=torch.cat([self.question_spans, self.spans[first:stop].long(), nothing]),
            in_context=self.in_context(index),
            roles=tuple(roles),
            strings=written([self.pieces[i] for i in ids.tolist()]),
            start=int(self.spans[first, 0]),
            end=int(self.spans[stop - 1, 1]),
        )

    def _text(self) -> str:
        return f"{len(self)} windows of at most {max(map(self.size, range(len(self))))} tokens"

    def size(self, index: int) -> int:
        """Count a window's tokens."""
        first, stop = self.bounds[index]
        return len(self.before) + stop - first + len(self.after)

    def row(self, index: int) -> Tensor:
        """Give a window's token ids, (T,)."""
        first, stop = self.bounds[index]
        return torch.cat([self.before, self.ids[first:stop].long(), self.after])

    def row_segments(self, index: int) -> Tensor:
        """Give a window's segment ids, (T,)."""
        first, stop = self.bounds[index]
        before, inside, after = self.segments
        return torch.cat([before, before.new_full((stop - first,), inside), after])

    def in_context(self, index: int) -> Tensor:
        """Say which of a window's tokens are the context's, (T,) bool."""
        inside = torch.zeros(self.size(index), dtype=torch.bool)
        inside[len(self.before) : -len(self.after)] = True
        return inside

    def tokens(self, index: int) -> Tokens:
        """Give a window as the record that every journey starts from, (1, T)."""
        window = self[index]
        sides = [{"question": 0, "context": 1}.get(role, -1) for role in window.roles]
        return Tokens(
            texts=((self.question, self.context),),
            ids=window.ids[None],
            mask=window.mask[None],
            segments=self.row_segments(index)[None],
            sides=torch.tensor([sides]),
            spans=window.spans[None],
            strings=(window.strings,),
            notes=self.notes,
        )

    def characters(self, index: int, first: int, last: int, align_to_words: bool) -> tuple[int, int, str]:
        """Find the characters of a span of tokens.

        Args:
            index: the window.
            first: the span's first token, a position of the window that belongs to the context.
            last: its last token.
            align_to_words: whether to take in the whole words at both ends, as far as the window shows them.

        Returns:
            (start, end character of the context, what these tokens themselves say of it).

        Source: `QuestionAnsweringPipeline.get_indices` in `transformers` 4.57.6.
        """
        lowest, stop = self.bounds[index]
        a, b = (lowest + token - len(self.before) for token in (first, last))
        plain = int(self.spans[a, 0]), int(self.spans[b, 1])
        pointed = self.context[slice(*plain)]
        if not align_to_words or self.words[a] < 0 or self.words[b] < 0:
            return *plain, pointed
        while a > lowest and self.words[a - 1] == self.words[a]:
            a -= 1
        while b + 1 < stop and self.words[b + 1] == self.words[b]:
            b += 1
        return int(self.spans[a, 0]), int(self.spans[b, 1]), pointed


def cut_windows(
    tokenizer: PreTrainedTokenizerBase,
    question: str,
    context: str,
    max_seq_len: int | None = None,
    doc_stride: int | None = None,
) -> Windows:
    """Cut a context into windows that each fit into the model behind the question.

    Args:
        tokenizer: a checkpoint's fast tokenizer; it writes `<s> question </s></s> context </s>`.
        question: not blank.
        context: not blank; of any length.
        max_seq_len: tokens of a window with question and added tokens, at most what the model reads; None for 384, or
            what the model reads if that is less.
        doc_stride: tokens of the context that a window shares with the next; None for half of `max_seq_len`, at
            most 128.

    Returns:
        The windows, from the context's start to its end.

    Raises:
        TypeError: a text is not a string, a length is not a whole number.
        ValueError: a text is empty or blank; a length is out of range; the question leaves no room for the context;
            `doc_stride` is not smaller than that room, and the context does not fit into one window.

    Source: `QuestionAnsweringPipeline.preprocess` in `transformers` 4.57.6; truncation in `tokenizers`.
    """
    for name, text in (("question", question), ("context", context)):
        check_text(text, f"the {name}")
    max_seq_len, doc_stride = _check_lengths(max_seq_len, doc_stride, tokenizer.model_max_length)

    read, size, stop, ids, spans, words = read_behind(tokenizer, question, context)
    sides, count = read.sequence_ids(0)[:size], len(ids)
    before, after = torch.tensor(read["input_ids"][:size]), torch.tensor(read["input_ids"][stop:])
    room = max_seq_len - size - len(after)
    if room < 1:
        raise ValueError(
            f"the question is {sides.count(0)} tokens long and leaves no room for the context in windows of "
            f"{max_seq_len} tokens; shorten it or raise max_seq_len"
        )
    if count > room and doc_stride >= room:
        raise ValueError(
            f"doc_stride is {doc_stride}, but a window of {max_seq_len} tokens has room for {room} tokens of the "
            f"context behind this question; give a doc_stride below {room}"
        )
    firsts = range(0, max(count - doc_stride, 1), room - doc_stride) if count > room else (0,)
    segments = read.get("token_type_ids") or [0] * len(read["input_ids"])
    every = torch.cat([before, ids, after]).unique().tolist()
    question_spans = torch.tensor(read["offset_mapping"][:size])
    return Windows(
        question=question,
        context=context,
        before=before,
        segments=(torch.tensor(segments[:size]), segments[size], torch.tensor(segments[stop:])),
        question_spans=question_spans,
        in_question=torch.tensor([side == 0 for side in sides]),
        ids=ids,
        spans=spans,
        words=words,
        bounds=tuple((first, min(first + room, count)) for first in firsts),
        after=after,
        pieces=dict(zip(every, vocabulary_pieces(tokenizer, every), strict=True)),
        notes=(
            *hardly_known(tokenizer, question, before, question_spans),
            *hardly_known(tokenizer, context, ids, spans),
        ),
    )


def _check_lengths(max_seq_len: int | None, doc_stride: int | None, longest: int) -> tuple[int, int]:
    """Put in the pipeline's defaults and refuse lengths that no model and no context could have."""
    if max_seq_len is None:
        max_seq_len = min(longest, LONGEST_DEFAULT)
    max_seq_len = whole_number("max_seq_len", max_seq_len, least=1)
    if doc_stride is None:
        doc_stride = min(max_seq_len // 2, STRIDE_DEFAULT)
    doc_stride = whole_number("doc_stride", doc_stride, least=0)
    if max_seq_len > longest:
        raise ValueError(f"max_seq_len is {max_seq_len}, but the model reads at most {longest} tokens")
    if doc_stride > max_seq_len:
        raise ValueError(f"doc_stride is {doc_stride}, more than max_seq_len, {max_seq_len}; it must be below it")
    return max_seq_len, doc_stride
