"""The recipe of the bundled question-answering checkpoint: RoBERTa with a span head, which may say "no answer".

MPNet, as the fill-mask recipe left it, learns to answer; then the encoder of `distil.py` learns from the same questions
and from what MPNet says of them and of questions that nobody has answered.

Source: Devlin et al. 2019, sections 4.2 and 4.3 (arXiv:1810.04805); Hinton et al. 2015 (arXiv:1503.02531).
"""

import random
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import RobertaForQuestionAnswering

from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import DROPOUT, save
from recipes import teacher
from recipes.distil import load_base
from recipes.loop import half, plan_steps, train
from recipes.qa_examples import joined_rows, load_kinds
from recipes.rows import Rows

SEED = 22
TEACHERS_STEPS, STEPS = 978, 9_000  # QAMR is read first, in 105; then the rest, in 291 and 930 a reading
BATCH_TOKENS = 16_384
TEACHERS_RATE, RATE = 4e-5, 2e-4
SQUAD_READINGS = 2  # while the student reads near misses and passages once
TEACHERS_MISSES = 0.25  # of the near misses the teacher learns from; it is asked about all
TEACHER_SHARE = 0.5  # of the student's loss; the rest is the answer as people marked it
SHUT = -10_000.0  # the logit of a token that cannot begin or end an answer
ANSWERS = "question_answering.safetensors"


def make_plan(
    first: dict[str, Rows], later: dict[str, Rows], which: list[int], steps: int
) -> list[tuple[dict[str, Rows], list[int]]]:
    """Order so many steps: `first` is read once, then, again and again, those of `later` that `which` numbers.

    Returns:
        For each step the rows and the numbers of those in its batch.
    """
    plan = [(first, batch) for batch in plan_batches(first["ours"].sizes, BATCH_TOKENS, SEED)][:steps]
    sizes = [later["ours"].sizes[i] for i in which]
    rest = plan_steps(sizes, BATCH_TOKENS, SEED + 1, steps - len(plan))
    return [*plan, *((later, [which[i] for i in batch]) for batch in rest)]


def teacher_logits(master: teacher.Headed, rows: dict[str, Rows], numbers: list[int]) -> Tensor:
    """Give the teacher's start and end logits, (B, T, 2), shut where no answer can be."""
    ids, mask = rows["theirs"].batch(numbers, 0)
    open_to, _ = rows["to_start"].batch(numbers, -1)
    with half(ids.device):
        logits = master(ids, mask)
    return logits.float().masked_fill(open_to[..., None] < 0, SHUT)


def train_teacher(work: Path, device: torch.device, seconds: float | None = None) -> teacher.Headed:
    """Teach MPNet to answer."""
    kinds = load_kinds(work, device)
    torch.manual_seed(SEED)
    master = teacher.Headed(teacher.trained_base(work), 2, pooled=False).to(device)
    squad, misses = (len(kinds[kind]["ours"]) for kind in ("squad", "misses"))
    drawn = random.Random(SEED).sample(range(misses), round(TEACHERS_MISSES * misses))
    which = [*range(squad), *(squad + i for i in drawn)]
    plan = make_plan(kinds["qamr"], joined_rows(kinds["squad"], kinds["misses"]), which, TEACHERS_STEPS)

    def loss_at(step: int) -> Tensor:
        rows, numbers = plan[step]
        torch.manual_seed(SEED * 1_000_003 + step)
        places, _ = rows["places"].batch(numbers, 0)  # (B, 4)
        return cross_entropy(teacher_logits(master, rows, numbers), places[:, :2])

    folder = work / "question_answering_teacher"
    train(
        master, loss_at, steps=TEACHERS_STEPS, rate=TEACHERS_RATE, folder=folder,
        warmup=60, decay=0.8, seconds=seconds,
    )  # fmt: skip
    return master


def teach(work: Path, device: torch.device, seconds: float | None = None) -> None:
    """Train the teacher and write its answers into `work`, unless they stand there already."""
    if not (work / ANSWERS).is_file():
        ask(train_teacher(work, device, seconds), load_kinds(work, device), work / ANSWERS)


@torch.inference_mode()
def ask(master: teacher.Headed, kinds: dict[str, dict[str, Rows]], file: Path) -> None:
    """Write what the teacher says: for each of the student's tokens the probabilities to start and to end an answer."""
    said = {}
    for kind, rows in kinds.items():
        flat = torch.zeros(2, int(rows["ours"].lengths.sum()), device=rows["ours"].flat.device)
        for batch in plan_batches(rows["theirs"].sizes, 65_536, SEED):
            probabilities = teacher_logits(master, rows, batch).softmax(1)  # (B, T, 2)
            begins = rows["ours"].starts[torch.tensor(batch, device=flat.device)]
            for end, name in enumerate(("to_start", "to_end")):
                where, _ = rows[name].batch(batch, -1)  # (B, T)
                ours = begins[:, None] + where
                flat[end].scatter_add_(0, ours[where >= 0], probabilities[..., end][where >= 0])
        said[kind] = flat.half().cpu()
    part = file.with_suffix(".new")
    save_file(said, part)
    part.replace(file)


def make_loss(
    model: RobertaForQuestionAnswering, kinds: dict[str, dict[str, Rows]], said: dict[str, Tensor]
) -> Callable[[int], Tensor]:
    """Return step -> loss: QAMR first; afterwards SQuAD, near misses and passages.

    The loss is the cross-entropy to the marked start and end and to the teacher's probabilities over the tokens.
    """
    for kind, rows in kinds.items():
        for end, name in enumerate(("start", "end")):
            rows[name] = Rows(said[kind][end].to(rows["ours"].flat.device), rows["ours"].lengths)
    later = joined_rows(joined_rows(kinds["squad"], kinds["misses"]), kinds["passages"])
    squad, every = len(kinds["squad"]["ours"]), len(later["ours"])
    plan = make_plan(kinds["qamr"], later, [*range(squad)] * SQUAD_READINGS + [*range(squad, every)], STEPS)

    def loss_at(step: int) -> Tensor:
        rows, numbers = plan[step]
        ids, mask = rows["ours"].batch(numbers, model.config.pad_token_id)
        torch.manual_seed(SEED * 1_000_003 + step)  # dropout depends on the step alone
        with half(ids.device):
            hidden = model.roberta(ids, attention_mask=mask).last_hidden_state
        logits = model.qa_outputs(hidden.float()).masked_fill(mask[..., None] == 0, SHUT)  # (B, T, 2)
        places, _ = rows["places"].batch(numbers, 0)  # (B, 4)
        wanted = torch.stack([rows[name].batch(numbers, 0)[0].float() for name in ("start", "end")], -1)
        taught = -(wanted * logits.log_softmax(1)).sum(1).mean()
        return TEACHER_SHARE * taught + (1 - TEACHER_SHARE) * cross_entropy(logits, places[:, 2:])

    return loss_at


def train_student(work: Path, out: Path, device: torch.device, seconds: float | None = None) -> None:
    """Train the checkpoint from the base, on the questions and the teacher's answers, and write it to `out`."""
    base, tokenizer = load_base(work)
    base.config.hidden_dropout_prob = DROPOUT
    torch.manual_seed(SEED)
    model = RobertaForQuestionAnswering(base.config)
    model.roberta.load_state_dict(base.state_dict())
    model.to(device)
    loss_at = make_loss(model, load_kinds(work, device), load_file(work / ANSWERS))
    folder = work / "question_answering_student"
    train(model, loss_at, steps=STEPS, rate=RATE, folder=folder, decay=0.7, seconds=seconds)
    save(model.cpu(), tokenizer, out)
