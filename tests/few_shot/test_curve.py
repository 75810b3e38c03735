"""The learning curve: what each point is measured on, and what is refused."""

import sys
from functools import partial

import numpy as np
import pytest

from encoder_lab.few_shot import METHODS, LearningCurve, curve, draw_examples, fine_tune, learning_curve

POOL = [f"{start} {animal}{end}" for animal in ("cat", "dog") for start in ("the", "a", "hello") for end in ("", " !")]
POOL_LABELS = ["meow"] * 6 + ["woof"] * 6
TEST = ["a cat sat", "a dog sat", "say cat , cat", "say dog , dog"]
TEST_LABELS = ["meow", "woof", "meow", "woof"]


def measure(checkpoint, **given):
    arguments = {
        "pool_texts": POOL, "pool_labels": POOL_LABELS, "test_texts": TEST, "test_labels": TEST_LABELS,
        "examples": (2,), "seeds": (0,), "methods": ("nearest centroid",),
    } | given  # fmt: skip
    return learning_curve(checkpoint, **arguments)


def test_every_method_is_measured_for_every_k_and_seed(checkpoint, monkeypatch):
    monkeypatch.setattr(curve, "fine_tune", partial(fine_tune, steps=2))
    found = measure(checkpoint, examples=(4, 1, 4), seeds=(5, 3), methods=METHODS, zero_shot=0.5)
    assert (found.examples, found.seeds, found.zero_shot) == ((1, 4), (5, 3), 0.5)
    assert list(found.accuracy) == list(METHODS)
    for table in found.accuracy.values():
        assert table.shape == (2, 2) and (0 <= table).all() and (table <= 1).all()


def test_the_methods_get_the_same_drawn_examples_and_the_test_texts_alone_are_classified(checkpoint, monkeypatch):
    """Stand-ins note what they are given: where they stand in the curve, they answer with the truth or its opposite."""
    given = []

    def probe(vectors, labels, queries):
        given.append((vectors.tolist(), list(labels)))
        assert len(queries) == len(TEST)
        return np.array(TEST_LABELS if len(labels) == 4 else TEST_LABELS[::-1])

    def tune(checkpoint, texts, labels, seed, step_done):
        given.append((list(texts), list(labels), seed))
        return lambda queries: np.array(["meow"] * 4) if queries == TEST else None

    monkeypatch.setitem(curve.FROZEN, "linear probe", probe)
    monkeypatch.setattr(curve, "fine_tune", tune)
    found = measure(checkpoint, examples=(2, 3), seeds=(7, 8), methods=("linear probe", "fine-tuning"))
    assert found.accuracy["linear probe"].tolist() == [[1, 1], [0, 0]]
    assert found.accuracy["fine-tuning"].tolist() == [[0.5, 0.5], [0.5, 0.5]]
    vectors = curve.sentence_vectors(checkpoint, POOL)
    runs = [(k, seed) for k in (2, 3) for seed in (7, 8)]
    for (k, seed), frozen, tuned in zip(runs, given[0::2], given[1::2], strict=True):
        places = draw_examples(POOL_LABELS, k, seed)
        assert frozen == (vectors[places].tolist(), [POOL_LABELS[i] for i in places])
        assert tuned == ([POOL[i] for i in places], [POOL_LABELS[i] for i in places], seed)


def test_one_progress_bar_at_a_time(checkpoint, monkeypatch, capsys):
    monkeypatch.setattr(sys.modules["encoder_lab.forward.batches"], "SHOW_BAR", 0)
    measure(checkpoint, examples=(1,), methods=("fine-tuning",))
    first, *later = capsys.readouterr().err.split("learning:")
    assert "reading:" in first and later
    assert not any(bar in "".join(later) for bar in ("reading:", "fine-tuning:"))


def test_a_curve_is_written_and_read_again():
    table = np.array([[0.25, 0.5], [0.75, 1.0]])
    first = LearningCurve((1, 8), (0, 1), {"linear probe": table}, 0.625)
    again = LearningCurve.from_json(first.to_json())
    assert (again.examples, again.seeds, again.zero_shot) == ((1, 8), (0, 1), 0.625)
    assert np.array_equal(again.accuracy["linear probe"], table)
    assert repr(again).splitlines()[1:] == [
        "  zero-shot         k=0: 0.62",
        "  linear probe      k=1: 0.38 (0.25–0.50)  k=8: 0.88 (0.75–1.00)",
    ]
    assert "<td>linear probe</td><td></td><td>0.38 (0.25–0.50)</td>" in again._repr_html_()
    assert LearningCurve.from_json(LearningCurve((1,), (0,), {}, None).to_json()).zero_shot is None


@pytest.mark.parametrize(
    "given, error, message",
    [
        ({"examples": (2, 7)}, ValueError, "class 'meow' has 6 examples, fewer than k = 7; lower k or add examples"),
        ({"examples": (0, 2)}, ValueError, r"k is 0; it must be 1 or more .*\(k = 0 is zero-shot\)"),
        ({"examples": 8}, TypeError, r"examples is 8; give a list, such as \[8\]"),
        ({"examples": ()}, ValueError, "examples are empty; give at least one"),
        ({"seeds": ()}, ValueError, "seeds are empty"),
        ({"methods": ()}, ValueError, "methods are empty"),
        ({"methods": ["linear prob"]}, ValueError, "methods has 'linear prob'; it must be a list of some of nearest"),
        ({"methods": "fine-tuning"}, ValueError, "methods has 'fine-tuning'; it must be a list of some of nearest"),
        ({"zero_shot": 76.5}, ValueError, "zero_shot is 76.5; an accuracy is 0 to 1"),
        ({"test_texts": [*TEST[:3], POOL[2]]}, ValueError, "'a cat' is a test text and in the pool; take it out"),
        ({"test_labels": TEST_LABELS[:3]}, ValueError, r"test_labels are \(3,\); 4 test texts need one each"),
        ({"test_labels": ["meow", "woof", "meow", "bark"]}, ValueError, "have 'bark', which is no class of the pool"),
        ({"pool_labels": POOL_LABELS[1:]}, ValueError, r"labels are \(11,\); 12 examples need \(12,\), one label each"),
        ({"pool_labels": ["meow"] * 12}, ValueError, "there is only one class"),
        ({"pool_texts": [*POOL[:11], 5]}, TypeError, "text 11 of the list must be a string; this is an int"),
        ({"test_texts": [*TEST[:3], ""]}, ValueError, "text 3 of the list is empty"),
    ],
)
def test_bad_input(checkpoint, given, error, message):
    with pytest.raises(error, match=message):
        measure(checkpoint, **given)
