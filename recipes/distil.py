"""The encoder that three checkpoints start from: MiniLM, taught to read RoBERTa's byte-level BPE by its old self.

    python -m recipes.distil --data FOLDER --work FOLDER

The student is MiniLM with vectors made up for the new pieces (`base.py`). At every layer, the mean of its states
over a word's pieces is drawn to MiniLM's own. Cut off at any moment, the same command goes on from the last save;
`--evaluate` prints how near the student is to the teacher on text kept out of training.

Source: Hinton et al. 2015 (arXiv:1503.02531); hidden states as in Jiao et al. 2020, eq. 8 (arXiv:1909.10351).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertModel, BertTokenizerFast, PreTrainedTokenizerBase, RobertaModel, RobertaTokenizer

from encoder_lab.grow.batches import plan_batches
from encoder_lab.tokens import pad
from recipes import corpus
from recipes.base import LONGEST, from_minilm
from recipes.byte_pairs import build_tokenizer, count_pieces, read_roberta, trim
from recipes.command import work_parser
from recipes.emotion_data import load_comments
from recipes.loop import train
from recipes.nli_data import load_nli
from recipes.qa_data import load_qamr, load_squad
from recipes.warm_start import MINILM, fetch

SEED = 21
VOCABULARY = 11_600  # pieces: as many as fit in 40 MiB beside BART's eight layers of 384
CHARACTERS = 900  # running text is joined up to this length, which is about 200 tokens
BATCH_TOKENS = 2_048
STEPS = 1_400
RATE = 5e-4
SHARES = {"squad": 1.0, "nli": 0.7, "emotions": 0.5, "onestop_english": 0.3, "wiki_split": 0.4, "tatoeba": 0.2,
          "wordnet_glosses": 0.05, "pros_cons": 0.1, "movie_reviews": 0.05}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """One text as teacher and student read it."""

    theirs: list[int]  # MiniLM's ids
    their_words: list[int]  # which word of the text each id belongs to; -1 for a special token
    ours: list[int]
    our_words: list[int]


def load_texts(folder: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Read what the three tasks train on and the plain text, by source; and plain text kept out."""
    texts, held_out = corpus.load_corpus(folder)
    del texts["squad_paragraphs"]  # holds the articles kept for measuring
    squad, _, _ = load_squad(folder)
    texts["squad"] = list(dict.fromkeys(q.context for q in squad))
    texts["questions"] = list(dict.fromkeys(q.question for q in [*squad, *load_qamr(folder)]))
    pairs, _ = load_nli(folder)
    texts["nli"] = list(dict.fromkeys(text for pair in pairs for text in (pair.premise, pair.hypothesis)))
    texts["emotions"] = [comment.text for comment in load_comments(folder)[0]]
    return texts, [line for name in ("tatoeba", "wiki_split", "onestop_english") for line in held_out[name][:200]]


def make_tokenizer(folder: Path, texts: dict[str, list[str]]) -> RobertaTokenizer:
    """Trim RoBERTa's tokenizer to what the texts use most."""
    vocabulary, merges = read_roberta(folder)
    full = build_tokenizer(vocabulary, merges, LONGEST)
    counts = count_pieces(full, (line for lines in texts.values() for line in lines))
    return build_tokenizer(*trim(vocabulary, merges, counts, VOCABULARY), LONGEST)


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


def prepare(
    texts: list[str], teacher: PreTrainedTokenizerBase, student: PreTrainedTokenizerBase, longest: int = 256
) -> list[Example]:
    """Tokenize texts both ways and note which word each token belongs to; words are what spaces part."""
    sides = [tokenizer(texts, truncation=True, max_length=longest, return_offsets_mapping=True)
             for tokenizer in (teacher, student)]  # fmt: skip
    examples = []
    for i, text in enumerate(texts):
        word_at = list(accumulate((c.isspace() for c in text), initial=0))  # character -> word
        read = []
        for side in sides:
            spans = side["offset_mapping"][i]
            read += [side["input_ids"][i], [word_at[start] if end > start else -1 for start, end in spans]]
        examples.append(Example(*read))
    return examples


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


def compare(teacher: BertModel, student: RobertaModel, batch: list[Example]) -> tuple[list[Tensor], Tensor]:
    """Run both on a batch.

    Returns:
        (squared error of the words' states at each of the L + 1 depths, relative to the teacher's variance; the
        mean cosine at the last layer).
    """
    ours, our_mask = pad([x.ours for x in batch], student.config.pad_token_id)
    our_words, _ = pad([x.our_words for x in batch], -1)
    theirs, their_mask = pad([x.theirs for x in batch], teacher.config.pad_token_id)
    their_words, _ = pad([x.their_words for x in batch], -1)
    count = int(max(our_words.max(), their_words.max())) + 1
    with torch.autocast("cpu", dtype=torch.bfloat16):
        with torch.no_grad():
            targets = teacher(theirs, attention_mask=their_mask, output_hidden_states=True).hidden_states
        states = student(ours, attention_mask=our_mask, output_hidden_states=True).hidden_states
    errors = []
    for state, target in zip(states, targets, strict=True):
        mine, my_count = word_states(state.float(), our_words, count)
        hers, her_count = word_states(target.float(), their_words, count)
        both = (my_count > 0) & (her_count > 0)  # the longer reading may be cut off earlier
        mine, hers = mine[both], hers[both]
        errors.append((mine - hers).pow(2).mean() / hers.var())
    return errors, torch.cosine_similarity(mine, hers).mean()


def make_loss(teacher: BertModel, student: RobertaModel, examples: list[Example]) -> Callable[[int], Tensor]:
    """Return step -> mean relative error over the depths; the batches depend on the step alone."""
    lengths = [len(x.ours) for x in examples]
    plans = [plan_batches(lengths, BATCH_TOKENS, SEED)]

    def loss_at(step: int) -> Tensor:
        epoch, at = divmod(step, len(plans[0]))
        while len(plans) <= epoch:
            plans.append(plan_batches(lengths, BATCH_TOKENS, SEED + len(plans)))
        errors, _ = compare(teacher, student, [examples[i] for i in plans[epoch][at % len(plans[epoch])]])
        return torch.stack(errors).mean()

    return loss_at


@torch.no_grad()
def evaluate(teacher: BertModel, student: RobertaModel, examples: list[Example]) -> str:
    """Say how near the words' last states are to the teacher's on texts kept out."""
    student.eval()
    rows = [compare(teacher, student, examples[i : i + 16]) for i in range(0, len(examples), 16)]
    cosine = torch.stack([c for _, c in rows]).mean()
    error = torch.stack([errors[-1] for errors, _ in rows]).mean()
    return f"held-out words, last layer: cosine {cosine:.3f}, squared error {error:.3f} of the teacher's variance"


def load_base(work: Path) -> tuple[RobertaModel, RobertaTokenizer]:
    """Read the encoder that this recipe has made.

    Raises:
        FileNotFoundError: it has not been run in `work`.
    """
    folder = work / "base"
    if not (folder / "model.safetensors").is_file():
        raise FileNotFoundError(f"{folder} holds no encoder yet; run python -m recipes.distil first")
    model = RobertaModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager")
    return model, RobertaTokenizer.from_pretrained(folder)


def main() -> None:
    """Train, save and evaluate; see the module's first lines."""
    parser = work_parser(__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()

    minilm = fetch(MINILM, arguments.work / "minilm")
    teacher = BertModel.from_pretrained(minilm, add_pooling_layer=False, attn_implementation="eager").eval()
    word_pieces = BertTokenizerFast(str(minilm / "vocab.txt"), do_lower_case=True)
    texts, held_out = load_texts(arguments.data)
    out = arguments.work / "base"
    if not arguments.evaluate:
        tokenizer = make_tokenizer(arguments.data, texts)
        tokenizer.save_pretrained(out)
        student = from_minilm(minilm, tokenizer)
        examples = prepare(choose_texts(texts), word_pieces, tokenizer)
        print(f"{len(examples):,} examples, {sum(len(x.ours) for x in examples):,} ids in an epoch")
        kept_out = prepare(held_out, word_pieces, tokenizer)
        print("before:", evaluate(teacher, student, kept_out), flush=True)
        loss_at = make_loss(teacher, student, examples)
        train(student, loss_at, steps=arguments.steps, rate=RATE, folder=arguments.work / "distil", warmup=100)
        student.save_pretrained(out)
    student, tokenizer = load_base(arguments.work)
    print(evaluate(teacher, student, prepare(held_out, word_pieces, tokenizer)))


if __name__ == "__main__":
    main()
