"""What `transformers` 4.57.6 makes of the bundled folders; `make oracle` runs this in an environment of its own.

It knows nothing of `encoder_lab`: plain `from_pretrained`, so that the folders are what they say they are.
"""

import hashlib
import json
from pathlib import Path

import torch
import transformers

HERE = Path(__file__).parent
FOLDERS = HERE.parents[1] / "encoder_lab" / "bundled"
FIXTURE = HERE / "bundled.json"

LONG = "The river rose for nine days, and the people of the town carried what they could to the hill. "
INPUTS = {
    "BertForMaskedLM": [["Hello, Mr. Bert! How is it [MASK]"], ["Say [MASK]!"], ["A 猫 sat on the [MASK]."]],
    "RobertaForQuestionAnswering": [
        ["Why is model conversion important?", "The option to convert models between FARM and transformers gives "
         "freedom to the user and let people easily switch between frameworks."],
        ["Who sat?", "猫 😀 and the dog sat."],
        ["For how many days did it rise?", LONG * 12],
    ],
    "RobertaForSequenceClassification": [
        ["I love my old pillow?"], ["Why is it that every plant I touch dies within a few days?"],
        ["I'm so conflicted about these new instructions..."], ["😀 안녕"], [LONG * 12],
    ],
    "BartForSequenceClassification": [
        *(["one day I will see the world", f"This example is {x}."] for x in ("travel", "cooking", "dancing")),
        ["😀 안녕", "This example is about joy."], [LONG * 12, "This text is about a flood."],
    ],
}  # fmt: skip


def logits_of(model: torch.nn.Module, tokenizer, texts: list[str]) -> dict:
    """Run one input; of a masked-LM head only the mask's logits of the first 200 pieces are kept."""
    read = tokenizer(*texts, return_tensors="pt")
    read.pop("token_type_ids", None)  # one text alone: they are all 0
    with torch.inference_mode():
        output = model(**read)
    if "start_logits" in output:
        logits = torch.stack([output.start_logits, output.end_logits])[:, 0, :60]
    elif model.config.architectures == ["BertForMaskedLM"]:
        logits = output.logits[read["input_ids"] == tokenizer.mask_token_id][:, :200]
    else:
        logits = output.logits
    rounded = [[float(f"{x:.6g}") for x in row] for row in logits.tolist()]
    return {"ids": read["input_ids"][0].tolist(), "logits": rounded}


def read_folder(folder: Path) -> dict:
    """Load one folder as anyone would, without a word about its dtype."""
    architecture = json.loads((folder / "config.json").read_text(encoding="utf-8"))["architectures"][0]
    model = getattr(transformers, architecture).from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    return {
        "sha256": hashes(folder),
        "dtypes": sorted({str(p.dtype) for p in model.parameters()}),
        "answers": [logits_of(model, tokenizer, texts) for texts in INPUTS[architecture]],
    }


def hashes(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file that decides what `transformers` makes of a checkpoint."""
    files = sorted(file for file in folder.iterdir() if file.name not in ("README.md", "thresholds.json"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def main() -> None:
    """Write the fixture."""
    torch.set_num_threads(1)  # with more, a last digit may differ from run to run
    versions = {"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]}
    folders = {folder.name: read_folder(folder) for folder in sorted(FOLDERS.iterdir()) if folder.is_dir()}
    FIXTURE.write_text(json.dumps({"versions": versions, "folders": folders}) + "\n", encoding="utf-8")
    print(f"{FIXTURE.name}: {len(folders)} folders, read by transformers {versions['transformers']}")


if __name__ == "__main__":
    main()
