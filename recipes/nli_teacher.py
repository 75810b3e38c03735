"""The teacher of the zero-shot checkpoint: MPNet trained on inference, and what it says of pairs that nobody labelled.

    python -m recipes.nli_teacher --data FOLDER --work FOLDER

Cut off at any moment, the same command goes on from the last save; `--evaluate` prints how often the teacher is
right on premises kept out of training.

Source: Hinton et al. 2015 (arXiv:1503.02531); the teacher: Song et al. 2020 (arXiv:2004.09297).
"""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import cross_entropy
from tqdm.auto import tqdm
from transformers import AutoTokenizer, MPNetForSequenceClassification, PreTrainedTokenizerBase

from encoder_lab.grow.batches import plan_batches
from encoder_lab.tokens import pad
from recipes.classifier_loss import classifier_loss
from recipes.command import work_parser
from recipes.loop import train
from recipes.nearest_pairs import nearest_pairs
from recipes.nli_data import LABELS, Pair, choose_pairs, load_nli, read_pairs, recombine, write_pairs
from recipes.rewording import reworded_pairs
from recipes.warm_start import MPNET, fetch

SEED = 25
READINGS = {"mnli": 1.25, "snli": 0.4, "counterfactual-snli": 0.2}
LONGEST = 256  # tokens of a pair
BATCH_TOKENS = 2_048
RATE = 5e-5
WARMUP = 60
DECAY = 0.7
PAIRS_A_SAVE = 2_000
REWORDED, NEAREST = "reworded.jsonl", "nearest.jsonl"  # in the folder to work in

Rows = list[list[int]]


def tokenize(pairs: list[Pair], tokenizer: PreTrainedTokenizerBase) -> Rows:
    """Turn pairs into `<s> premise </s></s> hypothesis </s>`, MPNet's ids."""
    premises, hypotheses = [p.premise for p in pairs], [p.hypothesis for p in pairs]
    return tokenizer(premises, hypotheses, truncation="longest_first", max_length=LONGEST)["input_ids"]


@torch.inference_mode()
def answer(model: MPNetForSequenceClassification, rows: Rows) -> Tensor:
    """Give each row its probabilities, (N, 3) in the order of `LABELS`."""
    said = torch.zeros(len(rows), len(LABELS))
    for batch in plan_batches([len(x) for x in rows], BATCH_TOKENS, SEED):
        ids, mask = pad([rows[i] for i in batch], model.config.pad_token_id)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            said[batch] = model(ids, attention_mask=mask).logits.float().softmax(-1)
    return said


def make_questions(training: list[Pair], data: Path, work: Path) -> None:
    """Make the pairs that take a model to make, each kind in a file of `work`; what is there already is kept."""
    mnli = _mnli(training)
    if not (work / REWORDED).is_file():
        write_pairs(reworded_pairs(mnli), work / REWORDED)
    if not (work / NEAREST).is_file():
        write_pairs(nearest_pairs(mnli, data, work), work / NEAREST)


def asked(training: list[Pair], work: Path) -> list[Pair]:
    """List what the teacher is asked: MNLI's pairs, those made of its sentences, and those of `make_questions`.

    Raises:
        FileNotFoundError: `work` lacks the last of these.
    """
    mnli, files = _mnli(training), [work / REWORDED, work / NEAREST]
    if not all(file.is_file() for file in files):
        raise FileNotFoundError(f"{work} lacks the teacher's questions; run python -m recipes.nli_teacher")
    return mnli + recombine(mnli) + [pair for file in files for pair in read_pairs(file)]


def answer_all(
    model: MPNetForSequenceClassification, tokenizer: PreTrainedTokenizerBase, pairs: list[Pair], folder: Path
) -> None:
    """Write the answers to `pairs` into `folder`, part by part; parts that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in tqdm(range(0, len(pairs), PAIRS_A_SAVE), desc="asking"):
        file = folder / f"{start:06}.safetensors"
        if not file.is_file():
            said = answer(model, tokenize(pairs[start : start + PAIRS_A_SAVE], tokenizer))
            save_file({"probabilities": said}, file.with_suffix(".new"))
            file.with_suffix(".new").replace(file)


def load_answers(work: Path, pairs: list[Pair]) -> dict[tuple[str, str], Tensor]:
    """Read what the teacher has said.

    Args:
        work: where it was asked.
        pairs: what `asked` lists.

    Returns:
        (premise, hypothesis) -> (3,) probabilities, for all of them.

    Raises:
        FileNotFoundError: it has not been asked in `work`, or not to the end.
    """
    parts = [load_file(file)["probabilities"] for file in sorted((work / "nli_answers").glob("*.safetensors"))]
    if sum(map(len, parts)) != len(pairs):
        raise FileNotFoundError(f"{work} lacks the teacher's answers; run python -m recipes.nli_teacher")
    return {(p.premise, p.hypothesis): said for p, said in zip(pairs, torch.cat(parts), strict=True)}


def evaluate(model: MPNetForSequenceClassification, tokenizer: PreTrainedTokenizerBase, held_out: list[Pair]) -> str:
    """Say how often the teacher is right on premises kept out of training."""
    lines = []
    for source in ("mnli", "snli"):
        pairs = [pair for pair in held_out if pair.source == source]
        best = answer(model, tokenize(pairs, tokenizer)).argmax(-1)
        right = (best == torch.tensor([pair.label for pair in pairs])).float().mean()
        lines.append(f"{source.upper()}, unseen premises: {right:.3f} of {len(pairs):,} pairs")
    return "\n".join(lines)


def main() -> None:
    """Train, ask and evaluate; see the module's first lines."""
    arguments = work_parser(__doc__).parse_args()

    training, held_out = load_nli(arguments.data)
    out = arguments.work / "nli_teacher"
    if not (arguments.evaluate or (out / "model.safetensors").is_file()):
        warm = fetch(MPNET, arguments.work / "mpnet")
        tokenizer = AutoTokenizer.from_pretrained(warm)
        torch.manual_seed(SEED)
        names = {"id2label": dict(enumerate(LABELS)), "label2id": {name: i for i, name in enumerate(LABELS)}}
        model = MPNetForSequenceClassification.from_pretrained(warm, attn_implementation="eager", **names)
        pairs = choose_pairs(training, READINGS, SEED)
        rows, labels = tokenize(pairs, tokenizer), torch.tensor([p.label for p in pairs])
        plan = plan_batches([len(x) for x in rows], BATCH_TOKENS, SEED)
        loss_at = classifier_loss(model, rows, labels, plan, cross_entropy, SEED)
        folder = arguments.work / "nli_teacher_progress"
        train(model, loss_at, steps=len(plan), rate=RATE, folder=folder, warmup=WARMUP, decay=DECAY, save_every=60)
        tokenizer.save_pretrained(out)
        model.save_pretrained(out)
    tokenizer = AutoTokenizer.from_pretrained(out)
    model = MPNetForSequenceClassification.from_pretrained(out, attn_implementation="eager").eval()
    print(evaluate(model, tokenizer, held_out), flush=True)
    if not arguments.evaluate:
        make_questions(training, arguments.data, arguments.work)
        answer_all(model, tokenizer, asked(training, arguments.work), arguments.work / "nli_answers")


def _mnli(pairs: list[Pair]) -> list[Pair]:
    """Keep MNLI's own pairs."""
    return [pair for pair in pairs if pair.source == "mnli"]


if __name__ == "__main__":
    main()
