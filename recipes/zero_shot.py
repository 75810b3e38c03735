"""The recipe of the bundled zero-shot checkpoint: BART trained on inference, and on what texts are about.

MPNet learns inference from people's labels; what it then says of pairs that nobody has labelled, and how near it puts a
text to the names of topics, is what BART learns beside those labels. BART's encoder starts from the one of `distil.py`,
its decoder from that one's last layers.

Source: Lewis et al. 2020, section 3.1 (arXiv:1910.13461); Yin et al. 2019 (arXiv:1909.00161); Hinton et al. 2015
(arXiv:1503.02531).
"""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize, one_hot
from transformers import BartForSequenceClassification

from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import save
from recipes import teacher
from recipes.base import to_bart
from recipes.distil import load_base
from recipes.fill_mask import load_tokenizer as load_word_pieces
from recipes.loop import half, plan_steps, train
from recipes.nli_data import LABELS
from recipes.nli_sentences import SOURCES, Sentences, load_sentences
from recipes.pairs import join, nearest, wrap
from recipes.rows import Rows
from recipes.topic_data import NEUTRAL

SEED = 24
TEACHERS_READINGS = {"mnli": 3.0, "snli": 1.5, "counterfactual-snli": 0.7, "conjunctions": 0.3}
READINGS = {"mnli": 4.0, "snli": 2.0, "counterfactual-snli": 1.0, "conjunctions": 0.3, "recombined": 2.0, "topic": 1.0}
PER_PREMISE = 6  # hypotheses near to each premise
NEUTRAL_KEPT = 1 / 3  # of the near pairs that the teacher finds neutral
ALIKE = 0.30  # the cosine from which the nearest topic's name counts as fitting
TOPICS_A_TEXT = 2  # pairs of a text and a topic: one that fits, one that does not
# What a pair of text and topic is drawn to: contradiction, neutral, entailment
FITS, NEAR, FAR = (0.02, 0.08, 0.90), (0.45, 0.45, 0.10), (0.85, 0.12, 0.03)
TEACHERS_TOKENS, BATCH_TOKENS, PAIR = 8_192, 16_384, 160
TEACHERS_RATE, RATE = 4e-5, 3e-4
TEACHERS_STEPS, STEPS = 500, 4_574  # the teacher reads all its pairs in 286
TARGETS = "zero_shot.safetensors"


def their_rows(sentences: Sentences, pairs: Tensor) -> Rows:
    """Put pairs (P, 2) into the teacher's rows: `[CLS] premise [SEP] hypothesis [SEP]`."""
    tokenizer = load_word_pieces()
    return join(sentences.theirs, pairs, tokenizer.cls_token_id, tokenizer.sep_token_id, 1, PAIR)


def our_rows(sentences: Sentences, pairs: Tensor) -> Rows:
    """Put pairs (P, 2) into the student's rows: `<s> premise </s></s> hypothesis </s>`; <s> is 0 and </s> is 2."""
    return join(sentences.ours, pairs, 0, 2, 2, PAIR)


def choose(pairs: Tensor, readings: dict[str, float], seed: int) -> Tensor:
    """Repeat each source's pairs as often as `readings` says; a part of a reading draws that share of them."""
    draw = torch.Generator().manual_seed(seed)
    chosen = []
    for source, times in readings.items():
        mine = (pairs[:, 3] == SOURCES.index(source)).nonzero()[:, 0]
        whole, part = divmod(times, 1)
        some = torch.randperm(len(mine), generator=draw)[: round(part * len(mine))]
        chosen += [mine] * int(whole) + [mine[some.to(mine.device)]]
    return pairs[torch.cat(chosen)]


def train_teacher(work: Path, device: torch.device, seconds: float | None = None) -> teacher.Headed:
    """Teach MPNet inference, from people's labels alone."""
    sentences = load_sentences(work, device)
    torch.manual_seed(SEED)
    master = teacher.Headed(teacher.unpack(work), len(LABELS), pooled=True).to(device)
    pairs = choose(sentences.pairs, TEACHERS_READINGS, SEED)
    rows = their_rows(sentences, pairs[:, :2])
    plan = plan_steps(rows.sizes, TEACHERS_TOKENS, SEED, TEACHERS_STEPS)

    def loss_at(step: int) -> Tensor:
        ids, mask = rows.batch(plan[step], 0)
        torch.manual_seed(SEED * 1_000_003 + step)
        with half(device):
            logits = master(ids, mask)
        return cross_entropy(logits.float(), pairs[torch.tensor(plan[step], device=device), 2])

    folder = work / "zero_shot_teacher"
    train(
        master, loss_at, steps=TEACHERS_STEPS, rate=TEACHERS_RATE, folder=folder,
        warmup=60, decay=0.8, seconds=seconds,
    )  # fmt: skip
    return master.eval()


@torch.inference_mode()
def answers(master: teacher.Headed, sentences: Sentences, pairs: Tensor) -> Tensor:
    """Give each pair the teacher's probabilities, (P, 3)."""
    rows = their_rows(sentences, pairs)
    said = torch.zeros(len(pairs), len(LABELS), device=pairs.device)
    for batch in plan_batches(rows.sizes, 65_536, SEED):
        ids, mask = rows.batch(batch, 0)
        with half(ids.device):
            said[torch.tensor(batch, device=pairs.device)] = master(ids, mask).float().softmax(-1)
    return said


@torch.inference_mode()
def vectors(work: Path, sentences: Sentences) -> Tensor:
    """Give each sentence MPNet's vector, as it was published, of length 1: (S, D)."""
    device = sentences.premises.device
    base = teacher.unpack(work).to(device).eval()
    tokenizer = load_word_pieces()
    rows = wrap(sentences.theirs, tokenizer.cls_token_id, tokenizer.sep_token_id)
    found = torch.zeros(len(rows), base.config.hidden_size, device=device)
    for batch in plan_batches(rows.sizes, 65_536, SEED):
        ids, mask = rows.batch(batch, 0)
        with half(device):
            states = teacher.read(base, ids, mask)
        found[torch.tensor(batch, device=device)] = normalize(teacher.mean(states.float(), mask), dim=-1)
    return found


def topic_pairs(sentences: Sentences, near: Tensor) -> tuple[Tensor, Tensor]:
    """Pair plain sentences with the names of topics in some template.

    Args:
        sentences: the table.
        near: (S, D) the sentences' vectors.

    Returns:
        ((P, 2) pairs, (P, 3) what they are drawn to): a text with the name nearest to it, if that is `ALIKE`, and with
        one that is not: of the next ones, or of the farther half.
    """
    texts = sentences.premises
    draw = torch.Generator().manual_seed(SEED)
    alike = near[texts] @ near[sentences.names].T  # (N, topics)
    order = alike.argsort(1, descending=True)
    texts, order = texts[alike.amax(1) >= ALIKE], order[alike.amax(1) >= ALIKE]
    count, topics = order.shape
    places = torch.where(
        torch.rand(count, generator=draw) < 0.4,
        torch.randint(8, 40, (count,), generator=draw),
        torch.randint(topics // 2, topics, (count,), generator=draw),
    ).to(texts.device)
    chosen = torch.stack([order[:, 0], order.gather(1, places[:, None])[:, 0]], 1)  # (n, 2)
    template = torch.randint(sentences.about.shape[1], chosen.shape, generator=draw).to(texts.device)
    pairs = torch.stack([texts[:, None].expand_as(chosen), sentences.about[chosen, template]], -1)
    wanted = torch.tensor([FITS, NEAR, FAR], device=texts.device)
    kinds = torch.stack([torch.zeros_like(places), torch.where(places < 40, 1, 2)], 1)  # (n, 2)
    return pairs.reshape(-1, 2), wanted[kinds].reshape(-1, len(LABELS))


def make_targets(work: Path, master: teacher.Headed, device: torch.device) -> None:
    """Write the pairs to learn from and what each is drawn to into `work`.

    That is the mean of the label and what the teacher says, or one of them where there is no other; a label of
    `topic_data` stands alone.
    """
    sentences = load_sentences(work, device)
    known = choose(sentences.pairs, READINGS, SEED)
    wanted = answers(master, sentences, known[:, :2])
    label = one_hot(known[:, 2].clamp(min=0), len(LABELS)).float()
    wanted = torch.where(known[:, 2:3] >= 0, (label + wanted) / 2, wanted)
    wanted = torch.where(known[:, 3:] == SOURCES.index("topic"), label, wanted)
    near = vectors(work, sentences)
    shut = {(a, b) for a, b in sentences.pairs[:, :2].tolist()}
    close = nearest(near, sentences.premises, sentences.hypotheses, PER_PREMISE, shut)
    said = answers(master, sentences, close)
    draw = torch.rand(len(close), generator=torch.Generator().manual_seed(SEED)).to(device)
    kept = (said.argmax(1) != NEUTRAL) | (draw < NEUTRAL_KEPT)
    about, drawn_to = topic_pairs(sentences, near)
    pairs = torch.cat([known[:, :2], close[kept], about])
    targets = torch.cat([wanted, said[kept], drawn_to])
    counts = f"{len(known):,} known, {int(kept.sum()):,} of {len(close):,} near, {len(about):,} topics"
    print(counts, "the teacher's shares:", [round(x, 3) for x in said.mean(0).tolist()], flush=True)
    part = work / f"{TARGETS}.new"
    save_file({"pairs": pairs.int().cpu(), "targets": targets.half().cpu()}, part)
    part.replace(work / TARGETS)


def teach(work: Path, device: torch.device, seconds: float | None = None) -> None:
    """Train the teacher and write the targets, unless they stand in `work` already."""
    if not (work / TARGETS).is_file():
        make_targets(work, train_teacher(work, device, seconds), device)


def make_loss(model: BartForSequenceClassification, rows: Rows, targets: Tensor) -> Callable[[int], Tensor]:
    """Return step -> cross-entropy to the targets."""
    plan = plan_steps(rows.sizes, BATCH_TOKENS, SEED, STEPS)

    def loss_at(step: int) -> Tensor:
        ids, mask = rows.batch(plan[step], model.config.pad_token_id)
        torch.manual_seed(SEED * 1_000_003 + step)
        with half(ids.device):
            logits = model(ids, attention_mask=mask).logits
        return cross_entropy(logits.float(), targets[torch.tensor(plan[step], device=targets.device)])

    return loss_at


def train_student(work: Path, out: Path, device: torch.device, seconds: float | None = None) -> None:
    """Train the checkpoint from the base and write it to `out`."""
    base, tokenizer = load_base(work)
    torch.manual_seed(SEED)
    model = to_bart(base, LABELS).to(device)
    made, sentences = load_file(work / TARGETS), load_sentences(work, device)
    rows = our_rows(sentences, made["pairs"].long().to(device))
    loss_at = make_loss(model, rows, made["targets"].float().to(device))
    train(model, loss_at, steps=STEPS, rate=RATE, folder=work / "zero_shot_student", decay=0.7, seconds=seconds)
    save(model.cpu(), tokenizer, out)
