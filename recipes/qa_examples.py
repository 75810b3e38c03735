"""Questions and contexts as numbers of two vocabularies: the teacher's tokens, the student's, and which is which."""

import random
from pathlib import Path

import numpy as np
import torch
from transformers import BatchEncoding, PreTrainedTokenizerBase

from recipes.distil import load_tokenizer
from recipes.fill_mask import load_tokenizer as load_word_pieces
from recipes.qa_data import Question, load_qamr, load_squad, near_misses, passages
from recipes.rows import Rows, load_rows, save_rows

SEED = 22
CHARACTERS = 1_000  # of a context; a longer one is cut around the answer
LONGEST = 320  # tokens of an example
ROWS = "question_answering.npz"
PASSAGES_OF = 0.5  # of QAMR's questions that are asked of passages too
KINDS = ("qamr", "squad", "misses", "passages")


def cut(question: Question, draw: random.Random) -> tuple[str, int]:
    """Keep at most `CHARACTERS` of the context, whole words, the answer among them; returns it and where it begins."""
    context = question.context
    if len(context) <= CHARACTERS:
        return context, 0
    stop = question.start + len(question.answers[0]) if question.answers else 0
    lowest = max(0, stop - CHARACTERS) if question.answers else 0
    highest = min(question.start, len(context) - CHARACTERS) if question.answers else len(context) - CHARACTERS
    first = draw.randint(lowest, max(lowest, highest))
    if first:
        first = context.rfind(" ", 0, first + 1) + 1
    last = context.find(" ", min(len(context), max(stop, first + CHARACTERS - 1)))
    return context[first : last if last > 0 else len(context)], first


def number_tokens(
    questions: list[Question], word_pieces: PreTrainedTokenizerBase, tokenizer: PreTrainedTokenizerBase
) -> dict[str, Rows]:
    """Read questions and contexts with both tokenizers.

    Returns:
        `theirs` and `ours`: ids. `to_start` and `to_end`: for each of the teacher's tokens the student's token in which
        it starts or ends, -1 where no answer can be. `places`: teacher's start and end, student's start and end; 0, the
        first token, without an answer. A question whose answer does not fit in is left out.
    """
    draw = random.Random(SEED)
    rows: dict[str, list[list[int]]] = {name: [] for name in ("theirs", "ours", "to_start", "to_end", "places")}
    for at in range(0, len(questions), 1_000):
        part = questions[at : at + 1_000]
        cuts = [cut(question, draw) for question in part]
        asked, contexts = [q.question for q in part], [context for context, _ in cuts]
        sides = [
            each(asked, contexts, truncation="only_second", max_length=LONGEST, return_offsets_mapping=True)
            for each in (word_pieces, tokenizer)
        ]
        for i, (question, (context, moved)) in enumerate(zip(part, cuts, strict=True)):
            spans = [_context_spans(side, i) for side in sides]
            token_at = np.full(len(context) + 1, -1)
            for token, (start, end) in spans[1].items():
                token_at[start:end] = token
            size = len(sides[0]["input_ids"][i])
            to_start, to_end = [0, *[-1] * (size - 1)], [0, *[-1] * (size - 1)]
            for token, (start, end) in spans[0].items():
                to_start[token], to_end[token] = int(token_at[start]), int(token_at[end - 1])
            places = [0, 0, 0, 0]
            if question.answers:
                start = question.start - moved
                stop = start + len(question.answers[0])
                inside = [[t for t, (a, b) in each.items() if b > start and a < stop] for each in spans]
                if not all(inside) or any(max(b for _, b in each.values()) < stop for each in spans):
                    continue
                places = [inside[0][0], inside[0][-1], inside[1][0], inside[1][-1]]
            for name, row in zip(rows, (sides[0]["input_ids"][i], sides[1]["input_ids"][i], to_start, to_end, places),
                                 strict=True):  # fmt: skip
                rows[name].append(row)
    return {name: Rows.of(each) for name, each in rows.items()}


def _context_spans(read: BatchEncoding, i: int) -> dict[int, tuple[int, int]]:
    """Map each token of the i-th context to its characters; a leading space of a byte-level token is none of them."""
    sides = read.sequence_ids(i)
    return {t: (a, b) for t, (a, b) in enumerate(read["offset_mapping"][i]) if sides[t] == 1 and b > a}


def prepare(data: Path, work: Path) -> None:
    """Write the examples into `work`, by kind."""
    (training, _, _), qamr = load_squad(data), load_qamr(data)
    asked = {"qamr": qamr, "squad": training, "misses": near_misses(training, SEED)}
    asked["passages"] = passages(qamr, PASSAGES_OF, SEED)
    rows = {}
    for kind, questions in asked.items():
        for name, each in number_tokens(questions, load_word_pieces(), load_tokenizer()).items():
            rows[f"{kind}.{name}"] = each
    save_rows(work / ROWS, **rows)


def load_kinds(work: Path, device: torch.device) -> dict[str, dict[str, Rows]]:
    """Read the examples: kind -> name -> rows."""
    kinds: dict[str, dict[str, Rows]] = {kind: {} for kind in KINDS}
    for name, rows in load_rows(work / ROWS).items():
        kind, _, name = name.partition(".")
        kinds[kind][name] = rows.to(device)
    return kinds


def joined_rows(one: dict[str, Rows], other: dict[str, Rows]) -> dict[str, Rows]:
    """Lay the rows of two kinds behind one another, name by name."""
    return {
        name: Rows(torch.cat([one[name].flat, other[name].flat]), torch.cat([one[name].lengths, other[name].lengths]))
        for name in one
    }
