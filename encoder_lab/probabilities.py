"""Logits -> ranked choices and spans: the only softmax and sigmoid over answers."""

import torch
from torch import Tensor

from encoder_lab.whole import whole_number

NOT_ALLOWED = -10000.0  # the logit of a token that may not be part of an answer

COLDEST = 1e-6  # temperature; there the likeliest choice has all the probability already


def softmax(logits: Tensor, temperature: float = 1.0) -> Tensor:
    """Turn logits that exclude one another into probabilities.

    Args:
        logits: (…, C), no unit.
        temperature: above 0, and not below a millionth; below 1 sharpens the distribution, above 1 flattens it.

    Returns:
        (…, C), each row sums to 1.

    Raises:
        ValueError: the temperature is not above 0, or so near to it that quotients would pass all bounds.

    Source: Hinton et al. 2015, eq. 1 (arXiv:1503.02531).

    >>> import torch
    >>> from encoder_lab import softmax
    >>> softmax(torch.tensor([0.0, 0.0])).tolist()
    [0.5, 0.5]
    >>> softmax(torch.tensor([1.0, 0.0])), softmax(torch.tensor([1.0, 0.0]), temperature=0.5)
    (tensor([0.7311, 0.2689]), tensor([0.8808, 0.1192]))
    """
    if not temperature > 0:
        raise ValueError(f"the temperature is {temperature}; it must be above 0 (1 leaves the logits as they are)")
    if temperature < COLDEST:
        raise ValueError(f"the temperature is {temperature}; it must be {COLDEST} or more")
    return (logits / temperature).softmax(dim=-1)


def sigmoid(logits: Tensor) -> Tensor:
    """Turn each logit into a probability of its own, 0 to 1, whatever the others are.

    >>> import torch
    >>> from encoder_lab import sigmoid
    >>> sigmoid(torch.tensor([0.0, 1.0]))
    tensor([0.5000, 0.7311])
    """
    return logits.sigmoid()


def top_choices(logits: Tensor, top_k: int, among: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Rank the vocabulary at some positions.

    Args:
        logits: (N, V).
        top_k: how many to keep, 1 to V; at most as many as there are in `among`.
        among: (M,) token ids to choose from; None for the whole vocabulary. The probabilities stay those over
            the whole vocabulary.

    Returns:
        (token ids, probabilities), both (N, top_k), likeliest first.

    Raises:
        TypeError: `top_k` is not a whole number.
        ValueError: `top_k` is below 1 or above V.

    Source: `FillMaskPipeline.postprocess`.

    >>> import torch
    >>> from encoder_lab import top_choices
    >>> logits = torch.tensor([[0.0, 2.0, 1.0]])
    >>> top_choices(logits, 2)
    (tensor([[1, 2]]), tensor([[0.6652, 0.2447]]))
    >>> top_choices(logits, 1, among=torch.tensor([0, 2]))
    (tensor([[2]]), tensor([[0.2447]]))
    """
    if not 1 <= whole_number("top_k", top_k) <= logits.shape[-1]:
        raise ValueError(f"top_k is {top_k}; it must be from 1 to {logits.shape[-1]}, the size of the vocabulary")
    probabilities = softmax(logits)
    if among is None:
        best = probabilities.topk(top_k)
        return best.indices, best.values
    among = among.to(logits.device)
    best = probabilities[:, among].topk(min(top_k, len(among)))
    return among[best.indices], best.values


def span_probabilities(start: Tensor, end: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor]:
    """Turn each window's start and end logits into probabilities over the tokens that may take part.

    Args:
        start: (W, T) start logits.
        end: (W, T) end logits.
        allowed: (W, T) bool; True for the context's tokens and for the first token, which stands for no answer.

    Returns:
        (start, end) probabilities, both (W, T); each row sums to 1 and is 0 where a token is not allowed.

    Raises:
        TypeError: `allowed` is not bool.
        ValueError: the shapes differ, or a window has no token that is allowed.

    Source: Devlin et al. 2019, section 4.2 (arXiv:1810.04805); `select_starts_ends` in `transformers` 4.57.6.
    """
    _check_windows(start, end, allowed)
    if not bool(allowed.any(dim=1).all()):
        raise ValueError("a window has no token that is allowed; allow its first token, which stands for no answer")
    shut = ~allowed
    return softmax(start.masked_fill(shut, NOT_ALLOWED)), softmax(end.masked_fill(shut, NOT_ALLOWED))


def span_grid(start: Tensor, end: Tensor, max_answer_len: int) -> Tensor:
    """Give each span of one window its probability: that of its start times that of its end.

    Args:
        start: (T,) start probabilities.
        end: (T,) end probabilities.
        max_answer_len: how many tokens a span may have, 1 or more.

    Returns:
        (T, T), row = start, column = end; 0 where the end lies before the start, where the span is too long, and
        in the first row and column, because the first token stands for no answer.

    Raises:
        TypeError: `max_answer_len` is not a whole number.
        ValueError: the shapes do not fit, or `max_answer_len` is below 1.

    Source: Devlin et al. 2019, section 4.2; `decode_spans` in `transformers` 4.57.6.
    """
    if start.ndim != 1 or start.shape != end.shape:
        raise ValueError(f"start is {_shape(start)} and end is {_shape(end)}; one window needs (T,) twice")
    max_answer_len = whole_number("max_answer_len", max_answer_len, least=1)
    grid = torch.outer(start, end).triu().tril(max_answer_len - 1)  # (T, T)
    grid[0] = grid[:, 0] = 0
    return grid


def best_spans(grid: Tensor, top_k: int) -> tuple[Tensor, Tensor, Tensor]:
    """Rank the spans of one window.

    Args:
        grid: (T, T) the probability of each span, row = start, column = end.
        top_k: how many to keep, 1 or more.

    Returns:
        (start tokens, end tokens, probabilities), each (N,), likeliest first; of equals the earliest start comes
        first, then the earliest end. N is below `top_k` where fewer spans have a probability above 0.

    Raises:
        TypeError: `top_k` is not a whole number.
        ValueError: the grid is not (T, T), or `top_k` is below 1.

    Source: `decode_spans` in `transformers` 4.57.6.
    """
    if grid.ndim != 2 or grid.shape[0] != grid.shape[1]:
        raise ValueError(f"the grid is {_shape(grid)}; it must be (T, T), row = start, column = end")
    top_k = whole_number("top_k", top_k, least=1)
    starts, ends = (grid > 0).nonzero(as_tuple=True)  # by start, then by end: a stable sort keeps that among equals
    ranked, order = grid[starts, ends].sort(descending=True, stable=True)
    best = order[:top_k]
    return starts[best], ends[best], ranked[:top_k]


def decode_spans(
    start: Tensor, end: Tensor, spannable: Tensor, max_answer_len: int, top_k: int
) -> tuple[Tensor, Tensor, list[list[tuple[int, int, float]]]]:
    """Rank the spans of each window by the probability of their start times that of their end.

    Args:
        start: (W, T) start logits.
        end: (W, T) end logits.
        spannable: (W, T) bool; True for the context's tokens. The first token, which stands for no answer, has its
            share of the probability, and is part of no span.
        max_answer_len: how many tokens a span may have, 1 or more.
        top_k: how many spans to keep of each window, 1 or more.

    Returns:
        (start probabilities (W, T), end probabilities (W, T), the best spans of each window as (first token, last
        token, probability), likeliest first).

    Raises:
        TypeError, ValueError: see `span_probabilities`, `span_grid` and `best_spans`.

    Source: Devlin et al. 2019, sections 4.2 and 4.3; `QuestionAnsweringPipeline.postprocess` in `transformers` 4.57.6.
    """
    allowed = spannable.clone()
    allowed[:, 0] = True
    starts, ends = span_probabilities(start, end, allowed)
    best = [best_spans(span_grid(*window, max_answer_len), top_k) for window in zip(starts, ends, strict=True)]
    return starts, ends, [list(zip(*(each.tolist() for each in found), strict=True)) for found in best]


def null_margin(start: Tensor, end: Tensor, allowed: Tensor, max_answer_len: int) -> Tensor:
    """Say by how much each window's logits prefer no answer to the best span; below 0 they prefer the span.

    Args:
        start: (W, T) start logits.
        end: (W, T) end logits.
        allowed: (W, T) bool; True for the tokens a span may start and end at. The first token, which stands for no
            answer, is never part of a span.
        max_answer_len: how many tokens a span may have, 1 or more.

    Returns:
        (W,) no unit: the first token's start + end logit minus the largest start + end logit of a span; infinite
        where a window has no span.

    Raises:
        TypeError: `allowed` is not bool, or `max_answer_len` is not a whole number.
        ValueError: the shapes differ, or `max_answer_len` is below 1.

    Source: Devlin et al. 2019, section 4.3 (arXiv:1810.04805).
    """
    _check_windows(start, end, allowed)
    max_answer_len = whole_number("max_answer_len", max_answer_len, least=1)
    size = start.shape[1]
    shut = ~allowed
    shut[:, 0] = True
    starts, ends = start.masked_fill(shut, -torch.inf), end.masked_fill(shut, -torch.inf)
    best = torch.full_like(start[:, 0], -torch.inf)  # (W,)
    for further in range(min(max_answer_len, size)):  # a whole (W, T, T) grid would take 40 MB for 64 long windows
        spans = starts[:, : size - further] + ends[:, further:]  # (W, T - further) spans of further + 1 tokens
        best = best.maximum(spans.amax(dim=1))
    return start[:, 0] + end[:, 0] - best


def label_probabilities(logits: Tensor, entailment: int, contradiction: int, multi_label: bool) -> Tensor:
    """Turn the NLI logits of each text and label, as a rule three, into one probability a label.

    Args:
        logits: (B, C, N) what the NLI head says of each text with each label's hypothesis; N is 2 or more.
        entailment: which of the N stands for entailment, 0 to N - 1.
        contradiction: which of the N stands for contradiction, 0 to N - 1.
        multi_label: whether several labels may be true of one text.

    Returns:
        (B, C), 0 to 1. With several labels of which one is true: a softmax over the labels' entailment logits,
        each row sums to 1. With `multi_label`, or with only one label: entailment's share against contradiction,
        each label by itself.

    Raises:
        TypeError: an index is not a whole number.
        ValueError: the logits are not (B, C, N), an index is out of range, or the two are equal.

    Source: Yin et al. 2019 (arXiv:1909.00161); `ZeroShotClassificationPipeline.postprocess`.
    """
    if logits.ndim != 3 or logits.shape[2] < 2:
        raise ValueError(
            f"the logits are {_shape(logits)}; they must be (B, C, N), two or more for each text and label"
        )
    count = logits.shape[2]
    for name, index in (("entailment", entailment), ("contradiction", contradiction)):
        if not 0 <= whole_number(name, index) < count:
            raise ValueError(f"{name} is {index}; it must be from 0 to {count - 1}, a place among the NLI logits")
    if entailment == contradiction:
        raise ValueError(f"entailment and contradiction are both {entailment}; they must be two different places")
    if multi_label or logits.shape[1] == 1:
        return softmax(logits[..., [contradiction, entailment]])[..., 1]
    return softmax(logits[..., entailment])


def _check_windows(start: Tensor, end: Tensor, allowed: Tensor) -> None:
    """Refuse start logits, end logits and a mask of allowed tokens that are not (W, T) alike."""
    if start.ndim != 2 or not start.shape == end.shape == allowed.shape:
        shapes = f"start is {_shape(start)}, end is {_shape(end)} and allowed is {_shape(allowed)}"
        raise ValueError(f"{shapes}; all three must be (W, T)")
    if allowed.dtype != torch.bool:
        raise TypeError(f"allowed is {allowed.dtype}; it must be torch.bool, True where a token may take part")


def _shape(tensor: Tensor) -> str:
    """Write a shape as (2, 3)."""
    return str(tuple(tensor.shape))
