"""The recipe of the bundled text-classification checkpoint: RoBERTa with a head for 28 emotions, several at a time.

MPNet learns the labels; then the encoder of `distil.py` learns the labels and what MPNet thinks of the same comments.

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

from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import DROPOUT, save
from recipes import teacher
from recipes.base import LONGEST
from recipes.distil import load_base, load_tokenizer
from recipes.emotion_data import Comment, label_names, load_comments
from recipes.fill_mask import load_tokenizer as load_word_pieces
from recipes.loop import half, plan_steps, train
from recipes.rows import Rows, load_rows, save_rows

SEED = 23
TEACHERS_STEPS, STEPS = 260, 1_500  # a reading of all comments is 200 and 105
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
        with half(ids.device):
            logits = logits_of(ids, mask)
        wanted = targets[torch.tensor(plan[step], device=targets.device)]
        return binary_cross_entropy_with_logits(logits.float(), wanted, pos_weight=present)

    return loss_at


def teach(work: Path, device: torch.device, seconds: float | None = None) -> None:
    """Teach MPNet the labels and write its logits on the training comments into `work`, unless they stand there."""
    if (work / SAID).is_file():
        return
    rows, (names, table) = load_rows(work / ROWS)["theirs"].to(device), load_labels(work)
    torch.manual_seed(SEED)
    master = teacher.Headed(teacher.unpack(work), len(names), pooled=True).to(device)
    plan = plan_steps(rows.sizes, TEACHERS_TOKENS, SEED, TEACHERS_STEPS)
    loss_at = make_loss(master, rows, table.to(device), plan, 0)
    folder = work / "text_classification_teacher"
    train(
        master, loss_at, steps=TEACHERS_STEPS, rate=TEACHERS_RATE, folder=folder,
        warmup=60, decay=0.8, seconds=seconds,
    )  # fmt: skip
    said = torch.zeros(len(rows), len(names), device=device)
    with torch.inference_mode(), half(device):
        for batch in plan_batches(rows.sizes, 65_536, SEED):
            said[torch.tensor(batch, device=device)] = master(*rows.batch(batch, 0)).float()
    part = work / f"{SAID}.new"
    save_file({"logits": said.cpu()}, part)
    part.replace(work / SAID)


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
    plan = plan_steps(rows.sizes, BATCH_TOKENS, SEED, STEPS)

    def logits_of(ids: Tensor, mask: Tensor) -> Tensor:
        return model(ids, attention_mask=mask).logits

    loss_at = make_loss(logits_of, rows, targets.to(device), plan, model.config.pad_token_id)
    folder = work / "text_classification_student"
    train(model, loss_at, steps=STEPS, rate=RATE, folder=folder, decay=0.7, seconds=seconds)
    save(model.cpu(), tokenizer, out)
