"""ELECTRA: Clark et al. 2020 (arXiv:2003.10555)."""

from dataclasses import replace

from torch.nn.functional import gelu
from transformers import PreTrainedConfig

from encoder_lab.families.bert import EMBEDDINGS, bert
from encoder_lab.families.family import Family, MaskedLMNames, SequenceNames, Transform


def electra(config: PreTrainedConfig) -> Family:
    """Name the parts of ELECTRA: BERT's encoder; the generator's words are narrower, and projected to its width."""
    like = bert(config)
    projection = None if config.embedding_size == config.hidden_size else "embeddings_project"
    return replace(
        like,
        name="ELECTRA",
        encoder=replace(like.encoder, embeddings=replace(EMBEDDINGS, projection=projection)),
        masked_lm=MaskedLMNames(
            Transform("generator_predictions.dense", gelu, "generator_predictions.LayerNorm"),
            weight="generator_lm_head.weight",
            bias="generator_lm_head.bias",
        ),
        sequence=SequenceNames(Transform("classifier.dense", gelu), out="classifier.out_proj"),
    )
