"""BART and mBART: Lewis et al. 2020 (arXiv:1910.13461), Liu et al. 2020 (arXiv:2001.08210)."""

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


def bart(config: PreTrainedConfig) -> Family:
    """Name the parts of BART, or of mBART: the same with the norms first, and one more behind the last layer."""
    many = config.model_type == "mbart"
    return Family(
        name="mBART" if many else "BART",
        encoder=_side("encoder", config.encoder_layers, config.encoder_attention_heads, many),
        decoder=_side("decoder", config.decoder_layers, config.decoder_attention_heads, many),
        wraps=many,
        masked_lm=MaskedLMNames(None, weight="lm_head.weight", bias="final_logits_bias"),
        spans=SpanNames("qa_outputs"),
        sequence=SequenceNames(
            Transform("classification_head.dense", torch.tanh), "classification_head.out_proj", reads="last </s>"
        ),
        longest=config.max_position_embeddings,
    )


def _side(side: str, depth: int, heads: int, norm_first: bool) -> Side:
    own, cross = (_attention(name) for name in ("self_attn", "encoder_attn"))
    return Side(
        embeddings=EmbeddingNames(
            word=f"{side}.embed_tokens",  # scales its vectors, if the configuration says so
            position=f"{side}.embed_positions",
            first=2,
            norm=f"{side}.layernorm_embedding",
        ),
        layers=tuple(f"{side}.layers.{number}" for number in range(depth)),
        names=LayerNames(
            own, "fc1", "activation_fn", "fc2", "final_layer_norm", None, cross if side == "decoder" else None
        ),
        heads=heads,
        norm_first=norm_first,
        last_norm=f"{side}.layer_norm" if norm_first else None,
    )


def _attention(block: str) -> AttentionNames:
    return AttentionNames(*(f"{block}.{name}_proj" for name in ("q", "k", "v", "out")), norm=f"{block}_layer_norm")
