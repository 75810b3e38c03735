"""The question-answering recipe: examples hold their answers, figures come out as by hand, the command runs."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from encoder_lab import load
from recipes import question_answering as recipe
from recipes.qa_data import Question
from tests.recipes.small import run, small_base

CONTEXT = "the cat sat by the river bank, hello hello the dog"


def asked(answer: str, context: str = CONTEXT) -> Question:
    """Make a question whose answer is `answer`; an empty one has none."""
    answers = (answer,) if answer else ()
    return Question("the dog?", context, answers, context.index(answer) if answer else -1, "an article")


QUESTIONS = [asked("the river bank"), asked("dog"), asked("")]


def read_back(example, tokenizer) -> str:
    return tokenizer.decode(example.ids[example.start : example.end + 1]).strip()


def test_an_example_holds_its_answer():
    _, tokenizer = small_base()
    examples = recipe.prepare(QUESTIONS, tokenizer)
    assert [read_back(x, tokenizer) for x in examples] == ["the river bank", "dog", "<s>"]
    assert tokenizer.decode(examples[0].ids) == f"<s>the dog?</s></s>{CONTEXT}</s>"


@pytest.mark.parametrize("answer", ["one", "nine hundred", "end"])
def test_a_long_context_is_cut_around_its_answer(answer):
    _, tokenizer = small_base()
    context = "one " + "the cat sat " * 60 + "nine hundred " + "the dog sat " * 60 + "end"
    (example,) = recipe.prepare([asked(answer, context)], tokenizer)
    assert len(example.ids) == recipe.WINDOW
    assert read_back(example, tokenizer) == answer
    assert example.ids[-1] == tokenizer.sep_token_id


def test_the_loss_is_the_mean_over_both_ends_and_padding_has_no_say():
    base, tokenizer = small_base()
    base.config.hidden_dropout_prob = base.config.attention_probs_dropout_prob = 0.0
    model = recipe.RobertaForQuestionAnswering(base.config).eval()
    short, long = recipe.prepare([asked("dog", "the dog"), asked("dog")], tokenizer)
    alone, _ = recipe.make_loss(model, [[short]])
    other, _ = recipe.make_loss(model, [[long]])
    together, steps = recipe.make_loss(model, [[short, long]])
    assert steps == 1
    assert together(0).item() == pytest.approx((alone(0).item() + other(0).item()) / 2, abs=0.02)  # bfloat16
    output = model(torch.tensor([short.ids]), labels=None)
    by_hand = -(output.start_logits.log_softmax(-1)[0, short.start] + output.end_logits.log_softmax(-1)[0, short.end])
    assert alone(0).item() == pytest.approx(by_hand.item() / 2, abs=0.02)


def test_phases_follow_one_another():
    base, tokenizer = small_base()
    first, second = ([recipe.Example([0, number, 2], 0, 0)] * 3 for number in (7, 9))
    seen = []
    model = recipe.RobertaForQuestionAnswering(base.config)
    monkey = model.roberta.forward
    model.roberta.forward = lambda ids, **more: (seen.append(ids[0, 1].item()), monkey(ids, **more))[1]
    loss_at, steps = recipe.make_loss(model, [first, second, first])
    for step in range(steps):
        loss_at(step)
    assert seen == [7, 9, 7]


def test_long_contexts_are_answered_from_their_best_window(tmp_path, monkeypatch):
    out = trained(tmp_path, monkeypatch)
    checkpoint = load("question-answering", out)
    context = "the cat sat " * 150 + "the river bank"
    texts, margins = recipe.predict(checkpoint, [*QUESTIONS, asked("", context)])
    assert [text in q.context for text, q in zip(texts, [*QUESTIONS, asked("", context)], strict=True)] == [True] * 4
    assert all(texts) and np.isfinite(margins).all()
    again, alone = recipe.predict(checkpoint, QUESTIONS[:1])
    assert again == texts[:1]
    assert alone[0] == pytest.approx(margins[0], abs=1e-4)


def trained(tmp_path, monkeypatch):
    """Run the recipe on a few questions."""
    monkeypatch.setattr(recipe, "load_squad", lambda _: (QUESTIONS * 3, QUESTIONS, QUESTIONS * 2))
    monkeypatch.setattr(recipe, "load_qamr", lambda _: QUESTIONS[:2])
    monkeypatch.setattr(recipe, "unanswerable", lambda questions, share, seed: [asked("")])
    return run(recipe, monkeypatch, tmp_path)


def test_the_command_trains_saves_and_prints_its_figures(tmp_path, monkeypatch, capsys):
    out = trained(tmp_path, monkeypatch)
    printed = capsys.readouterr().out
    assert {w.dtype for w in load_file(out / "model.safetensors").values()} == {torch.float16}
    assert json.loads((out / "config.json").read_text())["dtype"] == "float32"
    assert "| F1, answerable questions, best span forced (all held-out articles) | 6 |" in printed
    assert "`Why is model conversion important?`" in printed
    tuned = load("question-answering", out).thresholds["null_margin"]
    assert f"all questions, threshold {tuned:.1f} " in printed
    run(recipe, monkeypatch, tmp_path, "--evaluate")
    assert capsys.readouterr().out.strip() == printed[printed.index("| figure") :].strip()


def test_figures_of_known_answers(monkeypatch):
    """Three tuning questions set the threshold; of the four reported, two of three answers are right."""
    tuning = [asked("dog"), asked("dog"), asked("")]
    held = [asked("dog"), asked("the river bank"), asked("dog"), asked("")]
    texts = ["dog", "dog", "cat", "dog", "river", "cat", "sat"]
    margins = np.array([-5.0, -4.0, 6.0, -5.0, -5.0, 4.0, 4.0])
    monkeypatch.setattr(recipe, "predict", lambda *_: (texts, margins))
    figures, thresholds = recipe.evaluate(None, tuning, held)
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
