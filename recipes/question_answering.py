"""The recipe of the bundled question-answering checkpoint: RoBERTa with a span head, which may say "no answer".

    python -m recipes.question_answering --data FOLDER --work FOLDER

It starts from the encoder of `distil.py`, reads QAMR's short sentences first and SQuAD's paragraphs afterwards. Cut
off at any moment, the same command goes on from the last save. The card's figures come from `--evaluate`.

Source: Devlin et al. 2019, sections 4.2 and 4.3 (arXiv:1810.04805).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase, RobertaForQuestionAnswering

from encoder_lab.checkpoints import Checkpoint, load
from encoder_lab.forward import answer
from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import DROPOUT, save, save_thresholds
from encoder_lab.metrics import bootstrap_interval, evaluate_spans, score_at
from encoder_lab.tokens import pad
from recipes.command import parse, recipe_parser
from recipes.distil import load_base
from recipes.loop import train
from recipes.originals import beside_original
from recipes.qa_data import Question, load_qamr, load_squad, unanswerable

SEED = 22
WINDOW = 256  # tokens of a training example; a longer paragraph is cut around the answer
READ = 384  # tokens of a window when answers are measured
STRIDE = 128  # tokens that neighbouring windows share when a long paragraph is measured
ANSWER = 30  # tokens of the longest answer considered
MADE = 0.1  # questions without an answer made for each SQuAD question that has one
EPOCHS = 2  # over SQuAD; QAMR is read once
BATCH_TOKENS = 3_072
RATE = 2e-4


@dataclass(frozen=True)
class Example:
    """One window of a question and its context."""

    ids: list[int]
    start: int  # token where the answer starts; 0, the first token, if the window holds none
    end: int  # token where it ends


def prepare(questions: list[Question], tokenizer: PreTrainedTokenizerBase) -> list[Example]:
    """Tokenize question and context and find the answer's tokens; a long context is cut to a window around it."""
    read = tokenizer(
        [q.question for q in questions], [q.context for q in questions], truncation=False,
        return_offsets_mapping=True, verbose=False,
    )  # fmt: skip
    draw = random.Random(SEED)
    examples = []
    for i, question in enumerate(questions):
        ids, spans = read["input_ids"][i], read["offset_mapping"][i]
        sides = read.sequence_ids(i)
        context = [t for t, side in enumerate(sides) if side == 1]
        head = ids[: context[0]]
        start = end = None
        if question.answers:
            stop = question.start + len(question.answers[0])
            inside = [t for t in context if spans[t][1] > question.start and spans[t][0] < stop]
            start, end = inside[0], inside[-1]
        room = WINDOW - len(head) - 1
        first = context[0]
        if len(context) > room:
            lowest, highest = context[0], context[-1] - room + 1
            if start is not None:
                lowest, highest = max(lowest, end - room + 1), min(highest, start)
            first = draw.randint(lowest, max(lowest, highest))
        shift = first - len(head)
        window = ids[first : min(first + room, context[-1] + 1)]
        span = (0, 0) if start is None else (start - shift, end - shift)
        examples.append(Example([*head, *window, tokenizer.sep_token_id], *span))
    return examples


def make_loss(model: RobertaForQuestionAnswering, phases: list[list[Example]]) -> tuple[Callable[[int], Tensor], int]:
    """Return (step -> loss, number of steps): the phases follow one another, each in an order of its own.

    The loss is the mean of the start's and the end's cross-entropy over the window's tokens.
    """
    plan = [
        [phase[i] for i in batch]
        for number, phase in enumerate(phases)
        for batch in plan_batches([len(x.ids) for x in phase], BATCH_TOKENS, SEED + number)
    ]

    def loss_at(step: int) -> Tensor:
        batch = plan[step]
        ids, mask = pad([x.ids for x in batch], model.config.pad_token_id)
        torch.manual_seed(SEED * 1_000_003 + step)  # dropout depends on the step alone
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model.roberta(ids, attention_mask=mask).last_hidden_state
        logits = model.qa_outputs(hidden.float()).masked_fill(mask[..., None] == 0, -10_000.0)  # (B, T, 2)
        ends = torch.tensor([[x.start, x.end] for x in batch])  # (B, 2)
        return torch.nn.functional.cross_entropy(logits, ends)

    return loss_at, len(plan)


def predict(checkpoint: Checkpoint, questions: list[Question]) -> tuple[list[str], np.ndarray]:
    """Answer each question from its context, as `answer` does.

    Returns:
        (the likeliest span's text whatever the margin, null margin (N,)).
    """
    asked, contexts = [each.question for each in questions], [each.context for each in questions]
    longest = min(READ, checkpoint.tokenizer.model_max_length)
    found = answer(checkpoint, asked, contexts, max_answer_len=ANSWER, max_seq_len=longest, doc_stride=STRIDE)
    return [each.spans[0].text for each in found], np.array([each.null_margin for each in found])


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
    """Train, save and evaluate; see the module's first lines."""
    arguments = parse(recipe_parser(__doc__, "question-answering"))

    training, tuning, held_out = load_squad(arguments.data)
    if not arguments.evaluate:
        base, tokenizer = load_base(arguments.work)
        base.config.hidden_dropout_prob = DROPOUT
        torch.manual_seed(SEED)
        model = RobertaForQuestionAnswering(base.config)
        model.roberta.load_state_dict(base.state_dict())
        answerable = [q for q in training if q.answers]
        squad = prepare([*training, *unanswerable(answerable, MADE, SEED)], tokenizer)
        phases = [prepare(load_qamr(arguments.data), tokenizer), *[squad] * EPOCHS]
        loss_at, steps = make_loss(model, phases)
        print(f"{steps:,} steps over {sum(len(x.ids) for phase in phases for x in phase):,} ids")
        train(model, loss_at, steps=steps, rate=RATE, folder=arguments.work / "question_answering", save_every=250)
        save(model, tokenizer, arguments.out)
    checkpoint = load("question-answering", arguments.out)
    figures, thresholds = evaluate(checkpoint, tuning, held_out)
    save_thresholds(thresholds, arguments.out)
    print(figures, "", beside_original(checkpoint), sep="\n")


if __name__ == "__main__":
    main()
