"""Token ids -> (B, T, D): word, position and segment parts kept apart, then summed, normalised and projected."""

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding

from encoder_lab.families import EmbeddingNames, family_of, find, side_of
from encoder_lab.records import Embeddings


def embed(
    model: nn.Module,
    ids: Tensor,
    segments: Tensor,
    word: Tensor | None = None,
    mask: Tensor | None = None,
    side: str = "encoder",
) -> Embeddings:
    """Look up every part of a model's embeddings.

    Args:
        model: of a family that is known, with a head or without.
        ids: (B, T) token ids.
        segments: (B, T) segment ids; some families have no use for them.
        word: (B, T, D) word vectors to read instead of the ids' own; None for those.
        mask: (B, T) 1 for a real token, 0 for padding, which enters DeBERTa as zeros; None for no padding.
        side: "encoder" or "decoder".

    Returns:
        Every part, their sum and the normalised sum, all (B, T, D).

    Source: Devlin et al. 2019, figure 2 (arXiv:1810.04805); `BertEmbeddings` and those of the other families.

    >>> from encoder_lab import embed, load, tokenize
    >>> checkpoint = load("fill-mask")
    >>> tokens = tokenize(checkpoint.tokenizer, "hello hello")
    >>> parts = embed(checkpoint.model, tokens.ids, tokens.segments)
    >>> bool((parts.word[0, 1] == parts.word[0, 2]).all()), bool((parts.total[0, 1] == parts.total[0, 2]).all())
    (True, False)
    """
    names, base = side_of(model.config, side).embeddings, model.base_model
    word = find(base, names.word)(ids) if word is None else word  # (B, T, D)
    position = segment = None
    if names.position:
        rows = position_ids(ids, names.first, names.padding)  # (B or 1, T)
        position = embedding(rows, find(base, names.position).weight).expand_as(word)  # (B, T, D)
    if names.segment:
        segment = find(base, names.segment)(segments)  # (B, T, D)
    total = sum(part for part in (word, segment, position) if part is not None)  # (B, T, D)
    normed, projected, output = _finish(total, base, names, mask)
    return Embeddings(word, position, segment, total, normed, projected, output)


def _finish(
    total: Tensor, base: nn.Module, names: EmbeddingNames, mask: Tensor | None
) -> tuple[Tensor, Tensor | None, Tensor]:
    """Normalise the sum and, where words are narrower than hidden states, project it: (normed, projected, output)."""
    project, projected = names.projection and find(base, names.projection), None
    output = projected = project(total) if project and names.projected_first else total
    normed = output = find(base, names.norm)(output) if names.norm else output
    if not names.projected_first:
        output = projected = project(normed) if project else normed
    output = output * mask[..., None] if names.padding_is_zero and mask is not None else output
    return normed, projected if project else None, output


def position_ids(ids: Tensor, first: int = 0, padding: int | None = None) -> Tensor:
    """Number the positions the way a family does.

    BERT counts 0, 1, 2, …; BART begins with 2. RoBERTa starts one past its padding id, and padding itself stays at
    the padding id.

    Args:
        ids: (B, T) token ids.
        first: the number of the first position.
        padding: the id of padding, where only real tokens are counted; None where all are.

    Returns:
        (1, T), or (B, T) where only real tokens are counted.

    Source: `RobertaEmbeddings.create_position_ids_from_input_ids`; `BartLearnedPositionalEmbedding`.

    >>> import torch
    >>> from encoder_lab import position_ids
    >>> ids = torch.tensor([[0, 31414, 2, 1]])  # RoBERTa's padding is 1
    >>> position_ids(ids).tolist(), position_ids(ids, padding=1).tolist()
    ([[0, 1, 2, 3]], [[2, 3, 4, 1]])
    """
    if padding is None:
        return torch.arange(first, first + ids.shape[1], device=ids.device)[None]
    real = (ids != padding).long()
    return real.cumsum(dim=1) * real + padding


def encoder(model: nn.Module) -> nn.Module:
    """Return the part of a model that takes token ids and gives hidden states; of BART its encoder alone."""
    return model.base_model.encoder if model.config.is_encoder_decoder else model.base_model


def decoder_ids(model: nn.Module, ids: Tensor) -> Tensor:
    """Give what a decoder reads of a text: the same ids, shifted right by one behind a first token of its own.

    Args:
        model: with a decoder.
        ids: (B, T) token ids, padded on the right.

    Source: `shift_tokens_right` of BART, whose decoder has a start token, and of mBART, which begins with the text's
        last token, as a rule the name of its language.
    """
    config = model.config
    if family_of(config).wraps:
        last = (ids != config.pad_token_id).sum(dim=1, keepdim=True) - 1
        return torch.cat([ids.gather(1, last), ids[:, :-1]], dim=1)
    return shift_right(ids, config.decoder_start_token_id)


def shift_right(ids: Tensor, start_id: int) -> Tensor:
    """Put `start_id` in front of `ids` (B, T) and drop the last, as BART's decoder reads them.

    Source: `transformers.models.bart.modeling_bart.shift_tokens_right`.
    """
    return torch.cat([torch.full_like(ids[:, :1], start_id), ids[:, :-1]], dim=1)
