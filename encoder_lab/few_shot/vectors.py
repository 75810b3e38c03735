"""Texts -> one contextual vector each: the mean of the encoder's last hidden states, or the first of them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.embeddings import encoder
from encoder_lab.forward.batches import batches
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import check_texts, tokenize


@undisturbed()
def sentence_vectors(checkpoint: Checkpoint, texts: Sequence[str], pooling: str = "mean") -> Tensor:
    """Give each text one vector, made of what the encoder says last.

    Args:
        checkpoint: of any task; its encoder is used, its head (and BART's decoder) is not.
        texts: N texts.
        pooling: "mean" over the text's tokens, the special ones with them, or "first", the `[CLS]` or `<s>` token.

    Returns:
        (N, D), in the texts' order, no unit.

    Raises:
        TypeError, ValueError: see `tokenize`; `pooling` is another word.

    Source: Reimers and Gurevych 2019, section 3 (arXiv:1908.10084).
    """
    if pooling not in ("mean", "first"):
        raise ValueError(f"pooling is {pooling!r}; it must be 'mean' or 'first'")
    rows, model = read_rows(checkpoint, texts), checkpoint.model
    found = torch.empty(len(rows), model.config.hidden_size, dtype=model.dtype)
    for numbers, ids, mask, _ in batches(checkpoint, rows, "texts"):
        hidden = encoder(model)(ids, attention_mask=mask).last_hidden_state  # (B, T, D)
        found[numbers] = pool(hidden, mask, pooling).cpu()
    return found


def read_rows(checkpoint: Checkpoint, texts: Sequence[str]) -> list[Tensor]:
    """Turn N texts into rows of token ids, (T,) each, without padding."""
    tokens = tokenize(checkpoint.tokenizer, check_texts(texts))
    return [ids[mask == 1] for ids, mask in zip(tokens.ids, tokens.mask, strict=True)]


def pool(hidden: Tensor, mask: Tensor, pooling: str) -> Tensor:
    """Make one vector of a text's hidden states.

    Args:
        hidden: (B, T, D).
        mask: (B, T) 1 for a real token, 0 for padding.
        pooling: "mean" or "first".

    Returns:
        (B, D).
    """
    if pooling == "first":
        return hidden[:, 0]
    share = mask[..., None].to(hidden.dtype)  # (B, T, 1)
    return (hidden * share).sum(dim=1) / share.sum(dim=1)  # padding counts for nothing
