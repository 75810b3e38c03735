"""ALBERT: Lan et al. 2020 (arXiv:1909.11942)."""

from dataclasses import replace

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
        query="attention.query",
        key="attention.key",
        value="attention.value",
        output="attention.dense",
        norm="attention.LayerNorm",
    ),
    widen="ffn",
    activation="activation",
    narrow="ffn_output",
    norm="full_layer_layer_norm",
)


def albert(config: PreTrainedConfig) -> Family:
    """Name the parts of ALBERT: a few groups of layers, each used again and again, and narrow word vectors."""
    each = config.num_hidden_layers / config.num_hidden_groups  # layers of a group, one after another
    groups = [int(number / each) for number in range(config.num_hidden_layers)]
    inner = range(config.inner_group_num)
    return Family(
        name="ALBERT",
        encoder=Side(
            embeddings=replace(EMBEDDINGS, projection="encoder.embedding_hidden_mapping_in"),
            layers=tuple(f"encoder.albert_layer_groups.{group}.albert_layers.{i}" for group in groups for i in inner),
            names=LAYER,
            heads=config.num_attention_heads,
        ),
        masked_lm=MaskedLMNames(
            Transform("predictions.dense", "predictions.activation", "predictions.LayerNorm"),
            weight="predictions.decoder.weight",
            bias="predictions.decoder.bias",
        ),
        spans=SpanNames("qa_outputs"),
        sequence=SequenceNames(Transform("albert.pooler", "albert.pooler_activation"), out="classifier"),
        longest=config.max_position_embeddings,
    )
