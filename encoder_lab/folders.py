"""A folder as `save_pretrained` writes it -> model and tokenizer; what is wrong with it is said in one sentence."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

import torch
import transformers
from safetensors import safe_open
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from transformers import PreTrainedConfig, PreTrainedTokenizerBase

from encoder_lab.hub import cause
from encoder_lab.shared_weights import find_shared

ONE_AT_A_TIME = RLock()  # `transformers` has its settings once for all threads


def read_folder(folder: Path, architecture: str, shared: bool = False) -> tuple[nn.Module, PreTrainedTokenizerBase]:
    """Read model and tokenizer.

    Args:
        folder: as `save_pretrained` writes it.
        architecture: the `transformers` class of the model.
        shared: whether this installation may hold the weights for all its processes.

    Returns:
        The model, in float32 and eval mode, its weights frozen, and the tokenizer, which knows the longest text.

    Raises:
        ValueError: the folder holds another architecture, or its files do not belong together.
        OSError: a file is missing or damaged.
    """
    _check_folder(folder, architecture)
    weights = folder / "model.safetensors"
    if shared:
        weights = find_shared(weights) or weights
    kind = getattr(transformers, architecture)
    with silent_bars(), naming(folder / "config.json"):
        model, report = kind.from_pretrained(
            None,  # read are the tensors below: float32 ones are mapped and stay it, others are copied
            config=kind.config_class.from_pretrained(folder, local_files_only=True),
            state_dict=load_file(weights),
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
        )
    if missing := sorted(report["missing_keys"]):
        raise ValueError(f"{folder / 'model.safetensors'} lacks {len(missing)} weights, the first is {missing[0]}")
    if report["mismatched_keys"]:
        name, has, needs = min(report["mismatched_keys"])
        raise ValueError(
            f"{folder / 'model.safetensors'} has {name} of shape {tuple(has)} and config.json asks for {tuple(needs)}; "
            "take both from one checkpoint"
        )
    _check_labels(folder / "config.json", model.config)
    tokenizer = _read_tokenizer(folder)
    if len(tokenizer) > model.config.vocab_size:
        raise ValueError(f"{folder} has {len(tokenizer)} tokens for {model.config.vocab_size} embeddings; they differ")
    unused = model.config.pad_token_id + 1 if "Roberta" in architecture else 0  # RoBERTa counts from behind padding
    longest = model.config.max_position_embeddings - unused
    tokenizer.model_max_length = min(tokenizer.model_max_length, longest)
    return model.eval().requires_grad_(False), tokenizer


def _check_labels(file: Path, config: PreTrainedConfig) -> None:
    """Refuse names that do not number the head's labels from 0, or that are numbered in two ways."""
    names = config.id2label
    if set(names) != set(range(config.num_labels)) or not all(isinstance(name, str) for name in names.values()):
        raise ValueError(
            f"{file} must name the labels 0 to {config.num_labels - 1} in id2label, each with a text; "
            f"it has {', '.join(map(repr, names))}"[:300]
        )
    written = json.loads(file.read_text(encoding="utf-8")).get("label2id") or {}
    for name, place in written.items():
        if names.get(place) != name:
            raise ValueError(
                f"{file} contradicts itself: label2id gives {name!r} the number {place!r}, and id2label calls that "
                f"{names.get(place)!r}; mend one of them"
            )


def _read_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """Read the tokenizer.

    Text is prepared and cut as tokenizer.json says, of which `transformers` 5 takes no notice where it knows the kind;
    what is put around a text is the kind's own.
    """
    file = folder / "tokenizer.json"
    written = None
    if file.is_file():
        with naming(file):
            written = Tokenizer.from_file(str(file))
    with naming(folder / "tokenizer_config.json"):
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        if not isinstance(tokenizer.model_max_length, int):
            raise TypeError(f"model_max_length is {tokenizer.model_max_length!r}")
    tokenizer.backend_tokenizer.no_truncation()  # what its maker last asked for; every call would have to undo it
    tokenizer.backend_tokenizer.no_padding()
    if written is not None:
        tokenizer.backend_tokenizer.normalizer = written.normalizer
        tokenizer.backend_tokenizer.pre_tokenizer = written.pre_tokenizer
    return tokenizer


def _check_folder(folder: Path, architecture: str) -> None:
    """Raise unless the folder holds what `read_folder` needs: the right configuration, a tokenizer, sound weights."""
    for name in ("config.json", "tokenizer_config.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder} has no {name}; a checkpoint folder holds what save_pretrained writes")
    if not any((folder / name).is_file() for name in ("tokenizer.json", "vocab.txt", "vocab.json")):
        raise FileNotFoundError(f"{folder} has no tokenizer.json; save the tokenizer beside the model")
    with naming(folder / "config.json"):
        found = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("architectures")
    if found != [architecture]:
        holds = ", ".join(found or ["no named architecture"])
        raise ValueError(f"{folder} holds {holds}; this task needs {architecture}")
    with naming(folder / "model.safetensors"), safe_open(folder / "model.safetensors", framework="pt") as file:
        file.keys()


@contextmanager
def silent_bars() -> Iterator[None]:
    """Silence `transformers`' progress bars, which a saved notebook keeps as dead widgets, and its reports; put back.

    What a report would say, the course says itself, in a sentence.
    """
    settings = transformers.utils.logging
    with ONE_AT_A_TIME:
        bars, level = settings.is_progress_bar_enabled(), settings.get_verbosity()
        settings.disable_progress_bar()
        settings.set_verbosity(settings.CRITICAL)
        try:
            yield
        finally:
            settings.set_verbosity(level)
            if bars:
                settings.enable_progress_bar()


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Turn whatever a reader raises into one sentence that names the file; readers raise anything."""
    try:
        yield
    except Exception as error:
        raise OSError(f"{file} is damaged ({cause(error)}); fetch or save it again") from error
