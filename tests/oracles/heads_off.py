"""What `transformers` 4.57.6 answers with heads masked by its `head_mask`, which version 5 no longer has.

`make oracle` runs this in an environment of its own. It knows nothing of `encoder_lab`: plain `from_pretrained`.
"""

import json

import torch
import transformers

from tests.oracles.bundled import FOLDERS, HERE, hashes

FIXTURE = HERE / "heads_off.json"

TEXTS = {
    "fill-mask": ["The dogs in the garden [MASK] very old."],
    "question-answering": ["Where did the dog sleep?", "An old man sat by the river, and his dog slept in the grass."],
    "text-classification": ["I do not love this film."],
    "zero-shot-classification": ["one day I will see the world", "This example is travel."],
}
HEADS = {"encoder": [[4, 10], [3, 1], [3, 8], [0, 0]], "decoder": [[0, 9], [1, 0]], "cross": [[1, 5], [1, 1], [0, 11]]}
MASKS = {"encoder": "head_mask", "decoder": "decoder_head_mask", "cross": "cross_attn_head_mask"}


def masked(task: str, attention: str) -> list[list[float]]:
    """Give the logits of one text with some heads masked; of a masked-LM head those of the first 60 pieces."""
    folder = FOLDERS / task
    architecture = json.loads((folder / "config.json").read_text(encoding="utf-8"))["architectures"][0]
    model = getattr(transformers, architecture).from_pretrained(folder, attn_implementation="eager").double().eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    layers = model.config.decoder_layers if attention != "encoder" else model.config.num_hidden_layers
    mask = torch.ones(layers, 12, dtype=torch.float64)
    for layer, head in HEADS[attention]:
        mask[layer, head] = 0
    read = tokenizer(*TEXTS[task], return_tensors="pt")
    read.pop("token_type_ids", None)  # one text alone: they are all 0
    with torch.inference_mode():
        output = model(**read, **{MASKS[attention]: mask})
    if "start_logits" in output:
        return torch.cat([output.start_logits, output.end_logits]).tolist()
    return (output.logits[0, :, :60] if task == "fill-mask" else output.logits).tolist()


def main() -> None:
    """Write the fixture."""
    torch.set_num_threads(1)  # with more, a last digit may differ from run to run
    kinds = {task: MASKS if task.startswith("zero") else ["encoder"] for task in TEXTS}
    logits = {task: {attention: masked(task, attention) for attention in kinds[task]} for task in TEXTS}
    versions = {"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]}
    content = {"versions": versions, "sha256": {task: hashes(FOLDERS / task) for task in TEXTS}, "logits": logits}
    FIXTURE.write_text(json.dumps(content) + "\n", encoding="utf-8")
    print(f"{FIXTURE.name}: heads masked in {len(logits)} models by transformers {versions['transformers']}")


if __name__ == "__main__":
    main()
