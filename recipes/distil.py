"""The encoder that three checkpoints start from: the fill-mask one's, taught to read RoBERTa's byte-level BPE.

The student is the fill-mask checkpoint's encoder with vectors made up for the new pieces (`base.py`). At every layer,
the mean of its states over a word's pieces is drawn to that encoder's own.

Source: Hinton et al. 2015 (arXiv:1503.02531); hidden states as in Jiao et al. 2020, eq. 8 (arXiv:1909.10351).
"""

import random
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertForMaskedLM, BertModel, PreTrainedTokenizerBase, RobertaModel, RobertaTokenizer

from encoder_lab.checkpoints import BUNDLED
from recipes import corpus
from recipes.base import to_roberta
from recipes.emotion_data import load_comments
from recipes.fill_mask import load_tokenizer as load_word_pieces
from recipes.loop import half, plan_steps, train
from recipes.nli_data import load_nli
from recipes.qa_data import load_qamr, load_squad
from recipes.rows import Rows, load_rows, save_rows

SEED = 21
CHARACTERS = 900  # running text is joined up to this length, which is about 200 tokens
LONGEST = 256  # tokens of an example
BATCH_TOKENS = 32_768
STEPS = 983  # a reading of all texts is 143
RATE = 6e-4
# Of each source; squad_paragraphs, which holds the articles kept for measuring, is none of them
SHARES = {"squad": 1.0, "questions": 0.5, "nli": 1.0, "emotions": 0.7, "onestop_english": 1.0, "wiki_split": 1.0,
          "tatoeba": 0.4, "wordnet_glosses": 0.1, "pros_cons": 0.3, "movie_reviews": 0.2}  # fmt: skip
ROWS, FOLDER = "distil.npz", "base"


def load_texts(data: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Read what the three tasks train on and the plain text, by source; and plain text kept out."""
    texts, choice, _ = corpus.load_corpus(data)
    squad, _, _ = load_squad(data)
    texts["squad"] = list(dict.fromkeys(q.context for q in squad))
    texts["questions"] = list(dict.fromkeys(q.question for q in [*squad, *load_qamr(data)]))
    pairs, _, _ = load_nli(data)
    texts["nli"] = list(dict.fromkeys(text for pair in pairs for text in (pair.premise, pair.hypothesis)))
    texts["emotions"] = [comment.text for comment in load_comments(data)[0]]
    return texts, [line for name in ("tatoeba", "wiki_split", "onestop_english") for line in choice[name][:200]]


def load_tokenizer() -> RobertaTokenizer:
    """Read the trimmed byte-level BPE, which `recipes.byte_pairs` once made, from a bundled folder."""
    return RobertaTokenizer.from_pretrained(BUNDLED / "question-answering")


def choose_texts(texts: dict[str, list[str]]) -> list[str]:
    """Draw the share of each source that is read; neighbouring lines of running text are joined."""
    draw = random.Random(SEED)
    running = {source.name for source in corpus.SOURCES if source.running}
    chosen = []
    for name, share in SHARES.items():
        lines = texts[name]
        if name in running:
            lines = _join(lines)
        chosen += draw.sample(lines, round(share * len(lines)))
    return chosen


def _join(lines: list[str]) -> list[str]:
    """Join neighbouring lines while they stay below `CHARACTERS`."""
    joined: list[str] = []
    for line in lines:
        if joined and len(joined[-1]) + len(line) < CHARACTERS:
            joined[-1] += " " + line
        else:
            joined.append(line)
    return joined


def read_twice(texts: list[str], teacher: PreTrainedTokenizerBase, student: PreTrainedTokenizerBase) -> dict[str, Rows]:
    """Tokenize texts both ways and number the words, which are what spaces part.

    Returns:
        `theirs` and `ours`, the ids; `their_words` and `our_words`, which word each id belongs to, -1 for none. A
        text whose words are not the same in both readings is left out.
    """
    rows: dict[str, list[list[int]]] = {"theirs": [], "their_words": [], "ours": [], "our_words": []}
    for start in range(0, len(texts), 2_000):
        part = texts[start : start + 2_000]
        sides = [
            tokenizer(part, truncation=True, max_length=LONGEST, return_offsets_mapping=True)
            for tokenizer in (teacher, student)
        ]
        for i, text in enumerate(part):
            word_at = list(accumulate((c.isspace() for c in text), initial=0))  # character -> word
            words = [[word_at[a] if b > a else -1 for a, b in side["offset_mapping"][i]] for side in sides]
            if max(words[0]) == max(words[1]) and set(words[0]) == set(words[1]):
                for name, ids, each in zip(("their", "our"), (s["input_ids"][i] for s in sides), words, strict=True):
                    rows[f"{name}s"].append(ids)
                    rows[f"{name}_words"].append(each)
    return {name: Rows.of(each) for name, each in rows.items()}


def prepare(data: Path, work: Path) -> None:
    """Write the examples to learn from and the ones kept out into `work`."""
    texts, kept_out = load_texts(data)
    rows = {}
    for part, chosen in (("training", choose_texts(texts)), ("choice", kept_out)):
        for name, each in read_twice(chosen, load_word_pieces(), load_tokenizer()).items():
            rows[f"{part}.{name}"] = each
    save_rows(work / ROWS, **rows)


def word_states(hidden: Tensor, words: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Average hidden states over the tokens of each word.

    Args:
        hidden: (B, T, D).
        words: (B, T) each token's word; -1 belongs to none.
        count: W, words in the longest text.

    Returns:
        ((B, W, D) means, (B, W) how many tokens each word has).
    """
    size = len(hidden)
    slot = torch.where(words < 0, count, words)  # (B, T); the last slot is thrown away
    sums = hidden.new_zeros(size, count + 1, hidden.shape[-1])  # (B, W + 1, D)
    sums = sums.scatter_add(1, slot[..., None].expand_as(hidden), hidden)
    tokens = hidden.new_zeros(size, count + 1).scatter_add(1, slot, torch.ones_like(slot, dtype=hidden.dtype))
    return (sums / tokens.clamp(min=1)[..., None])[:, :-1], tokens[:, :-1]


def compare(
    teacher: BertModel, student: RobertaModel, rows: dict[str, Rows], numbers: list[int]
) -> tuple[list[Tensor], Tensor]:
    """Run both on a batch.

    Returns:
        (squared error of the words' states at each of the L + 1 depths, relative to the teacher's variance; the
        mean cosine at the last layer).
    """
    ours, our_mask = rows["ours"].batch(numbers, student.config.pad_token_id)
    theirs, their_mask = rows["theirs"].batch(numbers, teacher.config.pad_token_id)
    our_words, _ = rows["our_words"].batch(numbers, -1)
    their_words, _ = rows["their_words"].batch(numbers, -1)
    count = int(our_words.max()) + 1
    with half(ours.device):
        with torch.no_grad():
            targets = teacher(theirs, attention_mask=their_mask, output_hidden_states=True).hidden_states
        states = student(ours, attention_mask=our_mask, output_hidden_states=True).hidden_states
    errors = []
    for state, target in zip(states, targets, strict=True):
        mine, my_count = word_states(state.float(), our_words, count)
        hers, _ = word_states(target.float(), their_words, count)
        mine, hers = mine[my_count > 0], hers[my_count > 0]
        errors.append((mine - hers).pow(2).mean() / hers.var())
    return errors, torch.cosine_similarity(mine, hers).mean()


def make_loss(teacher: BertModel, student: RobertaModel, rows: dict[str, Rows]) -> Callable[[int], Tensor]:
    """Return step -> mean relative error over the depths; the batches depend on the step alone."""
    plan = plan_steps(rows["ours"].sizes, BATCH_TOKENS, SEED, STEPS)

    def loss_at(step: int) -> Tensor:
        errors, _ = compare(teacher, student, rows, plan[step])
        return torch.stack(errors).mean()

    return loss_at


@torch.no_grad()
def evaluate(teacher: BertModel, student: RobertaModel, rows: dict[str, Rows]) -> str:
    """Say how near the words' last states are to the teacher's on texts kept out."""
    student.eval()
    numbers = range(len(rows["ours"]))
    found = [compare(teacher, student, rows, list(numbers[i : i + 16])) for i in numbers[::16]]
    cosine = torch.stack([c for _, c in found]).mean()
    error = torch.stack([errors[-1] for errors, _ in found]).mean()
    return f"words kept out, last layer: cosine {cosine:.3f}, squared error {error:.3f} of the teacher's variance"


def load_part(work: Path, part: str, device: torch.device) -> dict[str, Rows]:
    """Read the examples of a part."""
    rows = load_rows(work / ROWS)
    return {name.partition(".")[2]: each.to(device) for name, each in rows.items() if name.startswith(f"{part}.")}


def load_base(work: Path) -> tuple[RobertaModel, RobertaTokenizer]:
    """Read the encoder that `train_base` has made, and its tokenizer."""
    return RobertaModel.from_pretrained(work / FOLDER, add_pooling_layer=False), load_tokenizer()


def train_base(work: Path, fill_mask: Path, device: torch.device, seconds: float | None = None) -> None:
    """Train the base from the fill-mask checkpoint in `fill_mask`, unless `work` holds it; says how near it came."""
    if (work / FOLDER / "model.safetensors").is_file():
        return
    teacher = BertForMaskedLM.from_pretrained(fill_mask, dtype=torch.float32).bert.to(device).eval()
    student = to_roberta(teacher.cpu(), load_word_pieces(), load_tokenizer()).to(device)
    teacher.to(device)
    kept_out = load_part(work, "choice", device)
    print("before:", evaluate(teacher, student, kept_out), flush=True)
    loss_at = make_loss(teacher, student, load_part(work, "training", device))
    train(student, loss_at, steps=STEPS, rate=RATE, folder=work / "distil", warmup=100, decay=0.5, seconds=seconds)
    print("after:", evaluate(teacher, student, kept_out), flush=True)
    student.cpu().save_pretrained(work / f"{FOLDER}.new")
    (work / f"{FOLDER}.new").rename(work / FOLDER)
