"""The encoder families: for each a file that says which module is what, and what the family chose."""

from collections.abc import Callable, Mapping
from functools import reduce

from torch import Tensor, nn
from transformers import PreTrainedConfig

from encoder_lab.families.albert import albert
from encoder_lab.families.bart import bart
from encoder_lab.families.bert import bert
from encoder_lab.families.deberta import deberta
from encoder_lab.families.distilbert import distilbert
from encoder_lab.families.electra import electra
from encoder_lab.families.family import Activation, AttentionNames, EmbeddingNames, Family, Share, Side, Transform
from encoder_lab.families.modernbert import modernbert
from encoder_lab.families.mpnet import mpnet
from encoder_lab.families.roberta import roberta, xlm_roberta_xl

__all__ = [
    "FAMILIES",
    "AttentionNames",
    "EmbeddingNames",
    "Family",
    "Share",
    "Side",
    "Transform",
    "family_of",
    "find",
    "side_of",
]

# `transformers`' model_type -> what a configuration of it says
FAMILIES: Mapping[str, Callable[[PreTrainedConfig], Family]] = {
    "bert": bert,
    "roberta": roberta,
    "camembert": roberta,
    "xlm-roberta": roberta,
    "xlm-roberta-xl": xlm_roberta_xl,
    "distilbert": distilbert,
    "electra": electra,
    "albert": albert,
    "mpnet": mpnet,
    "deberta-v2": deberta,
    "modernbert": modernbert,
    "bart": bart,
    "mbart": bart,
}


def family_of(config: PreTrainedConfig) -> Family:
    """Say what a model's modules are and what its family chose.

    Args:
        config: the model's configuration, `model.config`.

    Raises:
        ValueError: the course does not know the family.
    """
    if config.model_type not in FAMILIES:
        raise ValueError(
            f"{config.model_type!r} is no encoder family that is known here; these are: {', '.join(FAMILIES)}"
        )
    return FAMILIES[config.model_type](config)


def side_of(config: PreTrainedConfig, side: str) -> Side:
    """Give a model's "encoder" or "decoder".

    Raises:
        ValueError: there is no such side, or the course does not know the family.
    """
    family = family_of(config)
    found = {"encoder": family.encoder, "decoder": family.decoder}.get(side)
    if found is None:
        raise ValueError(f"{family.name} has no {side!r}")
    return found


def find(module: nn.Module, name: Activation) -> Callable[[Tensor], Tensor] | Tensor:
    """Follow a dotted name from a module to a part of it, a module or a weight; a function is what it is."""
    if callable(name):
        return name
    return reduce(getattr, name.split("."), module)
