"""ModernBERT: Warner et al. 2024 (arXiv:2412.13663)."""

from transformers import PreTrainedConfig

from encoder_lab.families.family import (
    AttentionNames,
    EmbeddingNames,
    Family,
    LayerNames,
    MaskedLMNames,
    SequenceNames,
    Share,
    Side,
    SpanNames,
    Transform,
)

LAYER = LayerNames(
    attention=AttentionNames(
        query=Share("attn.Wqkv", 0, 3),
        key=Share("attn.Wqkv", 1, 3),
        value=Share("attn.Wqkv", 2, 3),
        output="attn.Wo",
        norm="attn_norm",  # in the first layer a module that does nothing: the embeddings are normalised already
    ),
    widen=Share("mlp.Wi", 0, 2),
    gate=Share("mlp.Wi", 1, 2),
    activation="mlp.act",
    narrow="mlp.Wo",
    norm="mlp_norm",
)
TRANSFORM = Transform("head.dense", "head.act", "head.norm")


def modernbert(config: PreTrainedConfig) -> Family:
    """Name the parts of ModernBERT: rotary positions, pre-norm, a gate, and layers that look only near by."""
    rotary = [config.rope_parameters[kind] for kind in config.layer_types]
    if other := {each["rope_type"] for each in rotary} - {"default"}:
        raise ValueError(f"rotary positions of type {other.pop()!r} are not known here; the default ones are")
    return Family(
        name="ModernBERT",
        encoder=Side(
            embeddings=EmbeddingNames(word="embeddings.tok_embeddings", norm="embeddings.norm"),
            layers=tuple(f"layers.{number}" for number in range(config.num_hidden_layers)),
            names=LAYER,
            heads=config.num_attention_heads,
            norm_first=True,
            last_norm="final_norm",
            windows=tuple(config.sliding_window if k == "sliding_attention" else None for k in config.layer_types),
            thetas=tuple(each["rope_theta"] for each in rotary),
        ),
        masked_lm=MaskedLMNames(TRANSFORM, "decoder.weight", "decoder.bias"),
        spans=SpanNames("classifier", TRANSFORM),
        sequence=SequenceNames(TRANSFORM, "classifier", "mean" if config.classifier_pooling == "mean" else "first"),
        longest=config.max_position_embeddings,
    )
