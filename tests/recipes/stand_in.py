"""A stand-in for the recipes' data folder: a few invented lines of every file, in the real files' forms."""

import csv
import hashlib
import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from recipes import corpus, files
from recipes.byte_pairs import MASK, SPECIAL
from recipes.nli_data import LABELS
from recipes.qa_data import MIXED
from recipes.topic_data import CLASSES, DOMAINS, UNSEEN_INTENTS
from tests.families import byte_pairs

TITLES = ("Black_cat", "Brown_dog", "Cold_river", "Deep_river", "Grey_bank", "Old_bank", "White_cat", "Young_dog")
CHOICE, TEST = ("Cold_river", "Young_dog"), ("Grey_bank",)  # the articles that fall to these parts
EMOTIONS = (
    "admiration amusement anger annoyance approval caring confusion curiosity desire disappointment disapproval "
    "disgust embarrassment excitement fear gratitude grief joy love nervousness optimism pride realization relief "
    "remorse sadness surprise neutral"
).split()
SOURCES = ("mnli", "snli", "counterfactual-snli")
FIRST = 2467  # the first premise's number; from here, 21 premises hold all three parts of all three sources
IN_TEST = 2468  # a premise that falls to this part
LONG = 70  # words of an encyclopaedia entry


def write_data(folder: Path, monkeypatch) -> Path:
    """Write every file into `folder` and its hash where the recipes look for it; returns the folder."""
    for name, text in contents().items():
        write(folder, monkeypatch, name, text)
    return folder


def write(folder: Path, monkeypatch, name: str, text: str) -> None:
    """Write one of `FILES` and let the recipes ask for its hash."""
    found = _write(folder / name, text)
    monkeypatch.setitem(files.FILES, name, replace(files.FILES[name], sha256=found))


@cache
def contents() -> dict[str, str]:
    """Make the text of each of `FILES`, by name."""
    vocabulary, merges = _byte_pairs()
    in_dev, in_test = f"{sentence(300).upper()}!\t27\tfirst\n", f"{sentence(207).upper()}!\t27\tlast\n"
    texts = {f"text/{source.name}.txt": _lines(i, source.running) for i, source in enumerate(corpus.SOURCES)}
    return {
        "emotions/train.tsv": in_dev + _comments(200) + in_test,  # two texts that stand elsewhere too
        "emotions/dev.tsv": _comments(300),
        "emotions/labels.txt": "\n".join(EMOTIONS),
        "qa/squad_sample.json": json.dumps({"version": "sample", "data": _articles()}),
        "qa/qamr.jsonl": "".join(json.dumps(row) + "\n" for row in _sentences()),
        "nli/pairs.csv": _table([("source", "premise", "hypothesis", "label"), *_pairs()], csv.QUOTE_MINIMAL),
        "nli/conjunctions.csv": _table([("source", "premise", "hypothesis", "label"), *_conjunctions()], csv.QUOTE_ALL),
        "topics/clinc150.json": json.dumps(_requests()),
        "topics/dbpedia_val.csv": _table(_entries(), csv.QUOTE_ALL),
        "roberta_bpe/vocab.json": json.dumps(vocabulary),
        "roberta_bpe/merges.txt": "#version: 0.2\n" + "".join(f"{left} {right}\n" for left, right in merges),
        **texts,
    }


def sentence(number: int) -> str:
    """Make a sentence that no other number gives; two of its words tell, so that none nearly repeats another."""
    animal, place = ("cat", "dog", "bank")[number % 3], ("river", "bank")[number % 2]
    return f"hello {number}, the {animal} sat by the {place} {number}"


def paragraph(number: int) -> dict:
    """Make a paragraph of SQuAD 2.0 with two questions that it answers and one that it does not."""
    context = f" Hello {number}: the cat sat by the river {number}, the dog {number} by the bank."
    answers = [[f"river {number}", f"the river {number}"], [f"dog {number}"]]
    questions = [f" where sat the cat {number}? ", f"who sat by the bank {number}?"]
    asked = [
        {"id": f"{number}", "question": question, "is_impossible": False,
         "answers": [{"text": text, "answer_start": context.index(text)} for text in texts]}
        for question, texts in zip(questions, answers, strict=True)
    ]  # fmt: skip
    plausible = [{"text": "dog", "answer_start": context.index("dog")}]
    asked.append({"id": f"{number}", "question": f"what did the cat {number} say?", "is_impossible": True,
                  "answers": [], "plausible_answers": plausible})  # fmt: skip
    return {"context": context, "qas": asked}


def _lines(number: int, running: bool) -> str:
    """Make a text of 33 blocks: the 17th is for the card's figures, the last for choosing."""
    count = 33 * (corpus.BLOCK if running else 1)
    return "\n".join(sentence(10_000 + 1_000 * number + i) for i in range(count))


def _articles() -> list[dict]:
    """Make eight named articles, and the mixed one: its last three paragraphs stand in articles that are kept out."""
    articles = [
        {"title": title, "paragraphs": [paragraph(400 + 10 * i), paragraph(401 + 10 * i)]}
        for i, title in enumerate(TITLES)
    ]
    mixed = [paragraph(n) for n in (500, 501, 420, 471, 440)]
    for each in mixed:  # SQuAD 1.1 has only questions with an answer, and does not say so
        each["qas"] = [{key: qa[key] for key in ("id", "question", "answers")} for qa in each["qas"] if qa["answers"]]
    return [*reversed(articles), {"title": MIXED, "paragraphs": mixed}]


def _sentences() -> list[dict]:
    """Make sentences of QAMR, cut as the Penn Treebank cuts them."""
    quoted = "`` The cat did n't sit , '' say 9 % of the dogs -LRB- and the bank 's -RRB- .".split()
    rows = [{"tokens": quoted, "qas": [{"question": "What did the cat do? ", "first": 3, "last": 5},
                                       {"question": "Whose dogs?", "first": 15, "last": 18}]}]  # fmt: skip
    for n in range(600, 605):
        tokens = f"hello {n} , the cat sat by the river {n} .".split()
        rows.append({"tokens": tokens, "qas": [{"question": "where sat the cat?", "first": 7, "last": 9}]})
    return rows


def _pairs() -> list[tuple[str, str, str, str]]:
    """Make three pairs for each of 21 premises, and a premise that is held out again, in capitals."""
    pairs = [
        (SOURCES[i % 3], f"{sentence(FIRST + i)} ", f'hello, the "dog" {k} sat by the bank {i} ', label)
        for i in range(21)
        for k, label in enumerate(sorted(LABELS))
    ]
    return [*pairs, ("mnli", sentence(IN_TEST).upper(), "the dog sat", "neutral")]


def _conjunctions() -> list[tuple[str, str, str, str]]:
    """Make pairs of sentences with *and*, one of them on a premise that is held out."""
    return [
        ("conjunctions", " the cat and the dog sat ", "the cat sat ", "entailment"),
        ("conjunctions", sentence(IN_TEST), "the dog and the cat sat", "contradiction"),
        ("conjunctions", "hello, dog and cat", 'say "hello"', "neutral"),
    ]


def _requests() -> dict[str, list[tuple[str, str]]]:
    """Make requests of three intents of every domain and of the unseen ones; what is no train or val is not read."""
    unseen = [intent for names in UNSEEN_INTENTS.values() for intent in names]
    intents = [intent for names in DOMAINS.values() for intent in names.split()[:3]]
    return {
        "oos_val": [("what says the river?", "oos")],
        "val": [(f"say {sentence(3_000 + i)}", name) for i, name in enumerate(2 * unseen)],
        "train": [(f"say {sentence(850 + i)}", name) for i, name in enumerate(intents)],
        "test": [("say hello to the test", name) for name in intents],
    }


def _entries() -> list[tuple[int, str]]:
    """Make two encyclopaedia entries of each class."""
    words = " river" * (LONG - 10)
    return [(i, f'the "entry" {sentence(900 + 2 * i + n)}.{words}') for n in range(2) for i in CLASSES]


def _comments(first: int) -> str:
    """Make two neighbouring comments for each label; every seventh comment has a second label."""
    rows = []
    for i in range(2 * len(EMOTIONS)):
        label = i // 2
        labels = f"{label},{(label + 9) % len(EMOTIONS)}" if i % 7 == 6 else f"{label}"
        rows.append(f"{sentence(first + i)}\t{labels}\tid{first + i}\n")
    return "".join(rows)


def _byte_pairs() -> tuple[dict[str, int], list[list[str]]]:
    """Make GPT-2's kind of vocabulary and merges: `<|endoftext|>` is its one special piece."""
    model = json.loads(byte_pairs().backend_tokenizer.to_str())["model"]
    pieces = [x for x in sorted(model["vocab"], key=model["vocab"].__getitem__) if x not in (*SPECIAL, MASK)]
    return {piece: i for i, piece in enumerate([*pieces, "<|endoftext|>"])}, model["merges"]


def _table(rows: list[tuple], quoting: int) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _write(file: Path, text: str) -> str:
    """Write the file; returns its SHA-256."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return hashlib.sha256(text.encode()).hexdigest()
