"""Questions with their answers' places: SQuAD's form (Rajpurkar et al. 2018, arXiv:1806.03822) and QAMR's."""

import json
import math
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from recipes.files import read

MIXED = "squad-train-sample"  # paragraphs of many articles of SQuAD 1.1 train; none of them is in a dev article
CHOICE = slice(2, None, 5)  # of the named articles, in alphabetical order: for choosing
TEST = slice(4, None, 10)  # and for the card's figures
ASKED_OF = 60  # paragraphs of an article that a near miss is looked for in
TOGETHER = range(3, 8)  # sentences that make up a passage


@dataclass(frozen=True)
class Question:
    """A question, the text to look in, and every answer that counts as right."""

    question: str
    context: str
    answers: tuple[str, ...]  # empty: the context does not tell
    start: int  # character offset of the first answer; -1 without one
    article: str


def load_squad(folder: Path) -> tuple[list[Question], list[Question], list[Question]]:
    """Read the SQuAD sample.

    Returns:
        (training, choice, test): of the named articles, in alphabetical order, one in five is for choosing among
        recipes and for tuning the threshold, and one in ten for the card's figures; no paragraph of theirs is
        trained on.
    """
    articles: dict[str, list[Question]] = {}
    for article in json.loads(read(folder, "qa/squad_sample.json"))["data"]:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                answers = () if qa.get("is_impossible") else tuple(a["text"] for a in qa["answers"])
                start = qa["answers"][0]["answer_start"] if answers else -1
                question = Question(qa["question"].strip(), paragraph["context"], answers, start, article["title"])
                articles.setdefault(article["title"], []).append(question)
    named = sorted(title for title in articles if title != MIXED)
    choice, test = named[CHOICE], named[TEST]
    held = {*choice, *test}
    known = {q.context for title in held for q in articles[title]}
    training = [q for title in [*named, MIXED] if title not in held for q in articles[title] if q.context not in known]
    return training, *([q for title in part for q in articles[title]] for part in (choice, test))


def load_qamr(folder: Path) -> list[Question]:
    """Read QAMR: questions about single sentences; the tokens are put together as they were before they were cut."""
    found = []
    for line in read(folder, "qa/qamr.jsonl").splitlines():
        row = json.loads(line)
        sentence, spans = _join(row["tokens"])
        for qa in row["qas"]:
            start, end = spans[qa["first"]][0], spans[qa["last"]][1]
            found.append(Question(qa["question"].strip(), sentence, (sentence[start:end],), start, "qamr"))
    return found


def near_misses(questions: list[Question], seed: int) -> list[Question]:
    """Ask each question with an answer about two other paragraphs that lack it.

    Args:
        questions: the other paragraphs come from the same article: the one that shares most of the question's rarer
            words, and one drawn from the rest. A paragraph that holds one of the answers is none of them.
        seed: the choice depends on it alone.
    """
    draw = random.Random(seed)
    contexts: dict[str, list[str]] = {}
    for q in questions:
        contexts.setdefault(q.article, []).append(q.context)
    contexts = {article: list(dict.fromkeys(texts)) for article, texts in contexts.items()}
    words = {text: _words(text) for texts in contexts.values() for text in texts}
    count = Counter(word for found in words.values() for word in found)
    made = []
    for q in (q for q in questions if q.answers):
        answers = [answer.lower() for answer in q.answers]
        others = draw.sample(contexts[q.article], min(ASKED_OF, len(contexts[q.article])))
        others = [x for x in others if x != q.context and not any(answer in x.lower() for answer in answers)]
        asked = _words(q.question)
        others.sort(key=lambda text: -math.fsum(1 / count[word] for word in asked & words[text]))
        chosen = others[:1] + ([draw.choice(others[1:])] if len(others) > 1 else [])
        made += [Question(q.question, text, (), -1, q.article) for text in chosen]
    return made


def passages(questions: list[Question], share: float, seed: int) -> list[Question]:
    """Ask questions about single sentences of passages: each one's sentence among others, which do not hold its answer.

    Args:
        questions: with an answer.
        share: 0 to 1, of the questions that are asked.
        seed: the choice depends on it alone.
    """
    draw = random.Random(seed)
    sentences = list(dict.fromkeys(q.context for q in questions))
    made = []
    for q in draw.sample(questions, round(share * len(questions))):
        others = draw.sample(sentences, min(TOGETHER.stop, len(sentences)))
        others = [x for x in others if x != q.context and q.answers[0].lower() not in x.lower()]
        others = others[: draw.choice(TOGETHER) - 1]
        before = draw.randint(0, len(others))
        head = "".join(f"{x} " for x in others[:before])
        context = head + " ".join([q.context, *others[before:]])
        made.append(Question(q.question, context, q.answers, q.start + len(head), q.article))
    return made


def _words(text: str) -> set[str]:
    """List the words of a text, in lower case."""
    return set(re.findall(r"\w+", text.lower()))


def _join(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Put Penn Treebank tokens together; returns the sentence and each token's (start, end) in it."""
    written = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"'}
    no_space_before = {".", ",", ";", ":", "?", "!", ")", "]", "%", "n't"}
    text, spans, opened = "", [], False
    for i, token in enumerate(tokens):
        word = written.get(token, token)
        opens = token in ("-LRB-", "-LSB-", "``", "$", "(", "[")
        closes = token == "''" or word in no_space_before or token.startswith("'")
        if i and not closes and not opened:
            text += " "
        spans.append((len(text), len(text) + len(word)))
        text, opened = text + word, opens
    return text, spans
