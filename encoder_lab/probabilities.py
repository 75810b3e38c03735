"""Logits -> ranked choices: the only softmax and sigmoid over answers."""

from torch import Tensor


def softmax(logits: Tensor, temperature: float = 1.0) -> Tensor:
    """Turn logits that exclude one another into probabilities.

    Args:
        logits: (…, C), no unit.
        temperature: above 0; below 1 sharpens the distribution, above 1 flattens it.

    Returns:
        (…, C), each row sums to 1.

    Raises:
        ValueError: the temperature is not above 0.

    Source: Hinton et al. 2015, eq. 1 (arXiv:1503.02531).
    """
    if not temperature > 0:
        raise ValueError(f"the temperature is {temperature}; it must be above 0 (1 leaves the logits as they are)")
    return (logits / temperature).softmax(dim=-1)


def sigmoid(logits: Tensor) -> Tensor:
    """Turn each logit into a probability of its own, 0 to 1, whatever the others are."""
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
    """
    if not isinstance(top_k, int) or isinstance(top_k, bool):
        raise TypeError(f"top_k must be a whole number; this is {top_k!r}")
    if not 1 <= top_k <= logits.shape[-1]:
        raise ValueError(f"top_k is {top_k}; it must be from 1 to {logits.shape[-1]}, the size of the vocabulary")
    probabilities = softmax(logits)
    if among is None:
        best = probabilities.topk(top_k)
        return best.indices, best.values
    among = among.to(logits.device)
    best = probabilities[:, among].topk(min(top_k, len(among)))
    return among[best.indices], best.values
