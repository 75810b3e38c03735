"""Extractive question answering: from a question and its context to ranked spans, "no answer" among them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.model import last_hidden
from encoder_lab.forward.reader import Reader
from encoder_lab.heads import span_head
from encoder_lab.probabilities import decode_spans, null_margin
from encoder_lab.progress import progress_bar
from encoder_lab.records import Answer, Span
from encoder_lab.surroundings import undisturbed
from encoder_lab.texts import say
from encoder_lab.tokens import pad
from encoder_lab.whole import truth, whole_number
from encoder_lab.windows import Windows, cut_windows

BATCH = 4  # windows read at once
SHOW_BAR = 8  # windows from which on a progress bar is shown


def answer(
    checkpoint: Checkpoint,
    question: str | Sequence[str],
    context: str | Sequence[str],
    top_k: int = 1,
    max_answer_len: int = 15,
    max_seq_len: int | None = None,
    doc_stride: int | None = None,
    max_question_len: int = 64,
    handle_impossible_answer: bool = False,
    align_to_words: bool = True,
) -> Answer | list[Answer]:
    """Mark the answer to a question in a context.

    The question always stands first, whatever the tokenizer's `padding_side`; the pipeline puts it second where that
    is "left". An answer may be empty: a token that is nothing but space has no characters, as in the pipeline.

    Args:
        checkpoint: from `load("question-answering")`.
        question: a question, or a list of them.
        context: the text to look in, or a list of them. Of a single one and a list, the single one is used each time.
        top_k: how many answers to keep, 1 or more.
        max_answer_len: tokens of the longest answer, 1 or more.
        max_seq_len: tokens of a window; None for 384, or what the model reads if that is less.
        doc_stride: tokens of the context that neighbouring windows share; None for half of `max_seq_len`, at most 128.
        max_question_len: has no effect, as in the pipeline with a fast tokenizer: a longer question is read whole.
        handle_impossible_answer: whether "no answer" is ranked among the answers.
        align_to_words: whether an answer that begins or ends within a word takes in the whole word.

    Returns:
        One record for two strings, a list of records otherwise.

    Raises:
        TypeError: a text is not a string, a number is not a whole number, a truth neither True nor False.
        ValueError: the checkpoint is for another task; the lists are empty or of unequal length; see `cut_windows`
            for texts and lengths; `top_k`, `max_answer_len` or `max_question_len` is below 1.

    Source: Devlin et al. 2019, sections 4.2 and 4.3 (arXiv:1810.04805); `QuestionAnsweringPipeline` in
    `transformers` 4.57.6.

    >>> from encoder_lab import answer, load
    >>> checkpoint = load("question-answering")
    >>> result = answer(checkpoint, "Where do pandas live?", "Pandas live in China.")
    >>> result.spans[0].text, result.spans[0].start, result.spans[0].end
    ('China', 15, 20)
    >>> found = answer(checkpoint, ["Where do pandas live?", "Who lives in China?"], "Pandas live in China.")
    >>> [each.spans[0].text for each in found]
    ['China', 'Pandas']
    """
    checkpoint.check_task("question-answering", "answer")
    top_k = whole_number("top_k", top_k, least=1)
    max_answer_len = whole_number("max_answer_len", max_answer_len, least=1)
    max_question_len = whole_number("max_question_len", max_question_len, least=1)
    handle_impossible_answer = truth("handle_impossible_answer", handle_impossible_answer)
    align_to_words = truth("align_to_words", align_to_words)
    pairs = _pair_up(question, context)
    cut = [cut_windows(checkpoint.tokenizer, q, c, max_seq_len, doc_stride) for q, c in pairs]
    results = [
        answer_from_logits(checkpoint, windows, start, end, top_k, max_answer_len, handle_impossible_answer,
                           align_to_words, _notes(windows, max_question_len))
        for windows, (start, end) in zip(cut, span_logits(checkpoint, cut), strict=True)
    ]  # fmt: skip
    return results[0] if isinstance(question, str) and isinstance(context, str) else results


@undisturbed()
def span_logits(checkpoint: Checkpoint, cut: Sequence[Windows]) -> list[tuple[Tensor, Tensor]]:
    """Give each token of each window its start and its end logit.

    Args:
        checkpoint: for question answering.
        cut: the windows of each question.

    Returns:
        For each question (start, end) logits, (W, T) each, 0 for padding. Windows of all questions are read in
        batches, the longest first; hidden states are not kept.
    """
    model = checkpoint.model
    found = []
    for windows in cut:
        longest = max(windows.size(i) for i in range(len(windows)))
        found.append(torch.zeros(2, len(windows), longest, dtype=model.dtype))
    every = [(owner, i) for owner, windows in enumerate(cut) for i in range(len(windows))]
    every.sort(key=lambda each: -cut[each[0]].size(each[1]))
    with progress_bar(len(every), "reading", "windows", shown=len(every) > SHOW_BAR) as bar:
        for at in range(0, len(every), BATCH):
            batch = every[at : at + BATCH]
            ids, mask = pad([cut[owner].row(i) for owner, i in batch], checkpoint.tokenizer.pad_token_id)
            segments, _ = pad([cut[owner].row_segments(i) for owner, i in batch])
            sizes = mask.sum(dim=1).tolist()
            read = (each.to(model.device) for each in (ids, mask, segments))
            head = span_head(last_hidden(model, *read), model)
            logits = torch.stack([head.start, head.end]).cpu()  # (2, B, T)
            for number, (owner, i) in enumerate(batch):
                found[owner][:, i, : sizes[number]] = logits[:, number, : sizes[number]]
            bar.update(len(batch))
    return [(start.clone(), end.clone()) for start, end in found]  # each pickles alone


def answer_from_logits(
    checkpoint: Checkpoint,
    windows: Windows,
    start: Tensor,
    end: Tensor,
    top_k: int = 1,
    max_answer_len: int = 15,
    handle_impossible_answer: bool = False,
    align_to_words: bool = True,
    notes: tuple[str, ...] = (),
) -> Answer:
    """Turn the logits of one question's windows into ranked spans; the model is not read again.

    Args:
        checkpoint: what gave the logits; the record's `trace` reads it, when asked.
        windows: of the question and its context.
        start: (W, T) start logits, 0 for padding.
        end: (W, T) end logits.
        top_k: how many answers to keep, 1 or more.
        max_answer_len: tokens of the longest answer, 1 or more.
        handle_impossible_answer: whether "no answer" is ranked among the answers.
        align_to_words: whether an answer that begins or ends within a word takes in the whole word.
        notes: what to know about this reading.

    Returns:
        The record.

    Raises:
        TypeError, ValueError: `max_answer_len` is not a whole number from 1 up.
    """
    spannable, _ = pad([windows.in_context(i) for i in range(len(windows))])  # (W, T)
    allowed = spannable.clone()
    allowed[:, 0] = True
    # The pipeline's own count: some spans become equal once they are moved to whole words.
    kept = top_k * 2 + 10 if align_to_words else top_k
    start_probabilities, end_probabilities, best = decode_spans(start, end, spannable, max_answer_len, kept)
    null_scores = start_probabilities[:, 0] * end_probabilities[:, 0]
    margins = null_margin(start, end, spannable, max_answer_len)
    nulls = start[:, 0] + end[:, 0]

    candidates = []
    for window, spans in enumerate(best):
        for first, last, score in spans:
            a, b, pointed = windows.characters(window, first, last, align_to_words)
            candidates.append(Span(windows.context[a:b], a, b, score, window, first, last, pointed))
    places: dict[tuple[int, int], Span] = {}
    for span in sorted(candidates, key=lambda span: span.score, reverse=True):
        places.setdefault((span.start, span.end), span)
    ranked = tuple(places.values())[:top_k]
    return Answer(
        question=windows.question,
        context=windows.context,
        windows=windows,
        start_logits=start,
        end_logits=end,
        allowed=allowed,
        start_probabilities=start_probabilities,
        end_probabilities=end_probabilities,
        null_scores=null_scores,
        null_margins=margins,
        null_score=null_scores.min().item(),
        null_margin=(nulls.min() - (nulls - margins).max()).item(),
        spans=ranked,
        candidates=tuple(candidates),
        top_k=top_k,
        handle_impossible_answer=handle_impossible_answer,
        notes=(*windows.notes, *notes, *_moved(ranked)),
        max_answer_len=max_answer_len,
        reader=Reader(checkpoint),
    )


def _moved(ranked: Sequence[Span]) -> list[str]:
    """Say of each answer that is more than the model pointed at what that was."""
    return [say("notes.in_whole_words", text=each.text, pointed=each.pointed) for each in ranked if each.moved]


def _notes(windows: Windows, max_question_len: int) -> tuple[str, ...]:
    """Say what the reader of the record would not expect."""
    count = int(windows.in_question.sum())
    if count <= max_question_len:
        return ()
    return (say("notes.question_read_whole", most=max_question_len, count=count),)


def _pair_up(question: str | Sequence[str], context: str | Sequence[str]) -> list[tuple[str, str]]:
    """Give each question its context."""
    for name, given in (("question", question), ("context", context)):
        if not isinstance(given, str | list | tuple):
            raise TypeError(f"the {name} must be a string or a list of strings; this is {given!r:.60}")
        if not isinstance(given, str) and not given:
            raise ValueError(f"the list of {name}s is empty; give at least one {name}")
    if isinstance(question, str):
        return [(question, one) for one in ([context] if isinstance(context, str) else context)]
    if isinstance(context, str):
        return [(one, context) for one in question]
    if len(question) != len(context):
        raise ValueError(f"there are {len(question)} questions and {len(context)} contexts; each needs its own")
    return list(zip(question, context, strict=True))
