"""Small labelled samples that the notebooks show, read from the files beside this one; README.md says more of each."""

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an assistant, and the one topic it is about."""

    text: str
    label: str
    part: str  # "pool" for texts that examples are drawn from, "test" for texts that accuracy is measured on


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, and the one or several emotions in it."""

    text: str
    labels: tuple[str, ...]
    id: str  # of GoEmotions


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a paragraph, and every answer that counts as right."""

    title: str  # what the paragraph is about
    context: str  # the paragraph
    question: str
    answers: tuple[str, ...]  # stretches of the paragraph; empty if it does not tell


def topics() -> tuple[Request, ...]:
    """Read requests about eight topics no bundled checkpoint was trained on: 60 a topic to learn from, 25 to test."""
    return tuple(Request(**row) for row in _read("topics.json"))


def comments() -> tuple[Comment, ...]:
    """Read 205 comments with 27 of GoEmotions' 28 labels, kept out of training and of the choice of thresholds."""
    return tuple(Comment(row["text"], tuple(row["labels"]), row["id"]) for row in _read("comments.json"))


def questions() -> tuple[Question, ...]:
    """Read 36 questions about six paragraphs; in the manner of SQuAD 2.0, half of them have no answer there."""
    return tuple(
        Question(paragraph["title"], paragraph["context"], row["question"], tuple(row["answers"]))
        for paragraph in _read("questions.json")
        for row in paragraph["questions"]
    )


def _read(name: str) -> list[dict]:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
