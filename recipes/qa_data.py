"""Questions with their answers' places: SQuAD's form (Rajpurkar et al. 2018, arXiv:1806.03822) and QAMR's."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from recipes.files import read

MIXED = "squad-train-sample"  # paragraphs of many articles of SQuAD 1.1 train; none of them is in a dev article
HELD_OUT_ONE_IN = 5  # of the named articles, in alphabetical order


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
        (training, tuning, held out): one named article in five is not trained on; of these every second one is
        for tuning the threshold, the rest for reporting.
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
    held = named[HELD_OUT_ONE_IN // 2 :: HELD_OUT_ONE_IN]
    known = {q.context for title in held for q in articles[title]}
    training = [q for title in [*named, MIXED] if title not in held for q in articles[title] if q.context not in known]
    return training, *([q for title in part for q in articles[title]] for part in (held[0::2], held[1::2]))


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


def unanswerable(questions: list[Question], share: float, seed: int) -> list[Question]:
    """Make questions without an answer: ask some of `questions` about a paragraph that lacks every answer.

    Args:
        questions: with answers; the other paragraph comes from the same article where there is one.
        share: 0 to 1, how many to try for each of `questions`; a draw whose paragraph does not fit makes none.
        seed: the choice depends on it alone.
    """
    draw = random.Random(seed)
    contexts: dict[str, list[str]] = {}
    for q in questions:
        contexts.setdefault(q.article, []).append(q.context)
    made = []
    for q in draw.sample(questions, round(share * len(questions))):
        other = draw.choice(contexts[q.article])
        if other != q.context and not any(answer.lower() in other.lower() for answer in q.answers):
            made.append(Question(q.question, other, (), -1, q.article))
    return made


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
