"""The loop that trains a head of one's own: AdamW with warm-up, early stop, the best weights kept, safe to stop."""

import copy
import gc
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from numbers import Real

import torch
from torch import Tensor, nn

from encoder_lab.checkpoints import Checkpoint, Thresholds
from encoder_lab.grow.batches import BATCH_TOKENS, plan_batches
from encoder_lab.grow.head import Examples, refuse_other_heads
from encoder_lab.grow.interrupts import noted_interrupts
from encoder_lab.grow.measure import evaluate, read_once, score
from encoder_lab.grow.schedule import rate_at
from encoder_lab.progress import progress_bar
from encoder_lab.surroundings import give_memory_back, undisturbed
from encoder_lab.whole import truth, whole_number

BASE_SHARE = 0.1  # of the head's rate: the base knows something already, and is moved with care
WARM_UP = 0.05  # share of all planned steps over which the rates climb
WEIGHT_DECAY = 0.01  # AdamW's pull of each weight towards 0


@dataclass(frozen=True, eq=False, slots=True)
class History:
    """What was measured, epoch by epoch; entry 0 is the fresh head. Axis E: entry 0 and the epochs done."""

    loss: dict[str, list[float]]  # "training", "validation" -> (E,) mean cross-entropy, nats; NaN: not measured
    accuracy: dict[str, list[float]]  # the same names -> (E,) share of examples with every choice right, 0 to 1
    best: int  # the epoch with the lowest validation loss


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Trained:
    """A trained head, and how it came to be."""

    checkpoint: Checkpoint  # as it was in the best epoch, its weights frozen again; fit for its task's journey
    history: History
    ended: str  # why the training ended

    def __repr__(self) -> str:
        losses, best = self.history.loss["validation"], self.history.best
        if not losses:
            return f"{self.ended}; nothing was measured yet, and the head is as it was given"
        accuracy = self.history.accuracy["validation"][best]
        return f"{self.ended}; kept epoch {best} (loss {losses[best]:.3f}, accuracy {accuracy:.3f})"


@undisturbed(gradients=True)
def train_head(
    checkpoint: Checkpoint,
    training: Examples,
    validation: Examples,
    frozen: bool = True,
    epochs: int = 20,
    rate: float = 1e-3,
    patience: int = 3,
    seed: int = 0,
    watch: Callable[[History], object] | None = None,
) -> Trained:
    """Train a copy of a head, and of the base under it unless that is frozen; give back the best epoch's weights.

    Ctrl-C, or the notebook's stop button, ends it after the step at hand, and the best so far is given back all the
    same. Dropout is off: only the head's first weights and the order of the examples are left to chance.

    Args:
        checkpoint: from `new_head` or `new_span_head`; it is copied, never changed.
        training: what to learn from.
        validation: other examples, which say when to stop and which epoch was the best. The same ones are taken too,
            to see how well a head can learn by heart; the figures then say nothing of new texts.
        frozen: whether the base stays as it is. Then its hidden states are worked out once, and not once an epoch.
        epochs: how often each example is seen at most, 1 or more.
        rate: AdamW's highest learning rate for the head, above 0 and at most 1; the base has a tenth of it.
        patience: epochs in a row without a lower validation loss after which it stops, 1 or more.
        seed: the order of the examples depends on it alone.
        watch: told what was measured, before the first epoch and after each.

    Returns:
        The best epoch's checkpoint, and the history.

    Raises:
        TypeError: a number is of another kind.
        ValueError: a number is out of range; the model is of fewer than 32 bits; the examples are of one class only,
            or made for another head.

    Source: Loshchilov and Hutter 2019 (arXiv:1711.05101) for AdamW; Devlin et al. 2019, section 4.1.
    """
    frozen = truth("frozen", frozen)
    _check(checkpoint, training, validation, {"epochs": epochs, "patience": patience}, rate)
    work = _copy(checkpoint, frozen)
    optimiser = torch.optim.AdamW(_make_trainable(work, frozen, rate), weight_decay=WEIGHT_DECAY)
    lengths = [len(row) for row in training.rows]
    plans = [plan_batches(lengths, BATCH_TOKENS, seed * 1_000_003 + epoch) for epoch in range(epochs)]
    steps = sum(map(len, plans))
    warmup = round(WARM_UP * steps)
    rates = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate_at(step, steps, warmup, decay=0))
    so_far = Trained(checkpoint, History({"training": [], "validation": []}, {"training": [], "validation": []}, 0), "")
    with noted_interrupts() as asked, progress_bar(steps, "training", "steps") as bar:

        def step_done() -> None:
            bar.update()
            if asked:
                raise KeyboardInterrupt

        try:
            known, held_out = (read_once(work, each) if frozen else None for each in (training, validation))
            ended = f"all {epochs} epochs are done"
            for epoch in range(epochs + 1):
                learned = (math.nan, math.nan)
                if epoch:
                    learned = one_epoch(work, training, known, plans[epoch - 1], optimiser, rates, step_done)
                history = _longer(so_far.history, learned, evaluate(work, validation, held_out))
                better = history.best == epoch
                so_far = Trained(_copy(work, frozen) if better else so_far.checkpoint, history, "")  # all at once
                if watch is not None:
                    watch(history)
                if not math.isfinite(history.loss["validation"][-1]):
                    ended = f"stopped in epoch {epoch}, where the loss is no number any more (a lower rate helps)"
                    break
                if patience_is_over(history.loss["validation"], patience):
                    ended = f"stopped early: no lower validation loss for {patience} epochs"
                    break
        except KeyboardInterrupt:
            ended = f"stopped by hand after {max(0, len(so_far.history.loss['validation']) - 1)} whole epochs"
            print(replace(so_far, ended=ended))
        del work, optimiser, rates
        gc.collect()  # the last two hold one another
        give_memory_back()
        return replace(so_far, ended=ended)  # still inside: an interrupt now would lose it


def best_epoch(losses: Sequence[float]) -> int:
    """Say which epoch had the lowest loss, the first of equals; what is no number is never the lowest."""
    return min(range(len(losses)), key=lambda epoch: math.inf if math.isnan(losses[epoch]) else losses[epoch])


def patience_is_over(losses: Sequence[float], patience: int) -> bool:
    """Say whether `patience` epochs have passed since the one with the lowest loss."""
    return len(losses) - 1 - best_epoch(losses) >= patience


@undisturbed(gradients=True)
def one_epoch(
    work: Checkpoint,
    examples: Examples,
    states: list[Tensor] | None,
    plan: Sequence[list[int]],
    optimiser: torch.optim.Optimizer,
    rates: torch.optim.lr_scheduler.LRScheduler,
    step_done: Callable[[], object],
) -> tuple[float, float]:
    """Show every example once, in batches, and take a step after each.

    Args:
        work: the checkpoint whose model is changed.
        examples: what to learn from.
        states: the hidden states of each if the base is frozen; see `read_once`.
        plan: the examples' numbers, batch by batch.
        optimiser: of the weights that are to change.
        rates: sets its learning rates.
        step_done: called after each step.

    Returns:
        (mean loss, accuracy), each batch measured before its own step.
    """
    loss, right = 0.0, 0
    for numbers in plan:
        losses, hits = score(work, examples, numbers, states)  # (B,) each: how wrong, and whether right
        losses.mean().backward()  # how would each weight change that?
        nn.utils.clip_grad_norm_(work.model.parameters(), 1.0)  # one odd batch must not upset everything
        optimiser.step()  # change each a little, downhill
        optimiser.zero_grad()
        rates.step()
        loss, right = loss + losses.sum().item(), right + hits.sum().item()
        step_done()
    return loss / len(examples), right / len(examples)


def _copy(checkpoint: Checkpoint, frozen: bool) -> Checkpoint:
    """Copy the model, its weights frozen; a base that stays as it is is shared, not copied."""
    shared = {id(part): part for part in _parts_of_base(checkpoint.model)} if frozen else {}
    model = copy.deepcopy(checkpoint.model, shared)
    return replace(checkpoint, model=model.requires_grad_(False), thresholds=Thresholds())  # tuned for the old weights


def _parts_of_base(model: nn.Module) -> list[nn.Module]:
    """List the modules of a model's base; a pooler that lies in it belongs to the head."""
    return [part for name, part in model.base_model.named_children() if name != "pooler"]


def _make_trainable(work: Checkpoint, frozen: bool, rate: float) -> list[dict]:
    """Let the weights that are to change have gradients; returns them with their rates, as AdamW takes them."""
    of_base = {id(weight): weight for part in _parts_of_base(work.model) for weight in part.parameters()}
    groups = [{"params": [each for each in work.model.parameters() if id(each) not in of_base], "lr": rate}]
    if not frozen:
        groups.append({"params": list(of_base.values()), "lr": BASE_SHARE * rate})
    for group in groups:
        for weight in group["params"]:
            weight.requires_grad_(True)
    return groups


def _longer(history: History, learned: Sequence[float], measured: Sequence[float]) -> History:
    """Add an epoch's figures, and see which epoch is the best now; a loss without bounds is no number either."""
    learned, measured = ([x if math.isfinite(x) else math.nan for x in pair] for pair in (learned, measured))
    loss, accuracy = (
        {"training": [*known["training"], seen], "validation": [*known["validation"], new]}
        for known, seen, new in zip((history.loss, history.accuracy), learned, measured, strict=True)
    )
    return History(loss, accuracy, best_epoch(loss["validation"]))


def _check(
    checkpoint: Checkpoint, training: Examples, validation: Examples, counts: dict[str, int], rate: float
) -> None:
    """Refuse what cannot be trained, in one sentence."""
    for name, count in counts.items():
        whole_number(name, count, least=1)
    if not isinstance(rate, Real) or isinstance(rate, bool):
        raise TypeError(f"rate must be a number; this is {rate!r:.60}")
    if not 0 < rate <= 1:
        raise ValueError(f"rate is {rate}; it must be above 0 and at most 1, and 0.001 is usual for a head")
    refuse_other_heads(checkpoint)
    checkpoint.check_precision("train_head")
    choices = 1 if checkpoint.task == "text-classification" else 2
    for name, examples in (("training", training), ("validation", validation)):
        if not len(examples):
            raise ValueError(f"the {name} set is empty; give at least one example")
        if examples.targets.shape[1] != choices:
            raise ValueError(f"the {name} examples are not for {checkpoint.task}; make them with this checkpoint")
        largest, count = int(examples.targets.max()), checkpoint.model.config.num_labels
        if choices == 1 and largest >= count:
            raise ValueError(f"the {name} examples have label {largest}; this head has {count}, 0 to {count - 1}")
    if choices == 1 and len(training.targets.unique()) < 2:
        only = checkpoint.model.config.id2label[int(training.targets[0])]
        raise ValueError(f"the training set has only one class, {only!r}; telling apart needs at least two")
