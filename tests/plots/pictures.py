"""Every picture from its labels alone, with made-up numbers, and ways to measure what was drawn."""

import io

import numpy as np
import pytest
from matplotlib.text import Text

from encoder_lab import plots

ODD = [
    "$x^2$", r"$\frac{$", "a$b", r"\$", "😀👩‍🔬", "北京", "한국어", "กำลัง", "क्षि",
    "שלום", "", " ", "\x00", "a\nb\tc", "\ud800", "<b>&",
    "x_1", "{}%s", "Donaudampfschifffahrtsgesellschaftskapitän", "##ing", "·world",
]  # fmt: skip


def words(size: int) -> list[str]:
    """Words as long as English ones, now and then a very long one."""
    return ["internationalization"[: 20 if place % 13 == 3 else 1 + 7 * place % 9] for place in range(size)]


def attention(*shape: int) -> np.ndarray:
    """Weights as heads have them: a band beside the diagonal, much on the first token, rows that sum to 1."""
    rows, columns = shape[-2:]
    if not rows:
        return np.zeros(shape)
    scores = np.random.default_rng(0).normal(size=shape) - np.abs(np.arange(rows)[:, None] - np.arange(columns)) / 3
    scores[..., 0] += 2
    weights = np.exp(scores)
    return weights / weights.sum(axis=-1, keepdims=True)


def distribution(size: int, depth: int = 5) -> np.ndarray:
    """Ranked probabilities of `depth` answers at each position, most positions sure of theirs."""
    noise = np.random.default_rng(1)
    sure = np.where(noise.random(size) < 0.6, noise.uniform(0.9, 1, size), noise.uniform(0.2, 0.8, size))
    rest = noise.dirichlet(np.full(2 * depth, 0.5), size) * (1 - sure)[:, None]
    return np.sort(np.column_stack([sure, rest]))[:, ::-1][:, :depth]


def draw_parts(tokens, **more):
    word, position, segment = np.random.default_rng(2).normal(0, 0.05, (3, len(tokens), 24))
    total = word + position + segment
    return plots.embedding_parts(tokens, word, position, segment, total, 20 * total, **more)[0]


def similarities(size: int) -> np.ndarray:
    vectors = np.random.default_rng(3).normal(0.3, 1, (size, 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors @ vectors.T


def span_probabilities(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start and end probabilities that favour a few tokens, and the grid of spans of at most 15 tokens."""
    start, end = np.random.default_rng(6).dirichlet(np.full(size, 0.3), 2) if size else np.zeros((2, 0))
    return start, end, np.tril(np.triu(np.outer(start, end)), 14)


DRAW = {  # each picture from its labels alone
    "attention_map": lambda t: plots.attention_map(attention(len(t), len(t)), t),
    "head_grid": lambda t: plots.head_grid(attention(12, len(t), len(t)), t)[8],
    "probability_bars": lambda t: plots.probability_bars(t, np.linspace(1, 0, len(t)) ** 9),
    "position_distribution": lambda t: plots.position_distribution(
        t, [[token, *t[:1] * 4] for token in t], distribution(len(t)), [2][: len(t) - 1]
    ),
    "embedding_parts": draw_parts,
    "embedding_norms": lambda t: plots.embedding_norms(t, {"word": np.arange(len(t)), "sum": np.ones(len(t))}),
    "layer_change": lambda t: plots.layer_change(t, np.random.default_rng(4).random((6, len(t)))),
    "similarity_map": lambda t: plots.similarity_map(t, similarities(len(t))),
    "start_end_logits": lambda t: plots.start_end_logits(t, *np.random.default_rng(7).normal(-3, 4, (2, len(t)))),
    "start_end_probabilities": lambda t: plots.start_end_probabilities(t, *span_probabilities(len(t))[:2]),
    "span_grid": lambda t: plots.span_grid(
        t, span_probabilities(len(t))[2], spans=[(0, 0), (2, 3), (2, 4)][: (len(t) + 1) // 2], max_answer_len=15
    ),
    "patch_map": lambda t: plots.patch_map(t, np.random.default_rng(9).normal(0, 1, (7, len(t)))),
    "counterfactual_distance": lambda t: plots.counterfactual_distance(
        t, np.random.default_rng(10).random((7, len(t)))
    ),
    "attribution": lambda t: plots.attribution(
        t, {name: np.random.default_rng(11).normal(0, 1, len(t)) for name in ("from masks", "from zeros")}
    )[0],
    "null_margins": lambda t: plots.null_margins(np.random.default_rng(8).normal(0, 5, max(1, len(t))), labels=t),
}
every_picture = pytest.mark.parametrize("name", DRAW)


def drawn_labels(axis) -> list:
    return [label for label in axis.get_majorticklabels() if label.get_visible() and label.get_text()]


def overlaps(artists) -> list[tuple[str, str]]:
    boxes = [(artist.get_text(), Text.get_window_extent(artist)) for artist in artists]  # without the line to a cell
    return [
        (text, other)
        for place, (text, box) in enumerate(boxes)
        for other, beside in boxes[place + 1 :]
        if min(box.x1, beside.x1) - max(box.x0, beside.x0) > 0.5
        and min(box.y1, beside.y1) - max(box.y0, beside.y0) > 0.5
    ]


def png(figure) -> bytes:
    """The picture as a notebook saves it."""
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return file.getvalue()


TWO = ["a", "b"]
EYE = np.eye(2)
