"""What the zero-shot recipe reads: a table of sentences, and pairs, pools and topics as numbers of its rows."""

import random
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from recipes import corpus
from recipes.distil import load_tokenizer
from recipes.fill_mask import load_tokenizer as load_word_pieces
from recipes.nli_data import load_conjunctions, load_nli, recombine
from recipes.rows import Rows, load_rows, save_rows
from recipes.topic_data import ABOUT, load_topics, make_pairs
from recipes.topic_names import topic_names

SEED = 27
PLAIN = {
    "tatoeba": 25_000,
    "onestop_english": 12_000,
    "wiki_split": 12_000,
    "novels": 5_000,
    "state_union": 4_000,
    "movie_reviews": 6_000,
    "pros_cons": 3_000,
}  # sentences of plain text: premises, and texts about topics
HYPOTHESES = {"tatoeba": 25_000, "onestop_english": 6_000, "wiki_split": 3_000}  # of at most `SHORT` words
WORDS, SHORT = range(5, 41), 13
ROWS, NUMBERS = "zero_shot.npz", "zero_shot_numbers.npz"


@dataclass(frozen=True)
class Sentences:
    """S sentences and what is made of them; every number is a row's."""

    theirs: Rows  # the teacher's ids, without special tokens
    ours: Rows  # the student's
    pairs: Tensor  # (P, 4) premise, hypothesis, label (-1: nobody has said), source (its place in `SOURCES`)
    premises: Tensor  # (N,) plain sentences and MNLI's premises
    hypotheses: Tensor  # (M,) what a premise may be paired with
    names: Tensor  # (topics,) each topic's bare name
    about: Tensor  # (topics, templates) each name in each template


SOURCES = ("mnli", "snli", "counterfactual-snli", "conjunctions", "recombined", "topic")


def prepare(data: Path, work: Path) -> None:
    """Write the table and the numbers into `work`."""
    training, _, _ = load_nli(data)
    labelled = [*training, *load_conjunctions(data), *recombine([p for p in training if p.source == "mnli"])]
    labelled += [pair for seed in range(2) for pair in make_pairs(load_topics(data), SEED + seed)]
    texts, _, _ = corpus.load_corpus(data)
    draw = random.Random(SEED)
    plain = [x for name, count in PLAIN.items() for x in _draw(texts[name], count, WORDS, draw)]
    short = [x for name, count in HYPOTHESES.items() for x in _draw(texts[name], count, range(4, SHORT + 1), draw)]
    mnli = [pair for pair in training if pair.source == "mnli"]
    names = topic_names()

    table: dict[str, int] = {}

    def number(text: str) -> int:
        return table.setdefault(text, len(table))

    arrays = {
        "pairs": [
            (number(p.premise), number(p.hypothesis), -1 if p.label is None else p.label, SOURCES.index(p.source))
            for p in labelled
        ],
        "premises": list(dict.fromkeys(number(x) for x in [*(pair.premise for pair in mnli), *plain])),
        "hypotheses": list(dict.fromkeys(number(x) for x in [*(pair.hypothesis for pair in training), *short])),
        "names": [number(name) for name in names],
        "about": [[number(template.format(name)) for template in ABOUT] for name in names],
    }
    both = {
        name: tokenizer(list(table), add_special_tokens=False, truncation=True, max_length=200)["input_ids"]
        for name, tokenizer in (("theirs", load_word_pieces()), ("ours", load_tokenizer()))
    }
    save_rows(work / ROWS, **{name: Rows.of(rows) for name, rows in both.items()})
    part = work / f"{NUMBERS}.new.npz"
    np.savez(part, **{name: np.array(each, dtype=np.int32) for name, each in arrays.items()})
    part.replace(work / NUMBERS)


def load_sentences(work: Path, device: torch.device) -> Sentences:
    """Read what `prepare` has written."""
    rows = {name: each.to(device) for name, each in load_rows(work / ROWS).items()}
    with np.load(work / NUMBERS, allow_pickle=False) as arrays:
        numbers = {name: torch.from_numpy(arrays[name].astype(np.int64)).to(device) for name in arrays}
    return Sentences(**rows, **numbers)


def _draw(lines: list[str], count: int, words: range, draw: random.Random) -> list[str]:
    """Draw sentences that are neither short nor long."""
    sentences = (x.strip() for line in lines for x in re.split(r"(?<=[.!?])\s+(?=[A-Z\"“])", line))
    fitting = list(dict.fromkeys(x for x in sentences if len(x.split()) in words))
    return draw.sample(fitting, min(count, len(fitting)))
