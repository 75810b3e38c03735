"""The loss of a classifier of whole texts, step by step; the recipes differ in their targets and how they compare."""

from collections.abc import Callable

import torch
from torch import Tensor
from transformers import PreTrainedModel

from encoder_lab.tokens import pad


def classifier_loss(
    model: PreTrainedModel,
    rows: list[list[int]],
    targets: Tensor,
    plan: list[list[int]],
    compare: Callable[[Tensor, Tensor], Tensor],
    seed: int,
) -> Callable[[int], Tensor]:
    """Make the function that `train` needs.

    Args:
        model: its output has `logits`, (B, C).
        rows: N rows of ids.
        targets: N rows, what each is drawn to: C values, or a label's number.
        plan: which rows each step reads.
        compare: (logits, targets) of a batch -> scalar, as `torch.nn.functional.cross_entropy`.
        seed: dropout depends on it and on the step alone, so that a resumed run is the unbroken one.

    Returns:
        Step -> loss; the model runs in bfloat16, the comparison in float32.
    """

    def loss_at(step: int) -> Tensor:
        ids, mask = pad([rows[i] for i in plan[step]], model.config.pad_token_id)
        torch.manual_seed(seed * 1_000_003 + step)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(ids, attention_mask=mask).logits
        return compare(logits.float(), targets[plan[step]])

    return loss_at
