"""One training loop for every recipe: AdamW, warm-up, a constant rate, a linear decay; seeded and resumable."""

import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm.auto import tqdm

from encoder_lab.grow.schedule import rate_at


def train(
    model: nn.Module,
    loss_at: Callable[[int], Tensor],
    *,
    steps: int,
    rate: float,
    folder: Path,
    warmup: int = 200,
    decay: float = 0.3,
    save_every: int = 500,
) -> None:
    """Train `model` in place, going on from `folder` if an earlier run was cut off there.

    Args:
        model: in any mode; it is put into training mode.
        loss_at: step -> scalar loss. It must depend on the step alone (draw from a generator seeded by the
            step), so that a resumed run sees the same batches as an unbroken one.
        steps: how many updates in all.
        rate: AdamW's highest learning rate.
        folder: where progress is kept: weights and optimiser state as safetensors, the step and losses as JSON.
        warmup: steps over which the rate climbs.
        decay: 0 to 1, the share of steps over which it falls; see `rate_at`.
        save_every: steps between two saves.
    """
    folder.mkdir(parents=True, exist_ok=True)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-6, fused=True)
    done, losses = _resume(model, optimiser, folder)
    model.train()

    bar = tqdm(range(done, steps), initial=done, total=steps, mininterval=5, desc=folder.name)
    for step in bar:
        for group in optimiser.param_groups:
            group["lr"] = rate * rate_at(step, steps, warmup, decay)
        loss = loss_at(step)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        losses.append(round(loss.item(), 4))
        bar.set_postfix(loss=f"{sum(losses[-100:]) / len(losses[-100:]):.3f}", refresh=False)
        if (step + 1) % save_every == 0 or step + 1 == steps:
            _save(model, optimiser, step + 1, losses, folder)
    model.eval()


def _save(model: nn.Module, optimiser: torch.optim.Optimizer, done: int, losses: list[float], folder: Path) -> None:
    """Write the state beside the old one, then switch over: a cut never leaves half a state behind."""
    moments = {}
    for name, parameter in model.named_parameters():
        state = optimiser.state[parameter]
        moments |= {f"{name}/first": state["exp_avg"], f"{name}/second": state["exp_avg_sq"]}
    weights = {name: value.detach().contiguous() for name, value in model.named_parameters()}
    save_file(weights, folder / f"{done}.weights.safetensors")
    save_file(moments, folder / f"{done}.moments.safetensors")
    new = folder / "progress.json.new"
    new.write_text(json.dumps({"done": done, "losses": losses}), encoding="utf-8")
    new.replace(folder / "progress.json")
    for old in folder.glob("*.safetensors"):
        if not old.name.startswith(f"{done}."):
            old.unlink()


def _resume(model: nn.Module, optimiser: torch.optim.Optimizer, folder: Path) -> tuple[int, list[float]]:
    """Put the last saved state into `model` and `optimiser`; returns the steps done and the losses so far."""
    if not (folder / "progress.json").is_file():
        return 0, []
    progress = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    done = progress["done"]
    weights = load_file(folder / f"{done}.weights.safetensors")
    moments = load_file(folder / f"{done}.moments.safetensors")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(weights[name])
            optimiser.state[parameter] = {
                "step": torch.tensor(float(done)),
                "exp_avg": moments[f"{name}/first"],
                "exp_avg_sq": moments[f"{name}/second"],
            }
    return done, progress["losses"]
