"""A few examples of each class -> classes for new texts, on frozen vectors: nearest centroid and linear probe."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from encoder_lab.surroundings import undisturbed
from encoder_lab.whole import whole_number

WEAKNESS = 10.0  # of the probe's penalty on large weights: scikit-learn's C


def draw_examples(labels: Sequence[str] | Sequence[int], k: int, seed: int) -> np.ndarray:
    """Draw k examples of each class; with the same seed, a larger k adds to what a smaller one drew.

    Args:
        labels: (N,) the class of each example, as names or as whole numbers.
        k: how many of each class, 1 or more.
        seed: the draw depends on it and the labels alone.

    Returns:
        (C·k,) places in `labels`, class by class, classes in sorted order.

    Raises:
        TypeError: `labels` are neither names nor whole numbers, or k is not one.
        ValueError: k is below 1, there is only one class, or a class has fewer than k examples.
    """
    classes, numbers = sort_classes(labels, len(labels))
    k = whole_number("k", k)
    if k < 1:
        raise ValueError(f"k is {k}; it must be 1 or more examples of each class (k = 0 is zero-shot)")
    draw = np.random.default_rng(seed)
    chosen = []
    for number, name in enumerate(classes.tolist()):
        places = np.flatnonzero(numbers == number)
        if len(places) < k:
            raise ValueError(f"class {name!r} has {len(places)} examples, fewer than k = {k}; lower k or add examples")
        chosen.append(draw.permutation(places)[:k])  # all of them are shuffled, whatever k is
    return np.concatenate(chosen)


def centroids(vectors: Tensor, labels: Sequence[str] | Sequence[int]) -> Tensor:
    """Give each class the mean direction of its examples.

    Args:
        vectors: (N, D) the examples.
        labels: (N,) their classes, as names or as whole numbers.

    Returns:
        (C, D), classes in sorted order, each of length 1.

    Raises:
        TypeError: `labels` are neither names nor whole numbers.
        ValueError: there is only one class, the lengths differ, or a vector is not finite.

    Source: Snell et al. 2017, eq. 1 (arXiv:1703.05175), with cosine similarity for the Euclidean distance.
    """
    classes, numbers = sort_classes(labels, len(vectors))
    unit = _directions(vectors)
    means = torch.stack([unit[numbers == number].mean(dim=0) for number in range(len(classes))])
    return torch.nn.functional.normalize(means, dim=-1)


@undisturbed()
def nearest_centroid(vectors: Tensor, labels: Sequence[str] | Sequence[int], queries: Tensor) -> np.ndarray:
    """Classify each query as the class whose centroid it points towards most.

    Args:
        vectors: (N, D) the examples.
        labels: (N,) their classes, as names or as whole numbers.
        queries: (M, D).

    Returns:
        (M,) classes, as given.

    Raises:
        TypeError, ValueError: see `centroids`; the queries are of another width.
    """
    classes, _ = sort_classes(labels, len(vectors))
    cosines = _directions(queries, vectors.shape[-1]) @ centroids(vectors, labels).T  # (M, C)
    return classes[cosines.argmax(dim=-1).numpy()]


def linear_probe(vectors: Tensor, labels: Sequence[str] | Sequence[int], queries: Tensor) -> np.ndarray:
    """Train a linear classifier on frozen vectors, and classify the queries with it.

    Args:
        vectors: (N, D) the examples.
        labels: (N,) their classes, as names or as whole numbers.
        queries: (M, D).

    Returns:
        (M,) classes, as given.

    Raises:
        TypeError, ValueError: see `nearest_centroid`.

    Source: Alain and Bengio 2016 (arXiv:1610.01644); scikit-learn's `LogisticRegression`, on vectors of length 1.
    """
    from sklearn.linear_model import LogisticRegression  # here: it takes a second

    classes, numbers = sort_classes(labels, len(vectors))
    examples, asked = _directions(vectors), _directions(queries, vectors.shape[-1])
    probe = LogisticRegression(C=WEAKNESS, max_iter=1000).fit(examples.numpy(), numbers)
    return classes[probe.predict(asked.numpy())]


def sort_classes(labels: Sequence[str] | Sequence[int], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Number the classes there are.

    Args:
        labels: (N,) the class of each example, as names or as whole numbers.
        count: how many examples there are.

    Returns:
        (classes (C,) in sorted order, the place of each example's class among them (N,)).

    Raises:
        TypeError: `labels` are neither names nor whole numbers.
        ValueError: they are not one for each example, or there is only one class.
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iuU":
        raise TypeError(f"labels are {labels.dtype}; give each example the name of its class, or a whole number")
    if labels.shape != (count,):
        raise ValueError(f"labels are {labels.shape}; {count} examples need ({count},), one label each")
    classes, numbers = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"there is only one class, {classes.tolist()}; telling apart needs at least two")
    return classes, numbers


def _directions(vectors: Tensor, width: int | None = None) -> Tensor:
    """Scale vectors (N, D) to length 1; refuse what is not finite, or not as wide as asked."""
    if vectors.ndim != 2 or not len(vectors) or (width is not None and vectors.shape[1] != width):
        needed = "(N, D)" if width is None else f"(M, {width}), as wide as the examples'"
        raise ValueError(f"vectors are {tuple(vectors.shape)}; they must be {needed}")
    if not vectors.isfinite().all():
        raise ValueError("a vector has a number that is not finite; see where it comes from")
    return torch.nn.functional.normalize(vectors, dim=-1)
