"""Task and source -> tokenizer, model and tuned thresholds."""

import copy
import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

from encoder_lab.folders import fit, read_folder
from encoder_lab.hub import download
from encoder_lab.loadable import head_class
from encoder_lab.shown import Shown
from encoder_lab.surroundings import give_memory_back

BUNDLED = Path(__file__).parent / "bundled"
THRESHOLDS = "thresholds.json"  # beside the weights, where thresholds were tuned


@dataclass(frozen=True)
class _Task:
    """What one task needs: its model class, and the original checkpoint on the hub, pinned."""

    architecture: str
    repository: str
    revision: str


TASKS = {
    "fill-mask": _Task("BertForMaskedLM", "google-bert/bert-base-uncased", "86b5e0934494bd15c9632b12f734a8a67f723594"),
    "question-answering": _Task(
        "RobertaForQuestionAnswering", "deepset/roberta-base-squad2", "adc3b06f79f797d1c575d5479d6f5efe54a9e3b4"
    ),
    "text-classification": _Task(
        "RobertaForSequenceClassification",
        "SamLowe/roberta-base-go_emotions",
        "58b6c5b44a7a12093f782442969019c7e2982299",
    ),
    "zero-shot-classification": _Task(
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
    """A trained model and the tokenizer it was trained with, ready to run.

    >>> from encoder_lab import Checkpoint, load
    >>> checkpoint = load("text-classification")
    >>> checkpoint.model.config.num_labels, len(checkpoint.thresholds)
    (28, 28)
    >>> Checkpoint.of("text-classification", checkpoint.model, checkpoint.tokenizer).source
    'in hand'
    """

    task: str | None  # None for a base without a head of the four tasks
    source: str  # "bundled", "hub", a repository's name, the folder it came from, or "in hand"
    revision: str | None  # the hub's commit; None where it came from no hub
    model: nn.Module  # float32, in eval mode, weights frozen
    tokenizer: PreTrainedTokenizerBase
    thresholds: Thresholds = field(default_factory=Thresholds)  # empty where none were tuned

    @classmethod
    def of(cls, task: str | None, model: nn.Module, tokenizer: PreTrainedTokenizerBase) -> "Checkpoint":
        """Take a model and a tokenizer that are in hand.

        Args:
            task: one of `TASKS`, for which the model has the head; None for a base without one, which traces,
                few-shot learning and `grow.new_head` take.
            model: a `transformers` model of a known family; it is put into eval mode.
            tokenizer: a fast tokenizer; a copy of it is taken.

        Raises:
            ValueError: the task, or the model's family, is not known; the model has no head for the task; the
                tokenizer is a slow one, or has more tokens than the model.
        """
        if task is not None:
            _check_task_name(task)
        config, kind = model.config, type(model).__name__
        tokenizer = copy.deepcopy(tokenizer)
        if not hasattr(tokenizer, "backend_tokenizer"):
            raise ValueError(f"{type(tokenizer).__name__} is a slow tokenizer; AutoTokenizer gives a fast one")
        fit(tokenizer, config)
        if task is not None and kind != (needed := head_class(config.model_type, task)):
            raise ValueError(f"the model is a {kind}; {task} needs a {needed}")
        if len(tokenizer) > config.vocab_size:
            raise ValueError(
                f"the tokenizer has {len(tokenizer)} tokens for {config.vocab_size} embeddings; they differ"
            )
        return cls(task, "in hand", None, model.eval(), tokenizer)

    def check_task(self, task: str, caller: str) -> None:
        """Raise ValueError unless it has the head that a call needs.

        Args:
            task: the `transformers` name of the task the call needs.
            caller: the call, as its user writes it.
        """
        if self.task != task:
            raise ValueError(f"this checkpoint is for {self.task}; {caller} needs load({task!r})")

    def check_known(self, caller: str) -> None:
        """Raise ValueError where a call needs a head, of whichever task, and this is none that the course knows."""
        if self.task not in TASKS:
            raise ValueError(f"{caller} knows no task {self.task!r}; it knows {', '.join(TASKS)}")

    def check_precision(self, caller: str) -> None:
        """Raise ValueError if the model's numbers are too coarse to learn in small steps."""
        if self.model.dtype not in (torch.float32, torch.float64):
            raise ValueError(
                f"this model's weights are {self.model.dtype}, too coarse for the small steps of {caller}; "
                "give it 32 bits, as load does: model.float()"
            )

    def _text(self) -> str:
        count = sum(p.numel() for p in self.model.parameters())
        name = type(self.model).__name__
        return f"Checkpoint({self.task or 'a base'}, {self.source}: {name}, {count / 1e6:.1f} million weights)"


def load(
    task: str,
    source: str | os.PathLike | None = None,
    revision: str | None = None,
    device: str | int | torch.device | None = None,
) -> Checkpoint:
    """Load the checkpoint of one task.

    Args:
        task: one of `TASKS`, the `transformers` names.
        source: "bundled" comes with the package, "hub" is the original checkpoint (downloaded once, resumed if
            cut off); otherwise a folder that exists, as `save_pretrained` writes it, or else a repository of the hub,
            "owner/name". None takes the environment variable ENCODER_LAB_SOURCE, which is "bundled", "hub" or a
            folder that holds one folder a task, and then "bundled".
        revision: a branch, tag or commit of a repository; None for the newest, for "hub" the pinned one.
        device: None is the CPU, on which the notebooks' digits were made; "cuda", "mps", or "auto" for the
            accelerator there is; a number is that accelerator, as in torch.

    Returns:
        The checkpoint, in float32 and eval mode, its weights frozen, with the thresholds of the folder's
        `thresholds.json`, if it has one, and the commit that a repository's revision stood for.

    Raises:
        ValueError: unknown task, source or device; a revision of what has none; a folder of a family that is not
            known, or without a head for the task, or whose files do not belong together, or whose `id2label` and
            `label2id` contradict each other.
        OSError: a file is missing or damaged, or could not be downloaded.

    >>> from encoder_lab import TASKS, load
    >>> list(TASKS)
    ['fill-mask', 'question-answering', 'text-classification', 'zero-shot-classification']
    >>> load("fill-mask")
    Checkpoint(fill-mask, bundled: BertForMaskedLM, 16.2 million weights)
    >>> load("translation")
    Traceback (most recent call last):
    ValueError: unknown task 'translation'; the tasks are fill-mask, question-answering, ...
    """
    _check_task_name(task)
    target = _device(device)
    if source is None:
        source = _source_of_environment(task)
    if not isinstance(source, str | os.PathLike) or not os.fspath(source):
        raise ValueError(f"the source is {source!r}; give 'bundled', 'hub' or a folder, or leave it out")
    source, folder, names = os.fspath(source), None, None
    if source == "bundled":
        folder = BUNDLED / task
        if not folder.is_dir():
            have = ", ".join(sorted(p.name for p in BUNDLED.iterdir() if p.is_dir()))
            raise ValueError(f"no checkpoint for {task!r} is bundled yet; bundled are {have}; source='hub' has all")
    elif source != "hub" and Path(source).expanduser().is_dir():
        folder = Path(source).expanduser()
    if folder is None:
        repository = TASKS[task].repository if source == "hub" else source
        if not re.fullmatch(r"[^\s./~][^\s/]*/[^\s/]+", repository):
            raise ValueError(
                f"unknown source {source!r}; there is no such folder, and a repository of the hub is written owner/name"
            )
        folder, revision, names = download(repository, revision or (TASKS[task].revision if source == "hub" else None))
    elif revision is not None:
        raise ValueError(f"revision is {revision!r}, and {source!r} is a folder, which has none; leave it out")
    model, tokenizer = read_folder(folder, task, shared=folder.parent.samefile(BUNDLED), names=names)
    give_memory_back()  # the first model's class leaves some megabytes behind
    return Checkpoint(task, source, revision, model.to(target), tokenizer, _read_thresholds(folder))


def _source_of_environment(task: str) -> str:
    """Say what ENCODER_LAB_SOURCE stands for."""
    source = os.environ.get("ENCODER_LAB_SOURCE") or "bundled"
    if source in ("bundled", "hub"):
        return source
    folder = Path(source).expanduser() / task
    if not folder.is_dir():
        raise ValueError(
            f"ENCODER_LAB_SOURCE is {source!r}, and there is no folder {str(folder)!r}; it must be 'bundled', 'hub' "
            "or a folder that holds one folder for each task"
        )
    return str(folder)


def _check_task_name(task: object) -> None:
    """Raise ValueError unless this is the name of a task that the course knows."""
    if not isinstance(task, str) or task not in TASKS:
        raise ValueError(f"unknown task {task!r}; the tasks are {', '.join(TASKS)}")


def _device(device: str | int | torch.device | None) -> torch.device:
    """Find the device asked for."""
    if device == "auto":
        return torch.accelerator.current_accelerator() or torch.device("cpu")
    try:
        if isinstance(device, bool):
            raise TypeError("a truth is no device")
        found = torch.device("cpu" if device is None else device)
        torch.zeros(1, device=found).item()  # no device without numbers in it, such as "meta"
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        raise ValueError(f"the device {device!r} cannot be used here; leave it out for the CPU, or 'auto'") from error
    return found


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
