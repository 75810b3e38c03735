"""Token ids -> (B, T, D): word, position and segment parts kept apart, then summed and normalised."""

import torch
from torch import Tensor, nn

from encoder_lab.records import Embeddings


def embed(model: nn.Module, ids: Tensor, segments: Tensor, word: Tensor | None = None) -> Embeddings:
    """Look up every part of the embeddings of BERT, RoBERTa or one side of BART.

    Args:
        model: a base model (`model.bert`, `model.roberta`), a BART encoder or decoder, or a model with a head on
            a BERT or RoBERTa base.
        ids: (B, T) token ids.
        segments: (B, T) segment ids; BART has no use for them.
        word: (B, T, D) word vectors to read instead of the ids' own; None for those.

    Returns:
        Every part, their sum and the normalised sum, all (B, T, D).

    Source: Devlin et al. 2019, figure 2 (arXiv:1810.04805); `BertEmbeddings`, `RobertaEmbeddings`,
        `BartEncoder.forward`.
    """
    if hasattr(model, "embed_tokens"):  # one side of BART
        word = model.embed_tokens(ids) if word is None else word  # already scaled, if the checkpoint scales
        position = model.embed_positions(ids)
        total = word + position
        return Embeddings(word, position, None, total, model.layernorm_embedding(total))

    module = model.base_model.embeddings
    word = module.word_embeddings(ids) if word is None else word  # (B, T, D)
    position = module.position_embeddings(position_ids(module, ids))  # (B or 1, T, D)
    segment = module.token_type_embeddings(segments)  # (B, T, D)
    total = word + segment + position
    return Embeddings(word, position.expand_as(word), segment, total, module.LayerNorm(total))


def position_ids(module: nn.Module, ids: Tensor) -> Tensor:
    """Number the positions the way the family does.

    BERT counts 0, 1, 2, …. RoBERTa starts one past its padding id, and padding itself stays at the padding id.

    Args:
        module: `BertEmbeddings` or `RobertaEmbeddings`.
        ids: (B, T) token ids.

    Returns:
        (1, T) for BERT, (B, T) for RoBERTa.

    Source: `RobertaEmbeddings.create_position_ids_from_input_ids`.
    """
    padding = getattr(module, "padding_idx", None)
    if padding is None:
        return torch.arange(ids.shape[1], device=ids.device)[None]
    real = (ids != padding).long()
    return real.cumsum(dim=1) * real + padding


def encoder(model: nn.Module) -> nn.Module:
    """Return the part of a model that takes token ids and gives hidden states; of BART its encoder alone."""
    return model.base_model.encoder if model.config.is_encoder_decoder else model.base_model


def shift_right(ids: Tensor, start_id: int) -> Tensor:
    """Put `start_id` in front of `ids` (B, T) and drop the last, as BART's decoder reads them.

    Source: `transformers.models.bart.modeling_bart.shift_tokens_right`.
    """
    return torch.cat([torch.full_like(ids[:, :1], start_id), ids[:, :-1]], dim=1)
