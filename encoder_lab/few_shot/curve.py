"""The learning curve: how accuracy grows with the number of examples, and how far it depends on which they are."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.few_shot.fine_tuning import STEPS, fine_tune
from encoder_lab.few_shot.methods import draw_examples, linear_probe, nearest_centroid, sort_classes
from encoder_lab.few_shot.vectors import sentence_vectors
from encoder_lab.progress import progress_bar
from encoder_lab.records import Record
from encoder_lab.records.record import table
from encoder_lab.samples import FOLDER
from encoder_lab.tokens import check_texts

FROZEN = {"nearest centroid": nearest_centroid, "linear probe": linear_probe}
METHODS = (*FROZEN, "fine-tuning")
FULL = FOLDER / "learning_curve.json"  # what `python -m encoder_lab.few_shot` writes


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class LearningCurve(Record):
    """How accurate each method is with k examples a class. Axis K: numbers of examples tried."""

    examples: tuple[int, ...]  # (K,) k, examples of each class, rising
    seeds: tuple[int, ...]  # each draws its own examples; with one seed all methods have the same
    accuracy: dict[str, np.ndarray]  # method -> (K, seeds), 0 to 1
    zero_shot: float | None  # accuracy at k = 0, with the classes' names alone, 0 to 1; None if not measured

    def to_json(self) -> str:
        """Write the curve as JSON."""
        accuracy = {name: values.round(4).tolist() for name, values in self.accuracy.items()}
        fields = {"examples": self.examples, "seeds": self.seeds, "accuracy": accuracy, "zero_shot": self.zero_shot}
        return json.dumps(fields, indent=1, default=int) + "\n"  # numbers of NumPy's kind too

    @classmethod
    def from_json(cls, text: str) -> "LearningCurve":
        """Read a curve that `to_json` wrote."""
        fields = json.loads(text)
        accuracy = {name: np.array(values) for name, values in fields["accuracy"].items()}
        return cls(tuple(fields["examples"]), tuple(fields["seeds"]), accuracy, fields["zero_shot"])

    def _text(self) -> str:
        lines = [f"LearningCurve: mean accuracy (lowest–highest of {len(self.seeds)} seeds)"]
        if self.zero_shot is not None:
            lines.append(f"  {'zero-shot':16}  k=0: {self.zero_shot:.2f}")
        for name, cells in self._cells().items():
            lines.append(f"  {name:16}  " + "  ".join(f"k={k}: {c}" for k, c in zip(self.examples, cells, strict=True)))
        return "\n".join(lines)

    def _rich(self) -> str:
        rows = [] if self.zero_shot is None else [["zero-shot", f"{self.zero_shot:.2f}", *[""] * len(self.examples)]]
        rows += [[name, "", *cells] for name, cells in self._cells().items()]
        return table(["method", "k = 0", *(f"k = {k}" for k in self.examples)], rows)

    def _cells(self) -> dict[str, list[str]]:
        """Write each method's mean at each k, and between which seeds it lies."""
        return {
            name: [f"{row.mean():.2f} ({row.min():.2f}–{row.max():.2f})" for row in values]
            for name, values in self.accuracy.items()
        }


def learning_curve(
    checkpoint: Checkpoint,
    pool_texts: Sequence[str],
    pool_labels: Sequence[str] | Sequence[int],
    test_texts: Sequence[str],
    test_labels: Sequence[str] | Sequence[int],
    examples: Iterable[int] = (2, 8, 32),
    seeds: Iterable[int] = (0, 1, 2),
    methods: Sequence[str] = METHODS,
    zero_shot: float | None = None,
) -> LearningCurve:
    """Measure how accurate each method is with k examples a class, drawn anew with each seed.

    Args:
        checkpoint: whose encoder is used.
        pool_texts: texts that the examples are drawn from.
        pool_labels: their classes, as names or as whole numbers.
        test_texts: texts that accuracy is measured on; none of them is in the pool.
        test_labels: their classes, among the pool's.
        examples: each k to try, 1 or more.
        seeds: each seed to try.
        methods: which of `METHODS`.
        zero_shot: accuracy on the same test texts with k = 0, 0 to 1, if it was measured; it is only put in the record.

    Returns:
        The accuracies.

    Raises:
        TypeError, ValueError: see `tokenize` and `draw_examples`; nothing to try, an unknown method, a test text that
            is in the pool or has a class that the pool does not have, `zero_shot` outside 0 to 1.
    """
    for name, given in (("examples", examples), ("seeds", seeds)):
        if isinstance(given, int):
            raise TypeError(f"{name} is {given}; give a list, such as [{given}]")
    examples, seeds = tuple(sorted(set(examples))), tuple(dict.fromkeys(seeds))
    _check(examples, seeds, methods, zero_shot)
    pool_texts, test_texts = check_texts(pool_texts), check_texts(test_texts)
    pool_labels, test_labels = np.asarray(pool_labels), np.asarray(test_labels)
    _check_test(pool_texts, pool_labels, test_texts, test_labels)
    drawn = {(k, seed): draw_examples(pool_labels, k, seed) for k in examples for seed in seeds}
    work = len(drawn) * sum(STEPS if name == "fine-tuning" else 1 for name in methods)
    accuracy = {name: np.zeros((len(examples), len(seeds))) for name in methods}
    vectors, queries = (sentence_vectors(checkpoint, texts) for texts in (pool_texts, test_texts))
    with progress_bar(work, "learning", "steps") as bar:
        for (k, seed), chosen in drawn.items():
            for name in methods:
                if name == "fine-tuning":
                    texts = [pool_texts[place] for place in chosen]
                    tuned = fine_tune(checkpoint, texts, pool_labels[chosen], seed, step_done=lambda _: bar.update())
                    found = tuned(test_texts)
                    del tuned  # its model is out of the way before the next one is made
                else:
                    found = FROZEN[name](vectors[chosen], pool_labels[chosen], queries)
                    bar.update()
                accuracy[name][examples.index(k), seeds.index(seed)] = np.mean(found == test_labels)
    return LearningCurve(examples, seeds, accuracy, zero_shot)


def full_learning_curve() -> LearningCurve:
    """Read the full curve on the topic sample that `python -m encoder_lab.few_shot` measured."""
    return LearningCurve.from_json(FULL.read_text(encoding="utf-8"))


def _check(examples: tuple[int, ...], seeds: tuple[int, ...], methods: Sequence[str], zero_shot: float | None) -> None:
    """Refuse a curve with nothing on it, or with what is no accuracy."""
    for name, given in (("examples", examples), ("seeds", seeds), ("methods", methods)):
        if not given:
            raise ValueError(f"{name} are empty; give at least one")
    if isinstance(methods, str) or (unknown := [name for name in methods if name not in METHODS]):
        wrong = methods if isinstance(methods, str) else unknown[0]
        raise ValueError(f"methods has {wrong!r}; it must be a list of some of {', '.join(METHODS)}")
    if zero_shot is not None and not 0 <= zero_shot <= 1:
        raise ValueError(f"zero_shot is {zero_shot}; an accuracy is 0 to 1")


def _check_test(pool_texts: list[str], pool_labels: np.ndarray, test_texts: list[str], test_labels: np.ndarray) -> None:
    """Refuse test texts that the methods could learn by heart, or whose class they could never name."""
    if both := set(pool_texts) & set(test_texts):
        raise ValueError(f"{min(both)!r} is a test text and in the pool; take it out of one, or accuracy means nothing")
    classes, _ = sort_classes(pool_labels, len(pool_texts))
    if test_labels.shape != (len(test_texts),):
        raise ValueError(f"test_labels are {test_labels.shape}; {len(test_texts)} test texts need one each")
    if unknown := set(test_labels.tolist()) - set(classes.tolist()):
        raise ValueError(f"test_labels have {min(unknown)!r}, which is no class of the pool: {classes.tolist()}")
