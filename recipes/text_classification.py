"""The recipe of the bundled text-classification checkpoint: RoBERTa with a head for 28 emotions, several at a time.

    python -m recipes.text_classification --data FOLDER --work FOLDER

MPNet learns the labels; then the encoder of `distil.py` learns the labels and what MPNet thinks of the same comments.
Cut off at any moment, the same command goes on from the last save. The card's figures and thresholds come from
`--evaluate`.

Source: Demszky et al. 2020, section 5 (arXiv:2005.00547); Hinton et al. 2015 (arXiv:1503.02531).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import PreTrainedTokenizerBase, RobertaForSequenceClassification

from encoder_lab.checkpoints import Checkpoint, load
from encoder_lab.forward.classify import read_heads
from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import DROPOUT, save, save_thresholds
from encoder_lab.metrics import bootstrap_interval, f1_scores, tune_thresholds
from encoder_lab.probabilities import sigmoid
from recipes import teacher
from recipes.base import LONGEST
from recipes.command import parse, recipe_parser
from recipes.distil import load_base, load_tokenizer
from recipes.emotion_data import Comment, label_names, load_comments
from recipes.fill_mask import load_tokenizer as load_word_pieces
from recipes.loop import train
from recipes.originals import beside_original
from recipes.rows import Rows, load_rows, save_rows

SEED = 23
TEACHERS_EPOCHS, EPOCHS = 4, 10
TEACHERS_TOKENS, BATCH_TOKENS = 4_096, 8_192
TEACHERS_RATE, RATE = 4e-5, 3e-4
PRESENT = 2.0  # how much more a label that is there weighs than one that is not: else few pass 0.5
TEACHER_SHARE = 0.6  # of what the student is drawn to; the rest are the labels
ROWS, LABELS, SAID = "text_classification.npz", "text_classification_labels.npz", "text_classification.safetensors"


def tokenize(texts: list[str], tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
    """Turn each text into ids, the special ones included."""
    return tokenizer(texts, truncation=True, max_length=LONGEST)["input_ids"]


def label_table(comments: list[Comment], count: int) -> np.ndarray:
    """Make (N, C) of bool: which labels each comment has."""
    table = np.zeros((len(comments), count), dtype=bool)
    for row, comment in zip(table, comments, strict=True):
        row[list(comment.labels)] = True
    return table


def prepare(data: Path, work: Path) -> None:
    """Write the comments' ids in both vocabularies, and their labels, into `work`."""
    if (work / LABELS).is_file():
        return
    training, _, _, _ = load_comments(data)
    texts, names = [c.text for c in training], label_names(data)
    both = {"theirs": load_word_pieces(), "ours": load_tokenizer()}
    save_rows(work / ROWS, **{name: Rows.of(tokenize(texts, tokenizer)) for name, tokenizer in both.items()})
    part = work / f"{LABELS}.new.npz"
    np.savez(part, table=label_table(training, len(names)), names=np.array(names))
    part.replace(work / LABELS)


def load_labels(work: Path) -> tuple[list[str], Tensor]:
    """Read the labels' names and the table (N, C) of 0 and 1."""
    with np.load(work / LABELS, allow_pickle=False) as arrays:
        return [str(name) for name in arrays["names"]], torch.from_numpy(arrays["table"].astype(np.float32))


def make_loss(
    logits_of: Callable[[Tensor, Tensor], Tensor], rows: Rows, targets: Tensor, plan: list[list[int]], pad: int
) -> Callable[[int], Tensor]:
    """Return step -> the mean binary cross-entropy over all labels; a target is 0 to 1."""
    present = torch.full((targets.shape[1],), PRESENT, device=targets.device)

    def loss_at(step: int) -> Tensor:
        ids, mask = rows.batch(plan[step], pad)
        torch.manual_seed(SEED * 1_000_003 + step)
        with torch.autocast(ids.device.type, dtype=torch.bfloat16):
            logits = logits_of(ids, mask)
        wanted = targets[torch.tensor(plan[step], device=targets.device)]
        return binary_cross_entropy_with_logits(logits.float(), wanted, pos_weight=present)

    return loss_at


def make_plan(rows: Rows, tokens: int, epochs: int) -> list[list[int]]:
    """Order the steps of all epochs."""
    sizes = rows.sizes
    return [batch for epoch in range(epochs) for batch in plan_batches(sizes, tokens, SEED + epoch)]


def train_teacher(work: Path, device: torch.device, seconds: float | None = None) -> None:
    """Teach MPNet the labels and write its logits on the training comments, without `PRESENT`, into `work`."""
    rows, (names, table) = load_rows(work / ROWS)["theirs"].to(device), load_labels(work)
    torch.manual_seed(SEED)
    master = teacher.Headed(teacher.unpack(work), len(names), pooled=True).to(device)
    plan = make_plan(rows, TEACHERS_TOKENS, TEACHERS_EPOCHS)
    loss_at = make_loss(master, rows, table.to(device), plan, 0)
    folder = work / "text_classification_teacher"
    train(master, loss_at, steps=len(plan), rate=TEACHERS_RATE, folder=folder, warmup=60, decay=0.8, seconds=seconds)
    said = torch.zeros(len(rows), len(names), device=device)
    with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16):
        for batch in plan_batches(rows.sizes, 65_536, SEED):
            said[torch.tensor(batch, device=device)] = master(*rows.batch(batch, 0)).float()
    save_file({"logits": said.cpu()}, work / SAID)


def train_student(work: Path, out: Path, device: torch.device, seconds: float | None = None) -> None:
    """Train the checkpoint from the base, on labels and the teacher's probabilities, and write it to `out`."""
    base, tokenizer = load_base(work)
    names, table = load_labels(work)
    base.config.hidden_dropout_prob = DROPOUT
    base.config.num_labels = len(names)
    base.config.id2label = dict(enumerate(names))
    base.config.label2id = {name: i for i, name in enumerate(names)}
    base.config.problem_type = "multi_label_classification"
    torch.manual_seed(SEED)
    model = RobertaForSequenceClassification(base.config)
    model.roberta.load_state_dict(base.state_dict())
    model.to(device)
    # the teacher learned with PRESENT: its odds are so much too high
    said = (load_file(work / SAID)["logits"] - np.log(PRESENT)).sigmoid()
    targets = TEACHER_SHARE * said + (1 - TEACHER_SHARE) * table
    rows = load_rows(work / ROWS)["ours"].to(device)
    plan = make_plan(rows, BATCH_TOKENS, EPOCHS)
    loss_at = make_loss(
        lambda ids, mask: model(ids, attention_mask=mask).logits, rows, targets.to(device), plan,
        model.config.pad_token_id,
    )  # fmt: skip
    folder = work / "text_classification_student"
    train(model, loss_at, steps=len(plan), rate=RATE, folder=folder, decay=0.7, seconds=seconds)
    save(model.cpu(), tokenizer, out)


def predict(checkpoint: Checkpoint, texts: list[str]) -> np.ndarray:
    """Give each text the probability of each label, (N, C)."""
    rows = [torch.tensor(row) for row in tokenize(texts, checkpoint.tokenizer)]
    return sigmoid(read_heads(checkpoint, rows).logits).numpy()


def evaluate(checkpoint: Checkpoint, tuning: list[Comment], held_out: list[Comment]) -> tuple[str, dict[str, float]]:
    """Give the card's figures as tables, and each label's threshold: tuned on `tuning`, measured on `held_out`."""
    names = [checkpoint.model.config.id2label[i] for i in range(checkpoint.model.config.num_labels)]
    known, truth = label_table(tuning, len(names)), label_table(held_out, len(names))
    thresholds = tune_thresholds(predict(checkpoint, [c.text for c in tuning]), known).round(2)
    probabilities = predict(checkpoint, [c.text for c in held_out])
    table = ["| figure | comments | value | 95 % interval |", "| --- | ---: | ---: | --- |"]
    for bound, said in ((0.5, "at 0.5"), (thresholds, "at the tuned thresholds")):
        answers = probabilities >= bound
        for number, kind in enumerate(("micro", "macro")):
            value = f1_scores(answers, truth)[number]
            low, high = bootstrap_interval(
                lambda draw, answers=answers, number=number: f1_scores(answers[draw], truth[draw])[number], len(truth)
            )
            table.append(f"| {kind}-F1 {said} | {len(truth):,} | {value:.3f} | {low:.3f} to {high:.3f} |")
    table += ["", "| label | comments that have it | threshold | F1 there |", "| --- | ---: | ---: | ---: |"]
    for i, name in enumerate(names):
        value = f1_scores(probabilities[:, [i]] >= thresholds[i], truth[:, [i]])[1]
        table.append(f"| {name} | {truth[:, i].sum()} | {thresholds[i]:.2f} | {value:.2f} |")
    return "\n".join(table), dict(zip(names, thresholds.tolist(), strict=True))


def main() -> None:
    """Prepare, train, save and evaluate; see the module's first lines."""
    arguments = parse(recipe_parser(__doc__, "text-classification"))
    prepare(arguments.data, arguments.work)
    if arguments.prepare:
        return
    _, tuning, choice, test = load_comments(arguments.data)
    if not arguments.evaluate:
        if not (arguments.work / SAID).is_file():
            train_teacher(arguments.work, arguments.device)
        train_student(arguments.work, arguments.out, arguments.device)
    checkpoint = load("text-classification", arguments.out)
    for part, comments in (("choice", choice), ("test", test)):
        figures, thresholds = evaluate(checkpoint, tuning, comments)
        print(f"{part}:", figures, "", sep="\n")
    save_thresholds(thresholds, arguments.out)
    print(beside_original(checkpoint))


if __name__ == "__main__":
    main()
