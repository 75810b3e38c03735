"""Checks of notebook 04: from start and end logits to a span, to "no answer", and to a score."""

import torch

from encoder_lab.exercises.compare import Wrong, as_numbers, same_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz, run_given
from encoder_lab.metrics import f1
from encoder_lab.probabilities import best_spans, span_grid, span_probabilities

TASK = "question-answering"
TEN_STARTS = """\
roles = ["no answer", "question", "question", "separator", "separator",
         "context", "context", "context", "context", "separator"]
start_logits = torch.tensor([1.0, 3.0, 0.5, 0.0, -1.0, 2.0, 0.5, 2.5, -0.5, 4.0])  # (T,)"""
EIGHT_TOKENS = """\
start = torch.tensor([0.24, 0.02, 0.18, 0.02, 0.16, 0.01, 0.35, 0.02])  # (T,) probabilities
end = torch.tensor([0.20, 0.30, 0.05, 0.06, 0.10, 0.22, 0.02, 0.05])    # (T,)
longest = 3  # tokens an answer may have"""
DOG = """\
result = answer(ck, "Where did the dog sleep?", "The cat slept on the sofa all day.")
best = result.spans[0]
start = result.start_logits[best.window]  # (T,)
end = result.end_logits[best.window]      # (T,)"""
TWO_TEXTS = """\
predicted = "The bridge, the new bridge of iron"
right = "an old iron bridge\""""


def masked_starts(starts: object) -> None:
    """Compare with the package's mask and softmax."""
    given = run_given(TEN_STARTS)
    logits = given["start_logits"]
    allowed = torch.tensor([role in ("no answer", "context") for role in given["roles"]])
    numbers = as_numbers(starts)
    if numbers.shape == logits.shape and not bool(numbers.isnan().any()):
        shut = torch.nonzero(~allowed & (numbers.abs() > 1e-4)).flatten()
        if len(shut):
            at = int(shut[0])
            raise Wrong(f"Token {at} has {numbers[at]:.4f} and belongs to the {given['roles'][at]}; it must have 0.")
        if not numbers[0]:
            raise Wrong('The first token has 0; it stands for "no answer" and takes its share.')
        if abs(numbers.sum() - 1) > 1e-3:
            raise Wrong(f"Your probabilities sum to {numbers.sum():.4f}; the tokens that take part share 1.")
    same_numbers(starts, span_probabilities(logits[None], logits[None], allowed[None])[0][0])


def best_span(span: object) -> str:
    """Compare with the best cell of the package's grid."""
    given = run_given(EIGHT_TOKENS)
    start, end, longest = given["start"], given["end"], given["longest"]
    size = len(start)
    pair = as_numbers(span)
    if pair.shape != (2,) or not all(float(token).is_integer() and 0 <= token < size for token in pair):
        raise Wrong(f"Two whole numbers from 0 to {size - 1} are needed, as in (6, 7): the first token and the last.")
    first, last = (int(token) for token in pair)
    if last < first:
        raise Wrong(f"A span from token {first} to token {last} ends before it starts.")
    if first == 0:
        raise Wrong('A span cannot begin at token 0: that one stands for "no answer".')
    if last - first >= longest:
        raise Wrong(f"From token {first} to token {last} are {last - first + 1} tokens; at most {longest} are allowed.")
    firsts, lasts, scores = best_spans(span_grid(start, end, longest), top_k=1)
    mine = float(start[first] * end[last])
    if (first, last) != (int(firsts[0]), int(lasts[0])):
        raise Wrong(f"That span is possible and has a probability of {mine:.4f}; another possible one has more.")
    return f"Its probability is {scores[0]:.4f}; neither its start nor its end is the largest of its row."


def null_margin_by_hand(margin: object) -> str:
    """Compare with the record's own margin of that window."""
    result = run_given(DOG, TASK)["result"]
    wanted = result.null_margins[result.spans[0].window]
    numbers = as_numbers(margin)
    if numbers.numel() == 1 and torch.isclose(numbers.flatten()[0], -wanted.double(), rtol=1e-4, atol=1e-4):
        raise Wrong('The sign is turned round: the margin is above 0 where the logits prefer "no answer".')
    same_numbers(margin, wanted, tell=False)
    answers = "prefers its span" if wanted < 0 else 'prefers "no answer"'
    return f"The model {answers}, and the text says nothing about a dog."


def word_f1(score: object) -> None:
    """Compare with the package's F1."""
    given = run_given(TWO_TEXTS)
    same_numbers(score, torch.tensor(f1(given["predicted"], [given["right"]])), tell=False)


EXERCISES = (
    Exercise(
        name="masked_starts",
        task=(
            "Turn ten start logits into start probabilities. The tokens of the context and the first token, which "
            'stands for "no answer", share 1 among them; every other token has 0.'
        ),
        given=TEN_STARTS,
        cell="starts = ...",
        answer="starts",
        compare=masked_starts,
        hints=(
            "Shut the other tokens out before the softmax: then the rest sums to 1 by itself.",
            "A logit of -10000 leaves nothing of a token; 0 would not do, since e to the power of 0 is 1.",
        ),
        checkpoint=TASK,
    ),
    Exercise(
        name="best_span",
        task=(
            'Eight tokens: the first stands for "no answer", the others are the context. Which span has the largest '
            "probability, its start's times its end's, if an answer may have at most three tokens? Give the positions "
            "of its first and its last token as a pair, on paper or with code."
        ),
        given=EIGHT_TOKENS,
        cell="span = ...",
        answer="span",
        compare=best_span,
        hints=(
            "The largest start and the largest end do not fit together here; try each start with the ends it allows.",
            "From start i the end may be i, i + 1 or i + 2: three products for each of the seven starts.",
        ),
        checkpoint=TASK,
    ),
    Exercise(
        name="null_margin",
        task=(
            'By how much do the logits prefer "no answer" to the best span? Give the null margin: start logit plus end '
            "logit of the first token, minus start logit of the span's first token plus end logit of its last "
            "(`best.first` and `best.last` are their positions)."
        ),
        given=DOG,
        cell="margin = ...",
        answer="margin",
        compare=null_margin_by_hand,
        hints=(
            "Four logits: start[0], end[0], and one of each for the span; logits, not probabilities.",
            "(start[0] + end[0]) - (start[best.first] + end[best.last]).",
        ),
        checkpoint=TASK,
    ),
    Exercise(
        name="word_f1",
        task=(
            "Work out F1 by hand: normalise both texts (small letters; no punctuation; no a, an, the), count the words "
            "they share, each as often as it stands in both, and take the harmonic mean of precision and recall."
        ),
        given=TWO_TEXTS,
        cell="score = ...",
        answer="score",
        compare=word_f1,
        hints=(
            'Normalised, the prediction is "bridge new bridge of iron" and the right answer "old iron bridge".',
            "Two words are shared: the second bridge finds no partner. Precision 2/5, recall 2/3; their harmonic mean "
            "is 2 · P · R / (P + R).",
        ),
        checkpoint=TASK,
    ),
    Quiz(
        name="quiz_window_edge",
        question="A long context is read in windows, and the answer, 12 tokens long, may stand anywhere. What makes "
        "sure that some window shows it whole?",
        options=(
            "a `max_answer_len` of 12 or more",
            "windows as long as the model can read",
            "neighbouring windows that share 11 tokens or more",
            "word alignment, which adds what an edge has cut off",
        ),
        right="c",
        remarks=(
            "It allows an answer of that length; an edge can cut it all the same.",
            "Fewer edges, but the answer may stand across one of them.",
            "The next window begins 11 tokens or more before the edge, so what crosses the edge stands whole in it.",
            "Alignment fills up a word, as far as the window shows it; it cannot see beyond the edge.",
        ),
    ),
    Quiz(
        name="quiz_sure",
        question="The best span of a window has a score of 0.96. What does that say?",
        options=(
            "the start probability times the end probability is 0.96: within this window hardly any other start or "
            "end came into question",
            "of 100 questions with this score, 96 are answered correctly",
            "the text says so, and the model is 96 % sure that it is true",
            "the context holds an answer, with a probability of 0.96",
        ),
        right="a",
        remarks=(
            "And no more than that. What the old bridge was made of had such a score, and the answer was wrong.",
            "Only measuring on labelled questions could tell you so, and for this model it would be too high.",
            "It marks what stands in the text and knows nothing of truth.",
            "The score compares the places of this window; it can be high where none of them holds the answer.",
        ),
    ),
)
