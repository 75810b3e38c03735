"""The pictures of labels, which hold so many and no more: each from its labels alone, with made-up numbers."""

import numpy as np
import pytest
from matplotlib.text import Text

from encoder_lab import plots
from tests.plots.pictures import words


def logits(*shape: int) -> np.ndarray:
    return np.random.default_rng(6).normal(-1, 3, shape)


def probabilities(*shape: int) -> np.ndarray:
    """One by softmax for each row."""
    odds = np.exp(logits(*shape))
    return odds / odds.sum(axis=-1, keepdims=True)


def draw_scores(labels):
    size = len(labels)
    precision, recall = probabilities(size, 2).T
    precision[::5], recall[::5], recall[::7] = np.nan, 0, np.nan
    return plots.label_scores(labels, precision, recall, f1=np.sqrt(precision * recall), support=range(size))


def draw_before_and_after(labels):
    values = logits(len(labels))
    return plots.before_and_after(labels, values, 1 / (1 + np.exp(-values)), probabilities(len(labels)))[0]


def draw_co_occurrence(labels):
    shares = probabilities(len(labels), len(labels))
    shares[1:2] = np.nan
    return plots.co_occurrence(labels, shares)


def draw_map(names):
    classes = np.arange(4 * len(names)) % len(names)
    vectors = logits(len(classes), 7)
    return plots.vector_map(vectors, classes, names, centroids=vectors[: len(names)], queries=vectors[:2] / 2)


def draw_curve(names):
    return plots.learning_curve([0, 1, 2, 8], {name: probabilities(4, 3) for name in names}, zero_shot=0.5, chance=0.2)


LABELLED = {  # name -> the most labels it holds, and how to draw it from them
    "label_probabilities": (30, lambda t: plots.label_probabilities(
        t, probabilities(len(t)), thresholds=np.linspace(0, 1, len(t)), highlight=t[:2])),
    "before_and_after": (30, draw_before_and_after),
    "label_scores": (30, draw_scores),
    "co_occurrence": (30, draw_co_occurrence),
    "nli_table, premises": (6, lambda t: plots.nli_table(t, words(3), logits(len(t), 3, 3))),
    "nli_table, hypotheses": (6, lambda t: plots.nli_table(words(6), t, logits(6, len(t), 3))),
    "template_sensitivity, templates": (8, lambda t: plots.template_sensitivity(
        t, words(10), probabilities(len(t), 10))),
    "template_sensitivity, labels": (10, lambda t: plots.template_sensitivity(words(3), t, probabilities(3, len(t)))),
    "vector_map": (10, draw_map),
}  # fmt: skip
every_labelled_picture = pytest.mark.parametrize("name", LABELLED)


def all_texts(figure) -> list[Text]:
    """Everything written in a figure."""
    figure.canvas.draw()
    found = [figure._suptitle] if figure.get_suptitle() else []
    for ax in [each for top in figure.axes for each in (top, *top.child_axes)]:
        found += [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label]
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            found += [label for tick in ticks for label in (tick.label1, tick.label2)]
        if getattr(ax, "get_legend", lambda: None)():
            found += ax.get_legend().get_texts()
    return [text for text in found if text.get_text() and text.get_visible()]
