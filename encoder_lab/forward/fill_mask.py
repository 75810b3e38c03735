"""Masked-language modelling: from a text with masks to ranked choices for each."""

import warnings
from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.reader import Reader
from encoder_lab.heads import masked_lm_head
from encoder_lab.probabilities import top_choices
from encoder_lab.records import Choice, FillMask
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import check_texts, mask_positions, refuse_half_characters, tokenize


def fill_mask(
    checkpoint: Checkpoint, text: str | Sequence[str], top_k: int = 5, targets: str | Sequence[str] | None = None
) -> FillMask | list[FillMask]:
    """Say what a masked-language model would put in the place of each mask.

    Args:
        checkpoint: from `load("fill-mask")`.
        text: a text with at least one mask token ("[MASK]"), or a list of them.
        top_k: how many choices to keep for each mask, 1 to V.
        targets: words to choose among; None for the whole vocabulary. Of a word that is several pieces the first
            is used, with a warning, as in `transformers`.

    Returns:
        One record for a string, a list of records for a list.

    Raises:
        TypeError: a text or target is not a string.
        ValueError: the checkpoint is for another task; a text is empty, has no mask or is too long; `top_k` is out
            of range; a target is empty.

    Source: `FillMaskPipeline`.

    >>> from encoder_lab import fill_mask, load
    >>> checkpoint = load("fill-mask")
    >>> result = fill_mask(checkpoint, "She read a [MASK] last night.", targets=["book", "house"])
    >>> [choice.string for choice in result.choices[0]]
    ['book', 'house']
    >>> fill_mask(checkpoint, "No gap here.")
    Traceback (most recent call last):
    ValueError: ...
    """
    checkpoint.check_task("fill-mask", "fill_mask")
    texts = check_texts(text)
    for typed in texts:
        _check_mask(checkpoint.tokenizer, typed)
    among = None if targets is None else _target_ids(checkpoint.tokenizer, targets)
    results = [_fill_one(checkpoint, typed, top_k, among) for typed in texts]
    return results[0] if isinstance(text, str) else results


@undisturbed()
def _fill_one(checkpoint: Checkpoint, text: str, top_k: int, among: Tensor | None) -> FillMask:
    """Take one text the whole way."""
    model, tokenizer = checkpoint.model, checkpoint.tokenizer
    reader = Reader(checkpoint)
    way = reader.trace(tokenize(tokenizer, text))
    positions = mask_positions(tokenizer, way.tokens.ids[0])
    hidden = way.hidden_states[-1]  # (1, T, D)
    logits = masked_lm_head(hidden[0, positions], model).logits  # (N, V)
    best, probabilities = top_choices(logits, top_k, among)  # (N, top_k) each
    choices = tuple(
        tuple(
            Choice(i, tokenizer.decode([i]), logits[row, i].item(), p, _fill_in(tokenizer, way.tokens.ids[0], at, i))
            for i, p in zip(best[row].tolist(), probabilities[row].tolist(), strict=True)
        )
        for row, at in enumerate(positions)
    )
    return FillMask(text, way, tuple(positions), choices, reader)


def _fill_in(tokenizer: PreTrainedTokenizerBase, ids: Tensor, position: int, choice: int) -> str:
    """Write the text of `ids` (T,) with `choice` at `position`; other masks stay visible."""
    filled = [choice if at == position else i for at, i in enumerate(ids.tolist())]
    only_mask = len(mask_positions(tokenizer, ids)) == 1
    return tokenizer.decode([i for i in filled if i != tokenizer.pad_token_id], skip_special_tokens=only_mask)


def _target_ids(tokenizer: PreTrainedTokenizerBase, targets: str | Sequence[str]) -> Tensor:
    """Find the token ids of the words to choose among.

    Args:
        tokenizer: a fast tokenizer.
        targets: one word or several.

    Returns:
        (M,) distinct token ids.

    Raises:
        TypeError: a target is not a string.
        ValueError: there is no target, or one is empty.

    Source: `FillMaskPipeline.get_target_ids`.
    """
    words = [targets] if isinstance(targets, str) else targets
    if not isinstance(words, list | tuple | set):
        raise TypeError(f"targets must be a word or a list of words; this is {targets!r}")
    if not words:
        raise ValueError("the list of targets is empty; give at least one word, or leave targets out")
    vocabulary = tokenizer.get_vocab()
    found = []
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"a target must be a string; this is {word!r}")
        refuse_half_characters(word, "a target")
        if word not in vocabulary:
            pieces = tokenizer.tokenize(word)
            if not pieces:
                raise ValueError(f"the target {word!r} is empty; give a word, or leave it out")
            warnings.warn(
                f"the target {word!r} is not one piece of this vocabulary; its first piece, {pieces[0]!r}, is used",
                stacklevel=3,
            )
            word = pieces[0]
        found.append(vocabulary[word])
    return torch.tensor(list(dict.fromkeys(found)))


def _check_mask(tokenizer: PreTrainedTokenizerBase, text: str) -> None:
    """Raise if `text` has no mask, naming the right spelling if it holds a wrong one."""
    right = tokenizer.mask_token
    if right in text:
        return
    wrong = [w for w in ("[MASK]", "<mask>", "{mask}", "(mask)", "[ MASK ]") if w.lower() in text.lower()]
    if wrong:
        at = text.lower().index(wrong[0].lower())
        raise ValueError(f"the text has {text[at : at + len(wrong[0])]!r}, but this model's mask is spelled {right!r}")
    raise ValueError(f"the text has no {right}; put {right} where a word is to be guessed")
