"""Task and source -> tokenizer, model and tuned thresholds: the only module that reads models from disk or network."""

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
import transformers
from safetensors import SafetensorError, safe_open
from torch import nn
from transformers import PreTrainedTokenizerBase

from encoder_lab.shown import Shown

BUNDLED = Path(__file__).parent / "bundled"
THRESHOLDS = "thresholds.json"  # beside the weights, where thresholds were tuned


@dataclass(frozen=True)
class Task:
    """What one task needs: its model class, and the original checkpoint on the hub, pinned."""

    architecture: str
    repository: str
    revision: str


TASKS = {
    "fill-mask": Task("BertForMaskedLM", "google-bert/bert-base-uncased", "86b5e0934494bd15c9632b12f734a8a67f723594"),
    "question-answering": Task(
        "RobertaForQuestionAnswering", "deepset/roberta-base-squad2", "adc3b06f79f797d1c575d5479d6f5efe54a9e3b4"
    ),
    "text-classification": Task(
        "RobertaForSequenceClassification",
        "SamLowe/roberta-base-go_emotions",
        "58b6c5b44a7a12093f782442969019c7e2982299",
    ),
    "zero-shot-classification": Task(
        "BartForSequenceClassification", "facebook/bart-large-mnli", "d7645e127eaf1aefc7862fd59a17a5aa8558b8ce"
    ),
}


class Thresholds(Mapping):
    """Decision thresholds by label, or by "null_margin", as they were tuned; a mapping that nobody can change."""

    def __init__(self, values: Mapping[str, float] | None = None) -> None:
        self._values = dict(values or {})

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Thresholds({self._values})"


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Checkpoint(Shown):
    """A trained model and the tokenizer it was trained with, ready to run."""

    task: str
    source: str  # "bundled", "hub" or the folder it came from
    revision: str | None  # the hub's commit; None for a folder
    model: nn.Module  # float32, in eval mode, weights frozen
    tokenizer: PreTrainedTokenizerBase
    thresholds: Thresholds = field(default_factory=Thresholds)  # empty where none were tuned

    def _text(self) -> str:
        count = sum(p.numel() for p in self.model.parameters())
        return f"Checkpoint({self.task}, {self.source}: {type(self.model).__name__}, {count / 1e6:.1f} million weights)"


def load(task: str, source: str | os.PathLike | None = None, device: str | None = None) -> Checkpoint:
    """Load the checkpoint of one task.

    Args:
        task: one of `TASKS`, the `transformers` names.
        source: "bundled" comes with the package, "hub" is the original checkpoint (downloaded once, resumed if
            cut off), anything else is a folder as `save_pretrained` writes it. None takes the environment
            variable ENCODER_LAB_SOURCE, then "bundled".
        device: None is the CPU, on which the notebooks' digits were made; "cuda", "mps", or "auto" for the
            accelerator there is.

    Returns:
        The checkpoint, in float32 and eval mode, its weights frozen, with the thresholds of the folder's
        `thresholds.json`, if it has one.

    Raises:
        ValueError: unknown task, source or device; a folder that holds another architecture.
        OSError: a file is missing or damaged, or could not be downloaded.
    """
    if task not in TASKS:
        raise ValueError(f"unknown task {task!r}; the tasks are {', '.join(TASKS)}")
    target = _device(device)
    source = os.fspath(source or os.environ.get("ENCODER_LAB_SOURCE") or "bundled")
    revision = TASKS[task].revision if source == "hub" else None
    if source == "hub":
        folder = _download(TASKS[task])
    elif source == "bundled":
        folder = BUNDLED / task
        if not folder.is_dir():
            have = ", ".join(sorted(p.name for p in BUNDLED.iterdir() if p.is_dir()))
            raise ValueError(f"no checkpoint for {task!r} is bundled yet; bundled are {have}; source='hub' has all")
    else:
        folder = Path(source).expanduser()
        if not folder.is_dir():
            raise ValueError(f"unknown source {source!r}; it is neither 'bundled' nor 'hub' nor a folder that exists")
    _check_folder(folder, TASKS[task].architecture)
    model, tokenizer = _read(folder, TASKS[task].architecture)
    return Checkpoint(task, source, revision, model.to(target), tokenizer, _read_thresholds(folder))


def check_task(checkpoint: Checkpoint, task: str, caller: str) -> None:
    """Raise unless a checkpoint has the head that a call needs.

    Args:
        checkpoint: what the call was given.
        task: the `transformers` name of the task it needs.
        caller: the call, as its user writes it.

    Raises:
        ValueError: the checkpoint is for another task.
    """
    if checkpoint.task != task:
        raise ValueError(f"this checkpoint is for {checkpoint.task}; {caller} needs load({task!r})")


def _device(device: str | None) -> torch.device:
    """Find the device asked for."""
    if device == "auto":
        return torch.accelerator.current_accelerator() or torch.device("cpu")
    try:
        found = torch.device(device or "cpu")
        torch.empty(0, device=found)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(f"the device {device!r} cannot be used here; leave it out for the CPU, or 'auto'") from error
    return found


def _download(task: Task) -> Path:
    """Bring a hub checkpoint's files into the local cache, each only once, and return the folder they are in."""
    from huggingface_hub import hf_hub_download
    from tqdm.auto import tqdm

    class Bar(tqdm):
        """A bar that clears itself, so that no dead widget is left in a saved notebook."""

        def __init__(self, *args, **options) -> None:
            super().__init__(*args, **options | {"leave": False})

    vocabulary = ["vocab.txt"] if task.architecture.startswith("Bert") else ["vocab.json", "merges.txt"]
    for name in ["config.json", "tokenizer_config.json", *vocabulary, "model.safetensors"]:
        try:
            path = Path(hf_hub_download(task.repository, name, revision=task.revision, tqdm_class=Bar))
        except Exception as error:  # the hub's client raises its own, the network's and the disk's errors
            raise OSError(
                f"{name} of {task.repository} could not be had from the hub ({_cause(error)}); "
                "try again when the network is back, or use source='bundled', which needs none"
            ) from error
    return path.parent


def _cause(error: Exception) -> str:
    """Say in a few words why a download failed."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0][:120]}" if str(error) else type(error).__name__


def _check_folder(folder: Path, architecture: str) -> None:
    """Raise unless the folder holds what `_read` needs: the right configuration, a tokenizer, sound weights."""
    for name in ("config.json", "tokenizer_config.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder} has no {name}; a checkpoint folder holds what save_pretrained writes")
    if not any((folder / name).is_file() for name in ("tokenizer.json", "vocab.txt", "vocab.json")):
        raise FileNotFoundError(f"{folder} has no tokenizer.json; save the tokenizer beside the model")
    try:
        found = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("architectures")
    except ValueError as error:
        raise OSError(f"{folder / 'config.json'} is damaged: it is not JSON; fetch or save it again") from error
    if found != [architecture]:
        holds = ", ".join(found or ["no named architecture"])
        raise ValueError(f"{folder} holds {holds}; this task needs {architecture}")
    weights = folder / "model.safetensors"
    try:
        with safe_open(weights, framework="pt") as file:
            file.keys()
    except SafetensorError as error:
        raise OSError(f"{weights} is damaged ({error}); fetch or save it again") from error


def _read_thresholds(folder: Path) -> Thresholds:
    """Read the thresholds that were tuned for this checkpoint; most folders have none."""
    path = folder / THRESHOLDS
    if not path.is_file():
        return Thresholds()
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not all(math.isfinite(number) for number in found.values()):
            raise ValueError("a threshold is not finite")
    except (ValueError, TypeError, AttributeError) as error:
        raise OSError(f'{path} is damaged: it must hold names with a number each, as {{"joy": 0.4}}') from error
    return Thresholds(found)


@contextmanager
def silent_bars() -> Iterator[None]:
    """Silence `transformers`' own progress bars, which a saved notebook keeps as dead widgets, and put them back."""
    bars = transformers.utils.logging.is_progress_bar_enabled()
    transformers.utils.logging.disable_progress_bar()
    try:
        yield
    finally:
        if bars:
            transformers.utils.logging.enable_progress_bar()


def _read(folder: Path, architecture: str) -> tuple[nn.Module, PreTrainedTokenizerBase]:
    """Read model and tokenizer."""
    with silent_bars():
        model, report = getattr(transformers, architecture).from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True, local_files_only=True, output_loading_info=True
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    if missing := sorted(report["missing_keys"]):
        raise ValueError(f"{folder / 'model.safetensors'} lacks {len(missing)} weights, the first is {missing[0]}")
    if len(tokenizer) > model.config.vocab_size:
        raise ValueError(f"{folder} has {len(tokenizer)} tokens for {model.config.vocab_size} embeddings; they differ")
    unused = model.config.pad_token_id + 1 if "Roberta" in architecture else 0  # RoBERTa counts from behind padding
    longest = model.config.max_position_embeddings - unused
    tokenizer.model_max_length = min(tokenizer.model_max_length, longest)
    return model.eval().requires_grad_(False), tokenizer
