"""A folder as `save_pretrained` writes it -> model and tokenizer; what is wrong with it is said in one sentence."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

import torch
import transformers
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import is_protobuf_available, is_sentencepiece_available

from encoder_lab.families import family_of
from encoder_lab.hub import INDEX, WEIGHTS, cause, shards
from encoder_lab.loadable import check_files, class_for
from encoder_lab.shared_weights import find_shared

ONE_AT_A_TIME = RLock()  # `transformers` has its settings once for all threads


class UnreadableName(OSError):
    """A folder whose name the libraries that read it cannot find, since they write names in UTF-8."""


def read_folder(
    folder: Path, task: str, shared: bool = False, names: set[str] | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Read model and tokenizer.

    Args:
        folder: as `save_pretrained` writes it.
        task: the `transformers` name of the task that the model needs a head for.
        shared: whether this installation may hold the weights for all its processes.
        names: the files that there are, where not all of them were brought here; None for those of the folder.

    Returns:
        The model, in float32 and eval mode, its weights frozen, and the tokenizer, which knows the longest text.

    Raises:
        ValueError: the folder holds another architecture, or its files do not belong together.
        OSError: a file is missing or damaged.
    """
    if os.fsencode(folder) != str(folder).encode("utf-8", "replace"):
        name, encoding = str(folder).encode("unicode_escape").decode("ascii"), sys.getfilesystemencoding()
        raise UnreadableName(
            f"the name of {name} is not written in UTF-8 ({encoding} here), and the libraries that read it know "
            "no others; give it another name"
        )
    check_files(folder, {file.name for file in folder.iterdir()} if names is None else names)
    with _naming(folder / "config.json"):
        told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        holds = ", ".join(told.get("architectures") or ["no named architecture"])
    architecture = class_for(folder, told, task, holds)
    kind = getattr(transformers, architecture)
    weights = _read_weights(folder, shared)
    with silent_bars(), _naming(folder / "config.json"):
        config = kind.config_class.from_pretrained(folder, local_files_only=True)
        if getattr(config, "legacy", False) and any(name.startswith("lm_predictions.") for name in weights):
            config.legacy = False  # DeBERTa's first checkpoints do not say which of its two heads they have
        model, report = kind.from_pretrained(
            None,  # read are the tensors below: float32 ones are mapped and stay it, others are copied
            config=config,
            state_dict=weights,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
        )
    if missing := sorted(report["missing_keys"]):
        raise ValueError(_no_head(folder, task, architecture, holds, missing))
    if report["mismatched_keys"]:
        name, has, needs = min(report["mismatched_keys"])
        raise ValueError(
            f"{folder / WEIGHTS} has {name} of shape {tuple(has)} and config.json asks for {tuple(needs)}; "
            "take both from one checkpoint"
        )
    _check_labels(folder / "config.json", model.config)
    tokenizer = _read_tokenizer(folder)
    if len(tokenizer) > model.config.vocab_size:
        raise ValueError(f"{folder} has {len(tokenizer)} tokens for {model.config.vocab_size} embeddings; they differ")
    fit(tokenizer, model.config)
    return model.eval().requires_grad_(False), tokenizer


def fit(tokenizer: PreTrainedTokenizerBase, config: PreTrainedConfig) -> None:
    """Tell a tokenizer how long a text its model reads, and whether the model tells the texts of a pair apart.

    Raises:
        ValueError: the family is not known, or not in this configuration.
    """
    family = family_of(config)
    tokenizer.model_max_length = min(tokenizer.model_max_length, family.longest)
    tokenizer.backend_tokenizer.no_truncation()  # what its maker last asked for; every call would have to undo it
    tokenizer.backend_tokenizer.no_padding()
    if family.encoder.embeddings.segment is None or config.type_vocab_size < 2:
        tokenizer.model_input_names = [name for name in tokenizer.model_input_names if name != "token_type_ids"]


def _no_head(folder: Path, task: str, architecture: str, holds: str, missing: list[str]) -> str:
    """Say that weights are missing: those of a head, or others."""
    if holds == architecture:
        return f"{folder / WEIGHTS} lacks {len(missing)} weights, the first is {missing[0]}"
    return (
        f"{folder} holds {holds}, which has no head for {task} (it lacks {missing[0]}); it may be the base of a "
        "new one: new_head(Checkpoint.of(None, model, tokenizer), labels), both read with `transformers`"
    )


def _read_weights(folder: Path, shared: bool) -> dict[str, torch.Tensor]:
    """Read the weights, of one file or of several shards."""
    files = [folder / WEIGHTS]
    if (folder / INDEX).is_file():
        with _naming(folder / INDEX):
            files = [folder / name for name in shards(folder / INDEX)]
    weights = {}
    for file in files:
        if not file.is_file():
            raise FileNotFoundError(f"{folder} has no {file.name}, which its {INDEX} names; fetch or save it again")
        with _naming(file):
            weights |= load_file((shared and find_shared(file)) or file)
    return weights


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
        with _naming(file):
            written = Tokenizer.from_file(str(file))
    elif any(folder.glob("*.model")) and not (is_sentencepiece_available() and is_protobuf_available()):
        raise OSError(
            f"{folder} has its tokenizer as a SentencePiece file alone, and reading that needs two more packages: "
            "pip install 'encoder_lab[sentencepiece]'"
        )
    with _naming(folder / "tokenizer_config.json"):
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        if not isinstance(tokenizer.model_max_length, int):
            raise TypeError(f"model_max_length is {tokenizer.model_max_length!r}")
    if written is not None:
        tokenizer.backend_tokenizer.normalizer = written.normalizer
        tokenizer.backend_tokenizer.pre_tokenizer = written.pre_tokenizer
    return tokenizer


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
def _naming(file: Path) -> Iterator[None]:
    """Turn whatever a reader raises into one sentence that names the file; readers raise anything."""
    try:
        yield
    except Exception as error:
        raise OSError(f"{file} is damaged ({cause(error)}); fetch or save it again") from error
