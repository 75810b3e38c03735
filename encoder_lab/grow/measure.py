"""How wrong a head is, and how often right: on a batch, and on all examples; a frozen base is read once."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.batches import batches
from encoder_lab.forward.model import last_hidden
from encoder_lab.grow.batches import BATCH_TOKENS, plan_batches
from encoder_lab.grow.head import Examples, refuse_other_heads
from encoder_lab.heads import sequence_head, span_head
from encoder_lab.surroundings import give_memory_back, undisturbed
from encoder_lab.tokens import pad


def score(
    checkpoint: Checkpoint, examples: Examples, numbers: Sequence[int], states: list[Tensor] | None = None
) -> tuple[Tensor, Tensor]:
    """Run a batch and compare with the right choices.

    Args:
        checkpoint: with the head that is measured.
        examples: N of them.
        numbers: (B,) which of them make the batch.
        states: (N) hidden states, (T, D) each, that were worked out already; None to run the base.

    Returns:
        (cross-entropy of each, the mean over its choices (B,), whether all its choices are right (B,)).
    """
    refuse_other_heads(checkpoint)
    model = checkpoint.model
    ids, mask = pad([examples.rows[number] for number in numbers], checkpoint.tokenizer.pad_token_id)  # (B, T)
    segments = pad([examples.segments[number] for number in numbers])[0] if examples.segments else torch.zeros_like(ids)
    ids, mask, segments = (each.to(model.device) for each in (ids, mask, segments))
    if states is None:
        hidden = last_hidden(model, ids, mask, segments)  # (B, T, D)
    else:
        hidden = pad([states[number] for number in numbers])[0]  # (B, T, D)
    logits = _choose(hidden, ids, mask, checkpoint)  # (B, K, C or T)
    targets = examples.targets[list(numbers)].to(model.device)  # (B, K)
    losses = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")  # (B * K,)
    return losses.view(targets.shape).mean(dim=1), (logits.argmax(dim=-1) == targets).all(dim=1)


@undisturbed()
def read_once(checkpoint: Checkpoint, examples: Examples) -> list[Tensor]:
    """Work out the base's last hidden states, (T, D) for each example: a frozen base gives the same ones each time."""
    found: list[Tensor] = [torch.empty(0)] * len(examples)
    rows = [torch.tensor(row) for row in examples.rows]
    segments = examples.segments and [torch.tensor(row) for row in examples.segments]
    for numbers, *read in batches(checkpoint, rows, "texts", quiet=True, segments=segments):
        hidden = last_hidden(checkpoint.model, *read)  # (B, T, D)
        for number, states in zip(numbers, hidden, strict=True):
            found[number] = states[: len(rows[number])].clone()
    return found


@undisturbed()
def evaluate(checkpoint: Checkpoint, examples: Examples, states: list[Tensor] | None = None) -> tuple[float, float]:
    """Measure a head: (mean loss in nats, accuracy from 0 to 1); see `score`."""
    plan = plan_batches([len(row) for row in examples.rows], 2 * BATCH_TOKENS, seed=0)
    losses, hits = zip(*(score(checkpoint, examples, numbers, states) for numbers in plan), strict=True)
    give_memory_back()
    return torch.cat(losses).mean().item(), torch.cat(hits).double().mean().item()


def _choose(hidden: Tensor, ids: Tensor, mask: Tensor, checkpoint: Checkpoint) -> Tensor:
    """Run the head: a label is one choice among C names, a span two choices among the T tokens.

    Args:
        hidden: (B, T, D) the base's last hidden states.
        ids: (B, T) token ids.
        mask: (B, T) 1 for a real token, 0 for padding.
        checkpoint: for text classification or question answering.

    Returns:
        Logits (B, 1, C) or (B, 2, T); padding has the dtype's lowest number, so it is never chosen.
    """
    if checkpoint.task == "text-classification":
        return sequence_head(hidden, checkpoint.model, ids, mask).logits[:, None]
    head = span_head(hidden, checkpoint.model)
    logits = torch.stack([head.start, head.end], dim=1)  # (B, 2, T)
    return logits.masked_fill(mask[:, None] == 0, torch.finfo(logits.dtype).min)
