"""Predicted answers measured: by hand, SQuAD's odd cases, and every threshold tried one question at a time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoder_lab.metrics import best_threshold, evaluate_spans, exact_match, f1, normalize_answer

# Right and sure; half right; wrong; answered where there is no answer, surely and hardly; silent where there is none.
PREDICTIONS = ["The cat.", "river", "dog", "a bank", "mat", ""]
ANSWERS = [["cat"], ["the river bank", "a bank"], ["cat"], [], [], []]
MARGINS = [-4.0, -2.0, 3.0, -3.0, 2.0, 5.0]
HALF = 2 / 3  # "river" beside "river bank": precision 1, recall 1/2


def test_means_by_hand():
    found = evaluate_spans(PREDICTIONS, ANSWERS)
    assert found.exact.tolist() == [1, 0, 0, 0, 0, 1]
    assert found.f1.tolist() == pytest.approx([1, HALF, 0, 0, 0, 1])
    assert found.answerable.tolist() == [True, True, True, False, False, False]
    assert found.summary == pytest.approx(
        {"exact": 2 / 6, "f1": (2 + HALF) / 6, "total": 6,
         "HasAns_exact": 1 / 3, "HasAns_f1": (1 + HALF) / 3, "HasAns_total": 3,
         "NoAns_exact": 1 / 3, "NoAns_f1": 1 / 3, "NoAns_total": 3}
    )  # fmt: skip
    assert found.sweep is None


def test_the_sweep_by_hand():
    sweep = evaluate_spans(PREDICTIONS, ANSWERS, np.array(MARGINS)).sweep
    assert sweep.thresholds.tolist() == [-5, -3.5, -2.5, 0, 2.5, 4, 6]
    # Answered: nothing; cat; + a bank, wrongly; + river; + mat, wrongly; + dog; the last prediction says nothing.
    assert sweep.exact.tolist() == pytest.approx([3 / 6, 4 / 6, 3 / 6, 3 / 6, 2 / 6, 2 / 6, 2 / 6])
    more = [3, 4, 3, 3 + HALF, 2 + HALF, 2 + HALF, 2 + HALF]
    assert sweep.f1.tolist() == pytest.approx([each / 6 for each in more])
    assert math.isnan(sweep.precision[0])
    assert sweep.precision[1:].tolist() == pytest.approx([1, 1 / 2, 2 / 3, 2 / 4, 3 / 5, 3 / 5])
    assert sweep.recall.tolist() == pytest.approx([0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1, 1])
    assert sweep.best == -3.5


@pytest.mark.parametrize(
    "prediction, answers, exact, shared, kind",
    [
        ("", [], 1, 1, "NoAns"),
        ("cat", [], 0, 0, "NoAns"),
        ("the", [], 1, 1, "NoAns"),  # nothing is left of an article
        ("?!", [], 1, 1, "NoAns"),
        ("", ["cat"], 0, 0, "HasAns"),
        ("An apple!", ["apple"], 1, 1, "HasAns"),
        ("theapple", ["apple"], 0, 0, "HasAns"),
        ("“apple”", ["apple"], 0, 0, "HasAns"),  # punctuation that is not ASCII stays
        ("apple – pear", ["apple pear"], 0, 0.8, "HasAns"),  # so does a dash, as a word
        ("apple - pear", ["apple pear"], 1, 1, "HasAns"),
        ("", ["the"], 1, 1, "HasAns"),  # it has an answer, of which nothing is left
        ("a", ["the", "A."], 1, 1, "HasAns"),
        ("cat", ["the"], 0, 0, "HasAns"),
        ("", ["the", "cat"], 0, 0, "HasAns"),  # then only the other counts
    ],
)
def test_odd_cases_of_the_official_definition(prediction, answers, exact, shared, kind):
    found = evaluate_spans([prediction], [answers])
    assert found.summary == pytest.approx(
        {"exact": exact, "f1": shared, "total": 1, f"{kind}_exact": exact, f"{kind}_f1": shared, f"{kind}_total": 1}
    )


def test_silence_is_never_right_where_the_data_give_an_answer_of_which_nothing_is_left():
    sweep = evaluate_spans(["a"], [["the"]], [0.0]).sweep  # as in the script: silence scores by "has an answer" alone
    assert (sweep.thresholds.tolist(), sweep.exact.tolist(), sweep.f1.tolist()) == ([-1, 1], [0, 1], [0, 1])
    assert sweep.recall.tolist() == [0, 0] and np.isnan(sweep.precision).all()  # "a" says nothing


TEXTS = st.sampled_from(["", "the", "cat", "the cat", "black cat", "dog", "cat. dog"])
QUESTIONS = st.lists(
    st.tuples(TEXTS, st.lists(TEXTS.filter(normalize_answer), max_size=2),
              st.integers(-8, 8).map(lambda n: n / 2) | st.just(math.inf)),
    min_size=1, max_size=10,
).filter(lambda drawn: any(math.isfinite(margin) for *_, margin in drawn))  # fmt: skip


@given(QUESTIONS)
def test_every_threshold_is_that_of_a_plain_loop(drawn):
    predictions, answers, margins = (list(column) for column in zip(*drawn, strict=True))
    found = evaluate_spans(predictions, answers, margins)
    sweep = found.sweep
    for at, threshold in enumerate(sweep.thresholds):
        said = ["" if margin > threshold else text for text, _, margin in drawn]
        again = evaluate_spans(said, answers)
        assert sweep.exact[at] == pytest.approx(again.summary["exact"], abs=1e-12)
        assert sweep.f1[at] == pytest.approx(again.summary["f1"], abs=1e-12)
        given_out = [right for text, right in zip(said, answers, strict=True) if text not in ("", "the")]
        right_ones, has_answer = sum(map(bool, given_out)), sum(map(bool, answers))
        precision = right_ones / len(given_out) if given_out else math.nan
        recall = right_ones / has_answer if has_answer else math.nan
        assert sweep.precision[at] == pytest.approx(precision, abs=1e-12, nan_ok=True)
        assert sweep.recall[at] == pytest.approx(recall, abs=1e-12, nan_ok=True)
    # between its ends the sweep tells all margins apart
    finite = sorted({margin for margin in margins if math.isfinite(margin)})
    parts = np.searchsorted(finite, sweep.thresholds)
    assert parts.tolist() == list(range(len(finite) + 1))
    silence = [float(not right) for right in answers]
    assert (sweep.best, sweep.f1.max()) == pytest.approx(best_threshold(margins, found.f1, silence))


@given(QUESTIONS)
def test_the_means_are_those_of_each_question_and_order_does_not_count(drawn):
    predictions, answers, margins = (list(column) for column in zip(*drawn, strict=True))
    found = evaluate_spans(predictions, answers, margins)
    assert found.exact.tolist() == [exact_match(*each) for each in zip(predictions, answers, strict=True)]
    assert found.f1.tolist() == [f1(*each) for each in zip(predictions, answers, strict=True)]
    counts = [found.summary.get(f"{kind}_total", 0) for kind in ("HasAns", "NoAns")]
    assert counts == [sum(map(bool, answers)), sum(not right for right in answers)]
    for name in ("exact", "f1"):
        parts = [found.summary.get(f"{kind}_{name}", 0) for kind in ("HasAns", "NoAns")]
        assert np.dot(counts, parts) / len(drawn) == pytest.approx(found.summary[name], abs=1e-12)
    turned = evaluate_spans(predictions[::-1], answers[::-1], margins[::-1])
    assert turned.summary == pytest.approx(found.summary)
    for name in ("thresholds", "exact", "f1", "precision", "recall"):
        same = pytest.approx(getattr(found.sweep, name), abs=1e-12, nan_ok=True)
        assert getattr(turned.sweep, name) == same


def test_only_questions_of_one_kind():
    found = evaluate_spans(["cat", "mat"], [[], []], [1.0, -1.0])
    assert set(found.summary) == {"exact", "f1", "total", "NoAns_exact", "NoAns_f1", "NoAns_total"}
    assert np.isnan(found.sweep.recall).all() and found.sweep.precision[1:].tolist() == [0, 0]
    assert "HasAns" not in repr(found)


def test_it_prints_as_a_small_table():
    assert repr(evaluate_spans(PREDICTIONS, ANSWERS, MARGINS)).splitlines() == [
        "        questions   exact      f1",
        "all             6   0.333   0.444",
        "HasAns          3   0.333   0.556",
        "NoAns           3   0.333   0.333",
        "7 thresholds from -5.00 to 6.00; best -3.50: exact 0.667, f1 0.667, precision 1.000, recall 0.333",
    ]


@pytest.mark.parametrize(
    "given_in, error, message",
    [
        (("cat", [["cat"]]), TypeError, "predictions is the string 'cat'; put it in a list"),
        (([], []), ValueError, "there are 0 predictions and 0 lists of answers; give one of each"),
        ((["cat"], [["cat"], []]), ValueError, "there are 1 predictions and 2 lists of answers"),
        ((["cat", None], [[], []]), TypeError, r'prediction\[1\] is None; give a string, "" for no answer'),
        ((["cat"], ["cat"]), TypeError, r"answers\[0\] is the string 'cat'; put it in a list: \['cat'\]"),
        ((["cat"], [None]), TypeError, r"answers\[0\] is None; give a list of strings"),
        ((["cat"], [{"text": ["cat"]}]), TypeError, r"answers\[0\] is {'text': \['cat'\]}; give a list of strings"),
        ((["cat"], [[None]]), TypeError, r"answers\[0\] is \[None\]; give a list of strings"),
        ((["cat"], [[]], [1.0, 2.0]), ValueError, r"margins are \(2,\); 1 predictions need \(1,\)"),
        ((["cat"], [[]], [math.nan]), ValueError, "a margin or a score is NaN"),
        ((["cat"], [[]], [math.inf]), ValueError, "no margin is finite"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(given_in, error, message):
    with pytest.raises(error, match=message):
        evaluate_spans(*given_in)
