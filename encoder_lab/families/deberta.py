"""DeBERTa-v2 and v3: He et al. 2021 (arXiv:2006.03654) and 2023 (arXiv:2111.09543)."""

from dataclasses import replace

from transformers import PreTrainedConfig
from transformers.activations import ACT2FN

from encoder_lab.families.bert import ATTENTION, EMBEDDINGS, LAYER, TRANSFORM, bert
from encoder_lab.families.family import Convolution, Disentangled, Family, MaskedLMNames, SequenceNames, Transform

OWN = replace(
    ATTENTION, query="attention.self.query_proj", key="attention.self.key_proj", value="attention.self.value_proj"
)
NEW = Transform(
    dense="lm_predictions.lm_head.dense",
    activation="lm_predictions.lm_head.transform_act_fn",
    norm="lm_predictions.lm_head.LayerNorm",
)


def deberta(config: PreTrainedConfig) -> Family:
    """Name the parts of DeBERTa-v2: what stands somewhere and where it stands have vectors of their own."""
    like, shared = bert(config), getattr(config, "share_att_key", False)
    if config.pos_att_type and not config.relative_attention:
        raise ValueError("pos_att_type needs relative_attention, which this configuration has switched off")
    longest = config.max_relative_positions if config.max_relative_positions >= 1 else config.max_position_embeddings
    buckets = max(getattr(config, "position_buckets", -1), 0)
    width = getattr(config, "embedding_size", config.hidden_size)
    embeddings = replace(
        EMBEDDINGS,
        position=EMBEDDINGS.position if config.position_biased_input else None,
        segment=EMBEDDINGS.segment if config.type_vocab_size > 0 else None,
        projection=None if width == config.hidden_size else "embeddings.embed_proj",
        projected_first=True,
        padding_is_zero=True,
    )
    normed = "layer_norm" in getattr(config, "norm_rel_ebd", "none").lower().split("|")
    disentangled = Disentangled(
        table="encoder.rel_embeddings",
        norm="encoder.LayerNorm" if normed else None,
        kinds=tuple(config.pos_att_type or ()),
        query=OWN.query if shared else "attention.self.pos_query_proj",
        key=OWN.key if shared else "attention.self.pos_key_proj",
        span=buckets or longest,
        buckets=buckets,
        longest=longest,
    )
    convolved = getattr(config, "conv_kernel_size", 0) > 0
    act = ACT2FN[getattr(config, "conv_act", "tanh")]
    encoder = replace(
        like.encoder,
        embeddings=embeddings,
        names=replace(LAYER, attention=OWN),
        padding_looks=False,
        disentangled=disentangled if config.relative_attention else None,
        convolution=Convolution("encoder.conv.conv", "encoder.conv.LayerNorm", act) if convolved else None,
    )
    new = MaskedLMNames(NEW, "deberta.embeddings.word_embeddings.weight", "lm_predictions.lm_head.bias")
    old = MaskedLMNames(TRANSFORM, "cls.predictions.decoder.weight", "cls.predictions.decoder.bias")
    pooled = Transform("pooler.dense", ACT2FN[config.pooler_hidden_act])
    sequence = SequenceNames(pooled, out="classifier")
    return replace(like, name="DeBERTa-v2", encoder=encoder, masked_lm=old if config.legacy else new, sequence=sequence)
