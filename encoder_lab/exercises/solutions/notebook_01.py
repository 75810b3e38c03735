"""Reference answers of notebook 01."""

from torch import Tensor


def wordpiece(word: str, vocabulary: set[str]) -> list[str]:
    """From each place, the longest piece that fits."""
    pieces, start = [], 0
    while start < len(word):
        front = "##" if start else ""
        fitting = [end for end in range(len(word), start, -1) if front + word[start:end] in vocabulary]
        if not fitting:
            return ["[UNK]"]
        pieces.append(front + word[start : fitting[0]])
        start = fitting[0]
    return pieces


def character_stretch(spans: Tensor, first: int, last: int) -> tuple[int, int]:
    """The first token's start, the last token's end."""
    return int(spans[first, 0]), int(spans[last, 1])


def position_ids(mask: Tensor, padding_id: int) -> Tensor:
    """Count the real tokens, set the padding back to 0, then shift."""
    return mask.cumsum(dim=1) * mask + padding_id


def embedding_by_hand(
    word: Tensor, position: Tensor, segment: Tensor, weight: Tensor, bias: Tensor, eps: float
) -> Tensor:
    """Sum, then LayerNorm."""
    total = word + position + segment
    centred = total - total.mean()
    variance = (centred**2).mean()
    return centred / (variance + eps).sqrt() * weight + bias
