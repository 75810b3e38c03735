"""A few examples of each class -> a classifier: a copy of the encoder under a fresh head, all of it trained."""

import copy
import gc
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.embeddings import encoder
from encoder_lab.few_shot.methods import sort_classes
from encoder_lab.few_shot.vectors import pool, read_rows
from encoder_lab.forward.batches import batches
from encoder_lab.grow.schedule import rate_at
from encoder_lab.progress import progress_bar
from encoder_lab.surroundings import give_memory_back, undisturbed
from encoder_lab.whole import whole_number

STEPS, EXAMPLES = 40, 8  # updates, and the examples each of them sees
ENCODER_RATE, HEAD_RATE = 2e-4, 1e-2  # AdamW's highest; the head starts from nothing and has far to go
WARM_UP = 0.1  # share of the steps over which the rates climb, before they fall to 0


class _Classifier(nn.Module):
    """An encoder, and a linear layer on the mean of its last hidden states: what the linear probe learns too."""

    def __init__(self, trained: nn.Module, classes: int) -> None:
        super().__init__()
        self.encoder = copy.deepcopy(trained).requires_grad_(True)
        kind = {"device": trained.device, "dtype": trained.dtype}
        self.head = nn.utils.skip_init(nn.Linear, trained.config.hidden_size, classes, **kind)  # draws nothing
        nn.init.zeros_(self.head.weight)  # so that at first no class is preferred
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Give each text (B, T) its logits, (B, C)."""
        hidden = self.encoder(ids, attention_mask=mask).last_hidden_state  # (B, T, D)
        return self.head(pool(hidden, mask, "mean"))


@undisturbed(gradients=True)
def fine_tune(
    checkpoint: Checkpoint,
    texts: Sequence[str],
    labels: Sequence[str] | Sequence[int],
    seed: int = 0,
    steps: int = STEPS,
    step_done: Callable[[float], object] | None = None,
) -> Callable[[Sequence[str]], np.ndarray]:
    """Train a copy of the checkpoint's encoder, and a fresh head on it, on a few examples.

    Nothing but the order of the examples is drawn: the head starts at 0 and dropout is off, which costs so short a
    training nothing.

    Args:
        checkpoint: of any task; its encoder is copied, never changed, its head is not used.
        texts: N examples.
        labels: (N,) their classes, as names or as whole numbers.
        seed: the order of the examples depends on it alone.
        steps: updates, 1 or more, each on `EXAMPLES` of the examples.
        step_done: told each step's loss; None for a progress bar.

    Returns:
        A function from M texts to their classes (M,), as given.

    Raises:
        TypeError, ValueError: see `tokenize`; the labels do not fit the texts or name one class only; `steps` is not
            a whole number, or below 1; the model is of fewer than 32 bits.

    Source: Devlin et al. 2019, section 4.1 (arXiv:1810.04805), with the mean of the tokens for the first.
    """
    steps = whole_number("steps", steps, least=1)
    checkpoint.check_precision("fine_tune")
    rows = read_rows(checkpoint, texts)
    classes, numbers = sort_classes(labels, len(rows))
    targets = torch.from_numpy(numbers).to(checkpoint.model.device)
    model = _Classifier(encoder(checkpoint.model), len(classes)).eval()
    parts = [(model.encoder, ENCODER_RATE), (model.head, HEAD_RATE)]
    groups = [{"params": part.parameters(), "lr": rate} for part, rate in parts]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    rates = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate_at(step, steps, WARM_UP * steps, decay=1))
    quiet = step_done is not None  # the caller shows how far it is
    draw = np.random.default_rng(seed)
    waiting: list[int] = []
    with progress_bar(steps, "fine-tuning", "steps", shown=not quiet) as bar:
        for _ in range(steps):
            while len(waiting) < min(EXAMPLES, len(rows)):
                waiting += draw.permutation(len(rows)).tolist()  # every example once before any comes again
            chosen, waiting = waiting[:EXAMPLES], waiting[EXAMPLES:]
            loss = 0.0
            for places, ids, mask, _ in batches(checkpoint, [rows[i] for i in chosen], "texts", quiet=True):
                target = targets[[chosen[place] for place in places]]
                part = nn.functional.cross_entropy(model(ids, mask), target, reduction="sum") / len(chosen)
                part.backward()  # long texts come in several batches, whose gradients add up
                loss += part.item()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
            rates.step()
            bar.update()
            if step_done is not None:
                step_done(loss)
    model.requires_grad_(False)
    del optimiser, groups, rates
    gc.collect()  # the optimiser and its rates hold one another
    give_memory_back()

    @undisturbed()
    def classify(queries: Sequence[str]) -> np.ndarray:
        """Give each text its class."""
        asked = read_rows(checkpoint, queries)
        found = np.empty(len(asked), dtype=int)
        for places, ids, mask, _ in batches(checkpoint, asked, "texts", quiet):
            found[places] = model(ids, mask).argmax(dim=-1).cpu()
        return classes[found]

    return classify
