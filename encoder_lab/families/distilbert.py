"""DistilBERT: Sanh et al. 2019 (arXiv:1910.01108)."""

from dataclasses import replace

import torch
from transformers import PreTrainedConfig

from encoder_lab.families.bert import EMBEDDINGS
from encoder_lab.families.family import (
    AttentionNames,
    Family,
    LayerNames,
    MaskedLMNames,
    SequenceNames,
    Side,
    SpanNames,
    Transform,
)

LAYER = LayerNames(
    attention=AttentionNames(
        query="attention.q_lin",
        key="attention.k_lin",
        value="attention.v_lin",
        output="attention.out_lin",
        norm="sa_layer_norm",
    ),
    widen="ffn.lin1",
    activation="ffn.activation",
    narrow="ffn.lin2",
    norm="output_layer_norm",
)


def distilbert(config: PreTrainedConfig) -> Family:
    """Name the parts of DistilBERT: half of BERT's layers, and no segments."""
    return Family(
        name="DistilBERT",
        encoder=Side(
            embeddings=replace(EMBEDDINGS, segment=None),
            layers=tuple(f"transformer.layer.{number}" for number in range(config.n_layers)),
            names=LAYER,
            heads=config.n_heads,
        ),
        masked_lm=MaskedLMNames(
            Transform("vocab_transform", "activation", "vocab_layer_norm"),
            "vocab_projector.weight",
            "vocab_projector.bias",
        ),
        spans=SpanNames("qa_outputs"),
        sequence=SequenceNames(Transform("pre_classifier", torch.relu), out="classifier"),
        longest=config.max_position_embeddings,
    )
