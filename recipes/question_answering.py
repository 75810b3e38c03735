"""The recipe of the bundled question-answering checkpoint: RoBERTa with a span head, which may say "no answer".

    python -m recipes.question_answering --data FOLDER --work FOLDER

MPNet, as the fill-mask recipe left it, learns to answer; then the encoder of `distil.py` learns from the same questions
and from what MPNet says of them and of questions that nobody has answered. Cut off at any moment, the same command goes
on from the last save. The card's figures come from `--evaluate`.

Source: Devlin et al. 2019, sections 4.2 and 4.3 (arXiv:1810.04805); Hinton et al. 2015 (arXiv:1503.02531).
"""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import cross_entropy
from tqdm.auto import tqdm
from transformers import PreTrainedTokenizerBase, RobertaForQuestionAnswering

from encoder_lab.checkpoints import Checkpoint, load
from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import DROPOUT, save, save_thresholds
from encoder_lab.metrics import bootstrap_interval, evaluate_spans, score_at
from encoder_lab.probabilities import best_spans, null_margin, span_grid, span_probabilities
from encoder_lab.tokens import pad
from recipes import teacher
from recipes.command import parse, recipe_parser
from recipes.distil import load_base, load_tokenizer
from recipes.fill_mask import load_tokenizer as load_word_pieces
from recipes.loop import train
from recipes.originals import beside_original
from recipes.qa_data import Question, load_qamr, load_squad, near_misses
from recipes.rows import Rows, load_rows, save_rows

SEED = 22
CHARACTERS = 1_000  # of a context in training; a longer one is cut around the answer
LONGEST = 320  # tokens of a training example
READ = 384  # tokens of a window when answers are measured
STRIDE = 128  # tokens that neighbouring windows share when a long paragraph is measured
ANSWER = 30  # tokens of the longest answer considered
TEACHERS_EPOCHS, EPOCHS = 3, 8
TEACHERS_TOKENS, BATCH_TOKENS = 16_384, 16_384
TEACHERS_RATE, RATE = 4e-5, 3e-4
TEACHERS_MISSES = 0.25  # of the near misses the teacher learns from; it is asked about all
TEACHER_SHARE = 0.5  # of the student's loss; the rest is the answer as people marked it
SHUT = -10_000.0  # the logit of a token that cannot begin or end an answer
ROWS, ANSWERS = "question_answering.npz", "question_answering.safetensors"
KINDS = ("qamr", "squad", "misses")


def cut(question: Question, draw: random.Random) -> tuple[str, int]:
    """Keep at most `CHARACTERS` of the context, whole words, the answer among them; returns it and where it begins."""
    context = question.context
    if len(context) <= CHARACTERS:
        return context, 0
    stop = question.start + len(question.answers[0]) if question.answers else 0
    lowest = max(0, stop - CHARACTERS) if question.answers else 0
    highest = min(question.start, len(context) - CHARACTERS) if question.answers else len(context) - CHARACTERS
    first = draw.randint(lowest, max(lowest, highest))
    if first:
        first = context.rfind(" ", 0, first + 1) + 1
    last = context.find(" ", min(len(context), max(stop, first + CHARACTERS - 1)))
    return context[first : last if last > 0 else len(context)], first


def number_tokens(
    questions: list[Question], word_pieces: PreTrainedTokenizerBase, tokenizer: PreTrainedTokenizerBase
) -> dict[str, Rows]:
    """Read questions and contexts with both tokenizers.

    Returns:
        `theirs` and `ours`: ids. `to_start` and `to_end`: for each of the teacher's tokens the student's token in which
        it starts or ends, -1 where no answer can be. `places`: teacher's start and end, student's start and end; 0, the
        first token, without an answer. A question whose answer does not fit in is left out.
    """
    draw = random.Random(SEED)
    rows: dict[str, list[list[int]]] = {name: [] for name in ("theirs", "ours", "to_start", "to_end", "places")}
    for at in range(0, len(questions), 1_000):
        part = questions[at : at + 1_000]
        cuts = [cut(question, draw) for question in part]
        asked, contexts = [q.question for q in part], [context for context, _ in cuts]
        sides = [
            each(asked, contexts, truncation="only_second", max_length=LONGEST, return_offsets_mapping=True)
            for each in (word_pieces, tokenizer)
        ]
        for i, (question, (context, moved)) in enumerate(zip(part, cuts, strict=True)):
            spans = [_context_spans(side, i) for side in sides]
            token_at = np.full(len(context) + 1, -1)
            for token, (start, end) in spans[1].items():
                token_at[start:end] = token
            size = len(sides[0]["input_ids"][i])
            to_start, to_end = [0, *[-1] * (size - 1)], [0, *[-1] * (size - 1)]
            for token, (start, end) in spans[0].items():
                to_start[token], to_end[token] = int(token_at[start]), int(token_at[end - 1])
            places = [0, 0, 0, 0]
            if question.answers:
                start = question.start - moved
                stop = start + len(question.answers[0])
                inside = [[t for t, (a, b) in each.items() if b > start and a < stop] for each in spans]
                if not all(inside) or any(max(b for _, b in each.values()) < stop for each in spans):
                    continue
                places = [inside[0][0], inside[0][-1], inside[1][0], inside[1][-1]]
            for name, row in zip(rows, (sides[0]["input_ids"][i], sides[1]["input_ids"][i], to_start, to_end, places),
                                 strict=True):  # fmt: skip
                rows[name].append(row)
    return {name: Rows.of(each) for name, each in rows.items()}


def _context_spans(read: object, i: int) -> dict[int, tuple[int, int]]:
    """Map each token of the i-th context to its characters; a leading space of a byte-level token is none of them."""
    sides = read.sequence_ids(i)
    return {t: (a, b) for t, (a, b) in enumerate(read["offset_mapping"][i]) if sides[t] == 1 and b > a}


def prepare(data: Path, work: Path) -> None:
    """Write the examples into `work`, by kind."""
    if (work / ROWS).is_file():
        return
    training, _, _ = load_squad(data)
    asked = {"qamr": load_qamr(data), "squad": training, "misses": near_misses(training, SEED)}
    rows = {}
    for kind, questions in asked.items():
        for name, each in number_tokens(questions, load_word_pieces(), load_tokenizer()).items():
            rows[f"{kind}.{name}"] = each
    save_rows(work / ROWS, **rows)


def load_kinds(work: Path, device: torch.device) -> dict[str, dict[str, Rows]]:
    """Read the examples: kind -> name -> rows."""
    kinds: dict[str, dict[str, Rows]] = {kind: {} for kind in KINDS}
    for name, rows in load_rows(work / ROWS).items():
        kind, _, name = name.partition(".")
        kinds[kind][name] = rows.to(device)
    return kinds


def make_plan(phases: list[tuple[dict[str, Rows], list[int]]], tokens: int) -> list[tuple[dict[str, Rows], list[int]]]:
    """Order the steps: the phases follow one another, each (rows, which of them) in an order of its own."""
    return [
        (rows, [which[i] for i in batch])
        for number, (rows, which) in enumerate(phases)
        for batch in plan_batches(rows["ours"].lengths[which].tolist(), tokens, SEED + number)
    ]


def teacher_logits(master: teacher.Headed, rows: dict[str, Rows], numbers: list[int]) -> Tensor:
    """Give the teacher's start and end logits, (B, T, 2), shut where no answer can be."""
    ids, mask = rows["theirs"].batch(numbers, 0)
    open_to, _ = rows["to_start"].batch(numbers, -1)
    with torch.autocast(ids.device.type, dtype=torch.bfloat16):
        logits = master(ids, mask)
    return logits.float().masked_fill(open_to[..., None] < 0, SHUT)


def train_teacher(work: Path, device: torch.device, seconds: float | None = None) -> teacher.Headed:
    """Teach MPNet to answer."""
    kinds = load_kinds(work, device)
    torch.manual_seed(SEED)
    master = teacher.Headed(teacher.trained_base(work), 2, pooled=False).to(device)
    misses = random.Random(SEED).sample(range(len(kinds["misses"]["ours"])),
                                        round(TEACHERS_MISSES * len(kinds["misses"]["ours"])))  # fmt: skip
    squad, everything = kinds["squad"], list(range(len(kinds["squad"]["ours"])))
    joined = {name: joined_rows(squad[name], kinds["misses"][name]) for name in squad}
    which = [*everything, *(len(everything) + i for i in misses)]
    qamr = kinds["qamr"]
    plan = make_plan([(qamr, list(range(len(qamr["ours"])))), *[(joined, which)] * TEACHERS_EPOCHS], TEACHERS_TOKENS)

    def loss_at(step: int) -> Tensor:
        rows, numbers = plan[step]
        torch.manual_seed(SEED * 1_000_003 + step)
        places, _ = rows["places"].batch(numbers, 0)  # (B, 4)
        return cross_entropy(teacher_logits(master, rows, numbers), places[:, :2])

    folder = work / "question_answering_teacher"
    train(master, loss_at, steps=len(plan), rate=TEACHERS_RATE, folder=folder, warmup=60, decay=0.8, seconds=seconds)
    return master


def joined_rows(one: Rows, other: Rows) -> Rows:
    """Lay the rows of both behind one another."""
    return Rows(torch.cat([one.flat, other.flat]), torch.cat([one.lengths, other.lengths]))


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
    save_file(said, file)


def make_loss(
    model: RobertaForQuestionAnswering, kinds: dict[str, dict[str, Rows]], said: dict[str, Tensor]
) -> tuple[Callable[[int], Tensor], int]:
    """Return (step -> loss, number of steps): QAMR first, SQuAD with the near misses afterwards.

    The loss is the cross-entropy to the marked start and end and to the teacher's probabilities over the tokens.
    """
    for kind, rows in kinds.items():
        for end, name in enumerate(("start", "end")):
            rows[name] = Rows(said[kind][end].to(rows["ours"].flat.device), rows["ours"].lengths)
    later = {name: joined_rows(kinds["squad"][name], kinds["misses"][name]) for name in kinds["squad"]}
    first = (kinds["qamr"], list(range(len(kinds["qamr"]["ours"]))))
    plan = make_plan([first, *[(later, list(range(len(later["ours"]))))] * EPOCHS], BATCH_TOKENS)

    def loss_at(step: int) -> Tensor:
        rows, numbers = plan[step]
        ids, mask = rows["ours"].batch(numbers, model.config.pad_token_id)
        torch.manual_seed(SEED * 1_000_003 + step)  # dropout depends on the step alone
        with torch.autocast(ids.device.type, dtype=torch.bfloat16):
            hidden = model.roberta(ids, attention_mask=mask).last_hidden_state
        logits = model.qa_outputs(hidden.float()).masked_fill(mask[..., None] == 0, SHUT)  # (B, T, 2)
        places, _ = rows["places"].batch(numbers, 0)  # (B, 4)
        wanted = torch.stack([rows[name].batch(numbers, 0)[0].float() for name in ("start", "end")], -1)
        taught = -(wanted * logits.log_softmax(1)).sum(1).mean()
        return TEACHER_SHARE * taught + (1 - TEACHER_SHARE) * cross_entropy(logits, places[:, 2:])

    return loss_at, len(plan)


def train_student(work: Path, out: Path, device: torch.device, seconds: float | None = None) -> None:
    """Train the checkpoint from the base, on the questions and the teacher's answers, and write it to `out`."""
    base, tokenizer = load_base(work)
    base.config.hidden_dropout_prob = DROPOUT
    torch.manual_seed(SEED)
    model = RobertaForQuestionAnswering(base.config)
    model.roberta.load_state_dict(base.state_dict())
    model.to(device)
    loss_at, steps = make_loss(model, load_kinds(work, device), load_file(work / ANSWERS))
    folder = work / "question_answering_student"
    train(model, loss_at, steps=steps, rate=RATE, folder=folder, decay=0.7, seconds=seconds)
    save(model.cpu(), tokenizer, out)


@torch.inference_mode()
def predict(checkpoint: Checkpoint, questions: list[Question]) -> tuple[list[str], np.ndarray]:
    """Answer each question from its context.

    Returns:
        (best span's text whatever the margin, null margin (N,)); over the windows of a long context the span of
        the highest logit sum and the least null logit sum count.
    """
    tokenizer, model = checkpoint.tokenizer, checkpoint.model
    read = tokenizer(
        [q.question for q in questions], [q.context for q in questions], truncation="only_second",
        max_length=min(READ, tokenizer.model_max_length), stride=STRIDE,
        return_overflowing_tokens=True, return_offsets_mapping=True,
    )  # fmt: skip
    owners, rows = read["overflow_to_sample_mapping"], read["input_ids"]
    texts = [""] * len(questions)
    spans, nulls = np.full(len(questions), -np.inf), np.full(len(questions), np.inf)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for at in tqdm(range(0, len(order), 16), desc="answering", leave=False):
        numbers = order[at : at + 16]
        ids, mask = pad([rows[i] for i in numbers], tokenizer.pad_token_id)
        output = model(ids, attention_mask=mask)
        allowed = torch.zeros_like(mask, dtype=torch.bool)
        for row, i in enumerate(numbers):
            sides = read.sequence_ids(i)
            allowed[row, : len(sides)] = torch.tensor([side == 1 for side in sides])
        allowed[:, 0] = True
        margins = null_margin(output.start_logits, output.end_logits, allowed, ANSWER)
        starts, ends = span_probabilities(output.start_logits, output.end_logits, allowed)
        for row, i in enumerate(numbers):
            owner = owners[i]
            null = float(output.start_logits[row, 0] + output.end_logits[row, 0])
            nulls[owner] = min(nulls[owner], null)
            if null - float(margins[row]) <= spans[owner]:
                continue
            spans[owner] = null - float(margins[row])
            (start,), (end,), _ = best_spans(span_grid(starts[row], ends[row], ANSWER), 1)
            where = read["offset_mapping"][i]
            texts[owner] = questions[owner].context[where[int(start)][0] : where[int(end)][1]]
    return texts, nulls - spans


def evaluate(checkpoint: Checkpoint, tuning: list[Question], held_out: list[Question]) -> tuple[str, dict[str, float]]:
    """Give the card's figures as a table, and the threshold: tuned on `tuning`, measured on `held_out`."""
    every = [*tuning, *held_out]
    texts, margins = predict(checkpoint, every)
    answers = [q.answers for q in every]
    found = evaluate_spans(texts, answers)
    forced, exact, answerable = found.f1, found.exact, found.answerable
    nothing = (~answerable).astype(float)
    cut = len(tuning)
    threshold = round(evaluate_spans(texts[:cut], answers[:cut], margins[:cut]).sweep.best, 1)
    late = np.arange(len(every)) >= cut
    rows = {
        "F1, answerable questions, best span forced (all held-out articles)": forced[answerable],
        "exact match, the same": exact[answerable],
        f"F1, all questions, threshold {threshold:.1f} (reporting articles)":
            score_at(margins, forced, nothing, threshold)[late],
        f"exact match, all questions, threshold {threshold:.1f}": score_at(margins, exact, nothing, threshold)[late],
        "F1, all questions, threshold 0.0": score_at(margins, forced, nothing, 0.0)[late],
        "F1, all questions, nothing ever answered": nothing[late],
    }  # fmt: skip
    table = ["| figure | questions | value | 95 % interval |", "| --- | ---: | ---: | --- |"]
    for name, scores in rows.items():
        low, high = bootstrap_interval(lambda draw, scores=scores: scores[draw].mean(), len(scores))
        table.append(f"| {name} | {len(scores):,} | {scores.mean():.3f} | {low:.3f} to {high:.3f} |")
    share = np.mean((margins <= threshold)[late] == answerable[late])
    table.append(f"| answers where there is one, is silent where there is none | {late.sum():,} | {share:.3f} | |")
    return "\n".join(table), {"null_margin": threshold}


def main() -> None:
    """Prepare, train, save and evaluate; see the module's first lines."""
    arguments = parse(recipe_parser(__doc__, "question-answering"))
    prepare(arguments.data, arguments.work)
    if arguments.prepare:
        return
    _, choice, test = load_squad(arguments.data)
    if not arguments.evaluate:
        if not (arguments.work / ANSWERS).is_file():
            master = train_teacher(arguments.work, arguments.device)
            ask(master.eval(), load_kinds(arguments.work, arguments.device), arguments.work / ANSWERS)
        train_student(arguments.work, arguments.out, arguments.device)
    checkpoint = load("question-answering", arguments.out)
    figures, thresholds = evaluate(checkpoint, choice, test)
    save_thresholds(thresholds, arguments.out)
    print(figures, "", beside_original(checkpoint), sep="\n")


if __name__ == "__main__":
    main()
