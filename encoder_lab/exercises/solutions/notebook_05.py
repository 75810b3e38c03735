"""Reference answers of notebook 05."""

from torch import Tensor, nn


def head_by_hand(states: Tensor, dense: nn.Linear, out_proj: nn.Linear) -> Tensor:
    """The first token's vector, two layers, and tanh between them."""
    activated = (dense.weight @ states[0, 0] + dense.bias).tanh()  # (D,)
    return out_proj.weight @ activated + out_proj.bias  # (C,)


def softmax_from_sigmoid(by_sigmoid: Tensor) -> Tensor:
    """Odds are e to the power of the logit; softmax shares them out."""
    odds = by_sigmoid / (1 - by_sigmoid)
    return odds / odds.sum()


def scores_by_hand() -> tuple[float, float, float]:
    """Six predicted, five in truth, four of them both."""
    precision, recall = 4 / 6, 4 / 5
    return precision, recall, 2 * precision * recall / (precision + recall)


def best_threshold(of_curiosity: Tensor, has_curiosity: Tensor) -> float:
    """Predict the one, two, three … highest and see which gives the most."""
    found = {}
    for count in range(1, len(of_curiosity) + 1):  # they are sorted
        hits = has_curiosity[:count].sum().item()
        found[of_curiosity[count - 1].item()] = 2 * hits / (count + has_curiosity.sum().item())
    return max(found, key=found.get)
