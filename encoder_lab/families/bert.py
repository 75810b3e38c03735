"""BERT: Devlin et al. 2019 (arXiv:1810.04805)."""

import torch
from transformers import PreTrainedConfig

from encoder_lab.families.family import (
    AttentionNames,
    EmbeddingNames,
    Family,
    LayerNames,
    MaskedLMNames,
    SequenceNames,
    Side,
    SpanNames,
    Transform,
)

ATTENTION = AttentionNames(
    query="attention.self.query",
    key="attention.self.key",
    value="attention.self.value",
    output="attention.output.dense",
    norm="attention.output.LayerNorm",
)
LAYER = LayerNames(
    attention=ATTENTION,
    widen="intermediate.dense",
    activation="intermediate.intermediate_act_fn",
    narrow="output.dense",
    norm="output.LayerNorm",
)
EMBEDDINGS = EmbeddingNames(
    word="embeddings.word_embeddings",
    position="embeddings.position_embeddings",
    segment="embeddings.token_type_embeddings",
    norm="embeddings.LayerNorm",
)
TRANSFORM = Transform(
    dense="cls.predictions.transform.dense",
    activation="cls.predictions.transform.transform_act_fn",
    norm="cls.predictions.transform.LayerNorm",
)


def bert(config: PreTrainedConfig) -> Family:
    """Name the parts of BERT."""
    return Family(
        name="BERT",
        encoder=Side(
            embeddings=EMBEDDINGS,
            layers=tuple(f"encoder.layer.{number}" for number in range(config.num_hidden_layers)),
            names=LAYER,
            heads=config.num_attention_heads,
        ),
        masked_lm=MaskedLMNames(TRANSFORM, "cls.predictions.decoder.weight", "cls.predictions.decoder.bias"),
        spans=SpanNames("qa_outputs"),
        sequence=SequenceNames(Transform("bert.pooler.dense", torch.tanh), out="classifier"),
        longest=config.max_position_embeddings,
    )
