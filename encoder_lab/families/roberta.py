"""RoBERTa, CamemBERT, XLM-R and XLM-R XL.

Liu et al. 2019 (arXiv:1907.11692), Martin et al. 2020 (arXiv:1911.03894), Conneau et al. 2020 (arXiv:1911.02116), Goyal
et al. 2021 (arXiv:2105.00572).
"""

from dataclasses import replace

import torch
from torch.nn.functional import gelu
from transformers import PreTrainedConfig

from encoder_lab.families.bert import ATTENTION, EMBEDDINGS, LAYER, bert
from encoder_lab.families.family import Family, MaskedLMNames, SequenceNames, Transform


def roberta(config: PreTrainedConfig) -> Family:
    """Name the parts of RoBERTa: BERT's encoder with positions counted from behind the padding id, and other heads."""
    like = bert(config)
    padding = config.pad_token_id
    return replace(
        like,
        name={"camembert": "CamemBERT", "xlm-roberta": "XLM-R"}.get(config.model_type, "RoBERTa"),
        encoder=replace(like.encoder, embeddings=replace(EMBEDDINGS, first=padding + 1, padding=padding)),
        masked_lm=MaskedLMNames(
            Transform("lm_head.dense", gelu, "lm_head.layer_norm"),
            weight="lm_head.decoder.weight",
            bias="lm_head.decoder.bias",
        ),
        sequence=SequenceNames(Transform("classifier.dense", torch.tanh), out="classifier.out_proj"),
        longest=config.max_position_embeddings - padding - 1,
    )


def xlm_roberta_xl(config: PreTrainedConfig) -> Family:
    """Name the parts of XLM-R XL: RoBERTa with the norms first, and none behind the embeddings."""
    like = roberta(config)
    attention = replace(ATTENTION, norm="attention.self_attn_layer_norm")
    encoder = replace(
        like.encoder,
        embeddings=replace(like.encoder.embeddings, norm=None),
        names=replace(LAYER, attention=attention, norm="LayerNorm"),
        norm_first=True,
        last_norm="encoder.LayerNorm",
    )
    return replace(like, name="XLM-R XL", encoder=encoder)
