"""Text (or a pair of texts) -> Tokens: ids, mask, segment ids, readable strings, character spans."""

import re
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from encoder_lab.pieces import hardly_known, readable
from encoder_lab.records import Tokens
from encoder_lab.shown import shorten


def tokenize(
    tokenizer: PreTrainedTokenizerBase,
    text: str | Sequence[str],
    pair: str | Sequence[str] | None = None,
    cut_first: bool = False,
) -> Tokens:
    """Turn text into what the model reads.

    Special tokens typed inside a text ("[SEP]", "</s>") become the special tokens they spell, as in `transformers`;
    journeys whose answer would mean nothing then refuse them first, with `refuse_special_tokens`.

    Args:
        tokenizer: a checkpoint's fast tokenizer.
        text: one text, or B of them; shorter ones are padded on the right.
        pair: a second text for each, or None.
        cut_first: whether a pair that is too long loses the end of its first text, as with `transformers`'
            `truncation="only_first"`; otherwise it is an error.

    Returns:
        The tokens of all texts, (B, T).

    Raises:
        TypeError: a text is not a string.
        ValueError: a text is empty or blank, the numbers of texts and pairs differ, or a text is longer than
            the model reads; with `cut_first`, a second text leaves no room for a single token of the first.

    Source: `transformers.PreTrainedTokenizerBase.__call__`.

    >>> from encoder_lab import load, tokenize
    >>> tokenizer = load("fill-mask").tokenizer
    >>> tokens = tokenize(tokenizer, "The cat", "A dog")
    >>> tokens.strings[0], tokens.segments[0].tolist()
    (('[CLS]', 'the', 'cat', '[SEP]', 'a', 'dog', '[SEP]'), [0, 0, 0, 0, 1, 1, 1])
    >>> tokenize(tokenizer, " ")
    Traceback (most recent call last):
    ValueError: ...
    """
    texts = check_texts(text)
    pairs = None if pair is None else check_texts(pair)
    if pairs is not None and len(pairs) != len(texts):
        raise ValueError(f"there are {len(texts)} texts and {len(pairs)} second texts; each text needs one")

    # Never asked to cut or to pad: a fast tokenizer keeps what it was last asked for, and other threads would read so.
    read = tokenizer(texts, pairs, padding=False, return_offsets_mapping=True, verbose=False)
    longest = tokenizer.model_max_length
    too_long = [row for row, ids in enumerate(read["input_ids"]) if len(ids) > longest]
    for row in too_long:
        size, first = len(read["input_ids"][row]), read.sequence_ids(row).count(0)
        if not cut_first:
            raise ValueError(
                f"the text {shorten(texts[row], 40)!r} is {size} tokens long with its special tokens and the model "
                f"reads at most {longest}; shorten it"
            )
        if size - first >= longest:
            raise ValueError(
                f"the second text {shorten(pairs[row], 40)!r} takes {size - first} tokens with the special tokens, and "
                f"the model reads at most {longest}; shorten it, so that the first text has room"
            )

    rows = range(len(texts))
    kept = [_cut_first(read.sequence_ids(row), longest) for row in rows]

    def of_each(columns: Sequence[Sequence]) -> list[list]:
        return [[columns[row][at] for at in kept[row]] for row in rows]

    sides = of_each([[-1 if side is None else side for side in read.sequence_ids(row)] for row in rows])
    segments = of_each(read.get("token_type_ids") or [[0] * len(ids) for ids in read["input_ids"]])
    ids, mask = pad(of_each(read["input_ids"]), tokenizer.pad_token_id)
    tokens = Tokens(
        texts=tuple((texts[row], pairs[row] if pairs else None) for row in rows),
        ids=ids,  # (B, T)
        mask=mask,  # (B, T)
        segments=pad(segments)[0],  # (B, T)
        sides=pad(sides, -1)[0],  # (B, T)
        spans=pad(of_each(read["offset_mapping"]))[0],  # (B, T, 2)
        strings=tuple(readable(tokenizer, row) for row in ids),
    )
    return replace(tokens, notes=_notes(tokenizer, tokens))


def pad(rows: Sequence[Sequence | Tensor], filler: int = 0) -> tuple[Tensor, Tensor]:
    """Stack rows of unlike length, the shorter ones padded on the right.

    Args:
        rows: B rows, (T,) or (T, …) each.
        filler: what padding holds.

    Returns:
        (the rows (B, T, …), their mask (B, T): 1 for a real place, 0 for padding).
    """
    rows = [torch.as_tensor(row) for row in rows]
    sizes = torch.tensor([len(row) for row in rows])
    mask = (torch.arange(int(sizes.max())) < sizes[:, None]).long()  # (B, T)
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=filler), mask


def check_texts(text: str | Sequence[str]) -> list[str]:
    """Return the texts as a list, or say in one sentence what is wrong with them."""
    texts = [text] if isinstance(text, str) else text
    if not isinstance(texts, list | tuple):
        raise TypeError(f"a text must be a string or a list of strings; this is {_a(text)}")
    if not texts:
        raise ValueError("the list of texts is empty; give at least one text")
    for number, one in enumerate(texts):
        check_text(one, "the text" if len(texts) == 1 else f"text {number} of the list")
    return list(texts)


def check_text(text: str, what: str) -> None:
    """Refuse what is no text, or none that a model could read.

    Args:
        text: what was typed.
        what: what to call it, "the question".

    Raises:
        TypeError: it is not a string.
        ValueError: it is empty or blank, or holds half a character.
    """
    if not isinstance(text, str):
        raise TypeError(f"{what} must be a string; this is {_a(text)}")
    if not text.strip():
        raise ValueError(f"{what} is {'blank' if text else 'empty'}; type at least one word")
    refuse_half_characters(text, what)


def refuse_half_characters(text: str, what: str) -> None:
    """Raise ValueError if a text, called `what`, holds a lone surrogate, which no tokenizer and no file takes."""
    if half := re.search("[\ud800-\udfff]", text):
        raise ValueError(
            f"{what} has {half[0]!r} at character {half.start()}, which is half a character (a lone surrogate) and "
            "stands for nothing; leave it out, or read the text anew from where it came"
        )


def refuse_special_tokens(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], what: str = "text") -> None:
    """Raise if a special token is typed inside a text.

    Args:
        tokenizer: a fast tokenizer.
        texts: what was typed.
        what: what to call one of them.

    Raises:
        ValueError: a text holds one of the tokenizer's special tokens.
    """
    for text in texts:
        for token in tokenizer.all_special_tokens:
            if token in text:
                raise ValueError(
                    f"the {what} {shorten(text, 40)!r} has {token!r} at character {text.index(token)}; the model would "
                    "read that as a special token and not as text, so leave it out"
                )


def mask_positions(tokenizer: PreTrainedTokenizerBase, ids: Tensor) -> list[int]:
    """List the positions of `ids` (T,) that hold the mask token."""
    return torch.nonzero(ids == tokenizer.mask_token_id).squeeze(-1).tolist()


def tokens_of(spans: Tensor, start: int, end: int) -> tuple[int, int]:
    """Find the tokens that cover a stretch of text.

    Args:
        spans: (N, 2) each token's first character, and the one after its last.
        start: the stretch's first character.
        end: the one after its last.

    Returns:
        (first, last): the places of the first and of the last token that share a character with the stretch.
    """
    inside = (spans[:, 0] < end) & (spans[:, 1] > start)  # (N,)
    places = inside.nonzero()[:, 0]
    return int(places[0]), int(places[-1])


def _notes(tokenizer: PreTrainedTokenizerBase, tokens: Tokens) -> tuple[str, ...]:
    """Say once of each text that is so that the vocabulary hardly knows its script."""
    notes: dict[str, None] = {}
    for row, pair in enumerate(tokens.texts):
        for side, text in enumerate(pair):
            if text is not None:
                its = tokens.sides[row] == side
                notes |= dict.fromkeys(hardly_known(tokenizer, text, tokens.ids[row, its], tokens.spans[row, its]))
    return tuple(notes)


def _cut_first(sides: list[int | None], longest: int) -> list[int]:
    """Give the places that stay where a pair is too long: the first text, side 0, loses its end."""
    stays = sides.count(0) - max(0, len(sides) - longest)
    first = [at for at, side in enumerate(sides) if side == 0]
    gone = set(first[stays:])
    return [at for at in range(len(sides)) if at not in gone]


def _a(value: object) -> str:
    """Name a value's type with its article."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
