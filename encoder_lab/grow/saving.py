"""A trained model written as an ordinary `transformers` folder: float16 weights that load as float32."""

import copy
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from encoder_lab.checkpoints import THRESHOLDS, Checkpoint
from encoder_lab.folders import silent_bars
from encoder_lab.grow.interrupts import noted_interrupts
from encoder_lab.surroundings import give_memory_back
from encoder_lab.whole import truth

DROPOUT = 0.1  # the usual share; it is in the configuration whatever the recipe used, for whoever trains on


def save(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write weights, configuration and tokenizer; the model is left in float16."""
    tokenizer.backend_tokenizer.no_truncation()  # what the last call asked for would be written too
    tokenizer.backend_tokenizer.no_padding()
    for key in ("is_local", "local_files_only"):  # how it was read is nothing to the next reader
        tokenizer.init_kwargs.pop(key, None)
    tokenizer.save_pretrained(folder)
    for name in ("hidden_dropout_prob", "attention_probs_dropout_prob", "dropout"):
        if hasattr(model.config, name):
            setattr(model.config, name, DROPOUT)
    model.half().save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["dtype"] = "float32"
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def save_thresholds(thresholds: Mapping[str, float], folder: Path) -> None:
    """Write tuned thresholds by name where `load` finds them: beside the weights."""
    (folder / THRESHOLDS).write_text(json.dumps(dict(thresholds), indent=2) + "\n", encoding="utf-8")


def save_checkpoint(checkpoint: Checkpoint, folder: str | os.PathLike, overwrite: bool = False) -> Path:
    """Write a checkpoint as an ordinary `transformers` folder, whole or not at all.

    It is written beside its place and then renamed. `load(checkpoint.task, source=folder)` reads it, and so does
    `from_pretrained`. Weights are rounded to 16 bits, as in the bundled checkpoints; tuned thresholds are kept.

    Args:
        checkpoint: stays as it is.
        folder: where; the folders above it are made if there are none.
        overwrite: whether a checkpoint that is there already is replaced.

    Returns:
        The folder.

    Raises:
        TypeError: `overwrite` is neither True nor False.
        ValueError: the task is none that `load` knows.
        FileExistsError: the folder exists and is not to be replaced, or holds files that no checkpoint has.
        KeyboardInterrupt: asked for meanwhile; the folder is whole then.
    """
    checkpoint.check_known("save_checkpoint")
    folder = Path(folder).expanduser()
    if folder.exists() and not truth("overwrite", overwrite):
        raise FileExistsError(f"{folder} exists already; take another name, or overwrite=True to replace it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with noted_interrupts() as asked:
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            new, old = beside / "new", beside / "old"
            with silent_bars():
                save(copy.deepcopy(checkpoint.model), copy.deepcopy(checkpoint.tokenizer), new)
            if checkpoint.thresholds:
                save_thresholds(checkpoint.thresholds, new)
            if folder.exists():
                _refuse_other_files(folder, new)
            try:
                if folder.exists():
                    folder.rename(old)
                new.rename(folder)
            finally:
                if old.exists() and not folder.exists():
                    old.rename(folder)
        finally:
            shutil.rmtree(beside)
            give_memory_back()
    if asked:
        raise KeyboardInterrupt(f"{folder} is saved, and whole")
    return folder


def _refuse_other_files(folder: Path, new: Path) -> None:
    """Raise FileExistsError if replacing `folder` by `new` would delete what no checkpoint has."""
    known = {each.name for each in new.iterdir()} | {"README.md", THRESHOLDS}
    others = sorted(each.name for each in folder.iterdir() if each.name not in known) if folder.is_dir() else ["a file"]
    if others:
        raise FileExistsError(f"{folder} holds more than a checkpoint: {others[0]}; take another name for the new one")
