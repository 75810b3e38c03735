"""Reference answers of notebook 03."""

import torch
from torch import Tensor

from encoder_lab import fill_mask


def tied_decoder(transformed: Tensor, word_table: Tensor, word_bias: Tensor) -> Tensor:
    """One dot product for each word, and its bias."""
    return transformed @ word_table.T + word_bias


def temperature(four_logits: Tensor) -> Tensor:
    """Divide, then softmax."""
    return (four_logits / 0.5).softmax(dim=-1)


def two_masks(ck, two_blanks: str) -> float:
    """Fill one mask, ask again."""
    first = fill_mask(ck, two_blanks).choices[0][0]
    second = fill_mask(ck, two_blanks.replace("[MASK]", first.string, 1)).choices[0][0]
    return first.probability * second.probability


def masked_loss(position_logits: Tensor, true_ids: Tensor, chosen: Tensor) -> float:
    """The mean surprise at the chosen positions."""
    probabilities = position_logits.softmax(dim=-1)  # (T, V)
    of_truth = probabilities[torch.arange(len(true_ids)), true_ids]  # (T,)
    return -of_truth[chosen].log().mean().item()
