"""A whole model asked for the hidden states that its head reads."""

from torch import Tensor, nn

from encoder_lab.embeddings import decoder_ids
from encoder_lab.families import side_of


def last_hidden(model: nn.Module, ids: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
    """Give what a model's head reads: the last hidden state of its encoder, or of its decoder where there is one.

    Args:
        model: with a head or without.
        ids: (B, T) token ids, padded on the right.
        mask: (B, T) 1 for a real token, 0 for padding.
        segments: (B, T) segment ids; left out where the family has none.

    Returns:
        (B, T, D).
    """
    return model.base_model(**inputs(model, ids, mask, segments)).last_hidden_state


def inputs(model: nn.Module, ids: Tensor, mask: Tensor, segments: Tensor) -> dict:
    """Name what a model is given as its family takes it; see `last_hidden`."""
    given = {"input_ids": ids, "attention_mask": mask}
    if model.config.is_encoder_decoder:
        return given | {"decoder_input_ids": decoder_ids(model, ids), "use_cache": False}
    return given | ({"token_type_ids": segments} if side_of(model.config, "encoder").embeddings.segment else {})
