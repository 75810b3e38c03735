"""A trained model written as an ordinary `transformers` folder: float16 weights that load as float32."""

import json
from pathlib import Path

from transformers import PreTrainedModel, PreTrainedTokenizerBase

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
