"""Whether a folder can be loaded for a task: as which class, or one sentence that says why not and what to do."""

from pathlib import Path

from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES,
    MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
)

from encoder_lab.families import FAMILIES
from encoder_lab.hub import INDEX, WEIGHTS

VOCABULARIES = {
    "tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "spm.model", "sentencepiece.bpe.model",
    "sentencepiece.model", "tokenizer.model",
}  # fmt: skip
HEADS = {  # task -> family -> class
    "fill-mask": MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    "question-answering": MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES,
    "text-classification": MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
    "zero-shot-classification": MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
}


def head_class(model_type: str, task: str) -> str | None:
    """Name the `transformers` class of a family's model with the head of a task, or None."""
    return HEADS[task].get(model_type)


def check_files(folder: Path, names: set[str]) -> None:
    """Raise unless a folder holds what can be read: a configuration, a tokenizer, weights in safetensors."""
    if "adapter_config.json" in names and not {WEIGHTS, INDEX} & names:
        raise ValueError(
            f"{folder} holds an adapter, which is part of a model; load it with peft on its base, save "
            "`merge_and_unload()` of it to a folder, and give that"
        )
    if "config.json" not in names and "modules.json" in names:
        raise ValueError(
            f"{folder} is a sentence-transformers folder; give the folder of its encoder, which lies within and has a "
            "config.json"
        )
    for name in ("config.json", "tokenizer_config.json"):
        if name not in names:
            raise FileNotFoundError(f"{folder} has no {name}; a checkpoint folder holds what save_pretrained writes")
    if not {WEIGHTS, INDEX} & names:
        if any(name.endswith((".bin", ".pt", ".pth", ".ckpt")) for name in names):
            raise FileNotFoundError(
                f"{folder} has no {WEIGHTS}, only weights as a pickle, which could run code when it is opened; where "
                "you trust it, read it with `transformers` and save_pretrained it to a folder, and give that"
            )
        raise FileNotFoundError(f"{folder} has no {WEIGHTS}; a checkpoint folder holds what save_pretrained writes")
    if not names & VOCABULARIES:
        raise FileNotFoundError(f"{folder} has no tokenizer.json; save the tokenizer beside the model")


def class_for(folder: Path, told: dict, task: str, holds: str) -> str:
    """Name the class that a configuration needs for a task.

    Args:
        folder: named in errors.
        told: what its config.json says.
        task: the `transformers` name of the task.
        holds: the architectures it names, as text.

    Raises:
        ValueError: the family is not known, or the head is that of another task.
    """
    kind = told.get("model_type")
    if kind not in FAMILIES:
        if told.get("auto_map"):
            raise ValueError(
                f"{folder} needs code of its own (trust_remote_code), which is never run here; these families need "
                f"none: {', '.join(FAMILIES)}"
            )
        if kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
            raise ValueError(
                f"{folder} holds {holds}, a decoder-only language model ({kind}); this course opens encoders, of these "
                f"families: {', '.join(FAMILIES)}"
            )
        raise ValueError(
            f"{folder} holds {holds} of the family {kind!r}, which is not known here; known are {', '.join(FAMILIES)}"
        )
    needed = head_class(kind, task)
    for other, heads in HEADS.items():
        if holds == heads[kind] != needed:
            raise ValueError(f"{folder} holds {holds}, for {other}; {task} needs {needed}")
    return needed
