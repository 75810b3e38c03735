"""What `transformers` 4.57 makes of the bundled checkpoints, kept in bundled.json: `make oracle` runs this.

It has an environment of its own, requirements.txt beside it, and takes nothing from `encoder_lab`. The tests ask
`transformers` 5 the same questions through the same functions.
"""

import hashlib
import json
import re
from pathlib import Path

import tokenizers
import torch
import transformers
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

BUNDLED = Path(__file__).parents[2] / "encoder_lab" / "bundled"
FIXTURE = Path(__file__).with_suffix(".json")

# architecture -> the class that reads its folder
READERS = {
    "BertForMaskedLM": transformers.AutoModelForMaskedLM,
    "RobertaForQuestionAnswering": transformers.AutoModelForQuestionAnswering,
    "RobertaForSequenceClassification": transformers.AutoModelForSequenceClassification,
    "BartForSequenceClassification": transformers.AutoModelForSequenceClassification,
}

LETTERS = "Zoë's naïve café, Kraków, Αθήνα, 東京 and 서울: fine 🙂 \N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}"
LONG = 4 * (
    "Every autumn the small harbour fills with boats again. Fishermen mend their nets on the quay, children count the "
    "gulls, and old Mrs. Lindqvist sells coffee for 2.50 from a blue van. On October 17th, 1987, a storm tore the "
    "lighthouse's roof off; it was rebuilt within a year. "
)

# architecture -> texts, or pairs of texts; among them what the originals are known to answer
INPUTS = {
    "BertForMaskedLM": [
        ["Hello, Mr. Bert! How is it [MASK]"],
        ["Say [MASK]!"],
        ["The [MASK] sat on the [MASK]."],
        ["[MASK]"],
        [f"{LETTERS} [MASK]"],
        [f"{LONG}They drank [MASK] there."],
    ],
    "RobertaForQuestionAnswering": [
        ["Why is model conversion important?", "The option to convert models between FARM and transformers gives "
         "freedom to the user and let people easily switch between frameworks."],
        ["Who wrote the letter?", "Rain fell all night, and the river rose."],
        ["Who?", "Ada."],
        ["?", " "],
        ["Which café does Zoë like? 🙂", LETTERS],
        ["When did the storm come?", LONG],
    ],
    "RobertaForSequenceClassification": [
        ["I love my old pillow?"],
        ["Why is it that every plant I touch dies within a few days?"],
        ["I'm so conflicted about these new instructions..."],
        ["She typed <mask> and </s>  twice."],
        [" "],
        [LETTERS],
        [LONG],
    ],
    "BartForSequenceClassification": [
        ["one day I will see the world", "This example is travel."],
        ["one day I will see the world", "This example is cooking."],
        ["one day I will see the world", "This example is dancing."],
        [" ", "?"],
        [LETTERS, "This example is 旅行 🙂."],
        [LONG, "This example is weather."],
    ],
}  # fmt: skip

CHOICES = 20  # of a vocabulary, so many of the highest logits are kept; of anything else, all


def hashes(folder: Path) -> dict[str, str]:
    """Take each file's SHA-256; the model card is not read by any software."""
    files = sorted(file for file in folder.iterdir() if file.name != "README.md" and file.name[0] != ".")
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def read(folder: Path) -> tuple[nn.Module, PreTrainedTokenizerBase]:
    """Read a folder as anybody would, with no word about the dtype."""
    (architecture,) = json.loads((folder / "config.json").read_text(encoding="utf-8"))["architectures"]
    return READERS[architecture].from_pretrained(folder), transformers.AutoTokenizer.from_pretrained(folder)


@torch.inference_mode()
def ask(model: nn.Module, tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> tuple[list[int], dict[str, Tensor]]:
    """Give the token ids of a text or a pair, and the head's logits, each a vector with a name."""
    batch = tokenizer(*texts, return_tensors="pt")
    output = model(**batch)
    ids = batch["input_ids"][0]
    if "start_logits" in output:
        logits = {"start": output.start_logits[0], "end": output.end_logits[0]}  # (T,) each
    elif output.logits.dim() == 3:
        masks = (ids == tokenizer.mask_token_id).nonzero()[:, 0].tolist()
        logits = {f"mask {i}": output.logits[0, i] for i in masks}  # (V,) each
    else:
        logits = {"labels": output.logits[0]}  # (C,)
    return ids.tolist(), logits


def keep(name: str, logits: Tensor) -> dict[str, list]:
    """Choose which logits the fixture keeps, to six significant digits; for a mask, the tokens they belong to."""
    chosen = {"tokens": logits.topk(CHOICES).indices.tolist()} if name.startswith("mask") else {}
    values = logits[chosen["tokens"]] if chosen else logits
    return {**chosen, "values": [float(f"{value:.6g}") for value in values.tolist()]}


def describe(folder: Path) -> dict:
    """Say everything the fixture says about one folder."""
    model, tokenizer = read(folder)
    runs = []
    for texts in INPUTS[type(model).__name__]:
        ids, logits = ask(model, tokenizer, texts)
        runs.append({"ids": ids, "logits": {name: keep(name, values) for name, values in logits.items()}})
    return {
        "files": hashes(folder),
        "architecture": type(model).__name__,
        "dtypes": sorted({str(weight.dtype) for weight in model.state_dict().values()}),
        "runs": runs,
    }


def main() -> None:
    """Write the fixture, one list of numbers a line; on one thread, so that the digits repeat."""
    torch.set_num_threads(1)
    fixture = {
        "made_by": {
            "script": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
            **{module.__name__: module.__version__ for module in (tokenizers, torch, transformers)},
        },
        "folders": {folder.name: describe(folder) for folder in sorted(BUNDLED.iterdir()) if folder.is_dir()},
    }
    text = json.dumps(fixture, indent=1)
    text = re.sub(r"\[\n[^][{}]*\]", lambda numbers: " ".join(numbers[0].split()), text)
    FIXTURE.write_text(text + "\n", encoding="utf-8", newline="\n")
    print(f"{FIXTURE.name}: {', '.join(fixture['folders'])}, as transformers {transformers.__version__} reads them")


if __name__ == "__main__":
    main()
