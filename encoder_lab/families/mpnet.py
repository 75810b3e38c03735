"""MPNet: Song et al. 2020 (arXiv:2004.09297)."""

from dataclasses import replace

from transformers import PreTrainedConfig

from encoder_lab.families.bert import EMBEDDINGS, LAYER
from encoder_lab.families.family import AttentionNames, Family
from encoder_lab.families.roberta import roberta

ATTENTION = AttentionNames(
    query="attention.attn.q",
    key="attention.attn.k",
    value="attention.attn.v",
    output="attention.attn.o",
    norm="attention.LayerNorm",
)
PADDING = 1  # whatever the configuration says


def mpnet(config: PreTrainedConfig) -> Family:
    """Name the parts of MPNet: RoBERTa's heads and positions, no segments, and scores that know distances."""
    like = roberta(config)
    return replace(
        like,
        name="MPNet",
        encoder=replace(
            like.encoder,
            embeddings=replace(EMBEDDINGS, segment=None, first=PADDING + 1, padding=PADDING),
            names=replace(LAYER, attention=ATTENTION),
            relative="encoder.relative_attention_bias",
        ),
        longest=config.max_position_embeddings - PADDING - 1,
    )
