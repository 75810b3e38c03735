"""One predicted answer beside the right ones: normalised text, exact match, F1 over words."""

import re
import string
from collections import Counter
from collections.abc import Sequence

NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize_answer(text: str) -> str:
    """Take from an answer what does not count: upper case, ASCII punctuation, a, an, the, and extra white space.

    Source: Rajpurkar et al. 2016, section 6.1 (arXiv:1606.05250); the same order as SQuAD's evaluation script.
    """
    without_articles = re.sub(r"\b(a|an|the)\b", " ", text.lower().translate(NO_PUNCTUATION))
    return " ".join(without_articles.split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """Say whether a predicted answer is one of the right ones, once both are normalised.

    Args:
        prediction: the predicted answer; "" for no answer.
        answers: the right answers; none for a question without an answer, to which only an empty prediction is right.
            Answers of which nothing is left do not count.

    Returns:
        1.0 or 0.0.

    Raises:
        TypeError: `prediction` is not a string, or `answers` is no list or tuple of strings.

    Source: Rajpurkar et al. 2018 (arXiv:1806.03822), SQuAD 2.0's evaluation script.
    """
    check_answers(prediction, answers)
    return float(normalize_answer(prediction) in _right_answers(answers))


def f1(prediction: str, answers: Sequence[str]) -> float:
    """Measure how many words a predicted answer shares with the right one it is nearest to.

    Args:
        prediction: the predicted answer; "" for no answer.
        answers: as in `exact_match`.

    Returns:
        0 to 1: the harmonic mean of precision and recall over the words of the normalised answers. Where either
        side has no words, 1 if neither has, else 0. Words are what white space parts, by SQuAD's rule: a Chinese or
        Japanese answer, which has none, is one word, so its F1 is 1 where it matches exactly and 0 elsewhere.

    Raises:
        TypeError: as in `exact_match`.

    Source: Rajpurkar et al. 2016, section 6.1; Rajpurkar et al. 2018, SQuAD 2.0's evaluation script.
    """
    check_answers(prediction, answers)
    said = normalize_answer(prediction).split()
    return max(_word_f1(said, right.split()) for right in _right_answers(answers))


def check_answers(prediction: str, answers: Sequence[str], place: str = "") -> None:
    """Raise TypeError unless a prediction is a string and its right answers are a list or tuple of strings.

    Args:
        prediction: see `exact_match`.
        answers: see `exact_match`.
        place: where they stand, such as "[3]"; nothing where there is but one question.
    """
    if not isinstance(prediction, str):
        raise TypeError(f'prediction{place} is {prediction!r:.60}; give a string, "" for no answer')
    if isinstance(answers, str):
        raise TypeError(f"answers{place} is the string {answers!r:.60}; put it in a list: [{answers!r:.60}]")
    if not isinstance(answers, list | tuple) or not all(isinstance(each, str) for each in answers):
        raise TypeError(f"answers{place} is {answers!r:.60}; give a list of strings, empty for no answer")


def _right_answers(answers: Sequence[str]) -> list[str]:
    """Normalise the right answers and leave out the empty ones; [""] if none is left."""
    return [right for right in map(normalize_answer, answers) if right] or [""]


def _word_f1(said: list[str], right: list[str]) -> float:
    """Work out F1 over the words of two answers, each word as often as it stands in both."""
    if not said or not right:
        return float(said == right)
    shared = sum((Counter(said) & Counter(right)).values())
    return 2 * shared / (len(said) + len(right))  # 2·P·R / (P + R) with P = shared / said and R = shared / right
