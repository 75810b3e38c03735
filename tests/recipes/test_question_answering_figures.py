"""The question-answering figures: of known answers by hand; what is measured is what `answer` answers."""

import numpy as np
import pytest

from encoder_lab import answer, load
from recipes import question_answering_figures as figures_of
from recipes.qa_data import Question

CONTEXT = "the cat sat by the river bank, hello hello the dog"


def asked(answer: str, context: str = CONTEXT) -> Question:
    """Make a question whose answer is `answer`; an empty one has none."""
    answers = (answer,) if answer else ()
    return Question("the dog?", context, answers, context.index(answer) if answer else -1, "an article")


def test_the_likeliest_span_is_taken_whatever_the_margin(trained):
    checkpoint = load("question-answering", trained / "question-answering")
    long = "the cat sat " * 150 + "the river bank"
    texts, margins = figures_of.predict(checkpoint, [asked("dog"), asked("", long)])
    for text, margin, context in zip(texts, margins, (CONTEXT, long), strict=True):
        found = answer(checkpoint, "the dog?", context, max_answer_len=30, max_seq_len=384, doc_stride=128)
        assert (text, margin) == (found.spans[0].text, pytest.approx(found.null_margin, abs=1e-5))
        assert text


def test_figures_of_known_answers(monkeypatch):
    """Three tuning questions set the threshold; of the four reported, two of three answers are right."""
    tuning = [asked("dog"), asked("dog"), asked("")]
    held = [asked("dog"), asked("the river bank"), asked("dog"), asked("")]
    texts = ["dog", "dog", "cat", "dog", "river", "cat", "sat"]
    margins = np.array([-5.0, -4.0, 6.0, -5.0, -5.0, 4.0, 4.0])
    monkeypatch.setattr(figures_of, "predict", lambda *_: (texts, margins))
    figures, thresholds = figures_of.evaluate(None, tuning, held)
    assert thresholds == {"null_margin": 1.0}
    rows = [line.split(" | ") for line in figures.splitlines()[2:]]
    values = [float(row[2]) for row in rows]
    river = 2 * (1 * 1 / 2) / (1 + 1 / 2)  # "river" against "river bank": precision 1, recall one half
    assert values[0] == pytest.approx((3 + river) / 5, abs=1e-3)  # forced: dog, dog, dog, river, cat
    assert values[1] == pytest.approx(3 / 5, abs=1e-3)
    assert "threshold 1.0" in rows[2][0]
    assert values[2] == pytest.approx((1 + river + 0 + 1) / 4, abs=1e-3)
    assert values[5] == pytest.approx(1 / 4)
    assert values[6] == pytest.approx(3 / 4)
