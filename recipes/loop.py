"""One training loop for every recipe: AdamW, warm-up, a constant rate, a linear decay; seeded and resumable."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.schedule import rate_at
from encoder_lab.progress import progress_bar

TIMED = range(15, 55)  # the steps by whose time a run that has so many seconds says how many fit


def half(device: torch.device) -> torch.autocast:
    """Compute in bfloat16 on a GPU, in float32 on a CPU: most have no arithmetic for it and are slower with it."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")


def plan_steps(sizes: list[int], tokens: int, seed: int, steps: int) -> list[list[int]]:
    """Order the batches of so many steps, reading after reading, each in an order of its own; see `plan_batches`."""
    plan: list[list[int]] = []
    reading = 0
    while len(plan) < steps:
        plan += plan_batches(sizes, tokens, seed + reading)
        reading += 1
    return plan[:steps]


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
    seconds: float | None = None,
) -> None:
    """Train `model` in place, going on from `folder` if an earlier run was cut off there.

    Args:
        model: in any mode; it is put into training mode, and into evaluation mode afterwards.
        loss_at: step -> scalar loss. It must depend on the step alone (draw from a generator seeded by the
            step), so that a resumed run sees the same batches as an unbroken one.
        steps: how many updates in all.
        rate: AdamW's highest learning rate.
        folder: where progress is kept: weights and optimiser state as safetensors, the step and losses as JSON.
        warmup: steps over which the rate climbs.
        decay: 0 to 1, the share of steps over which it falls; see `rate_at`.
        save_every: steps between two saves.
        seconds: at most so many steps as fit into this time, told by `TIMED` of them; where the clock is no
            matter, give `steps` alone. The number is kept in `folder`, so that a resumed run has the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-6, fused=True)
    progress = _resume(model, optimiser, folder)
    done, losses = progress["done"], progress["losses"]
    steps = progress["steps"] or steps
    model.train()

    recent: list[Tensor] = []
    started, resumed = time.monotonic(), done > 0
    bar = progress_bar(steps, folder.name, "steps")
    bar.initial = bar.n = done  # where an earlier run was cut off
    bar.mininterval = 5  # seconds, for a log is kept of it
    while done < steps:
        for group in optimiser.param_groups:
            group["lr"] = rate * rate_at(done, steps, warmup, decay)
        loss = loss_at(done)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        recent.append(loss.detach())  # read in one go: asking a GPU for a number waits for it
        done += 1
        bar.update()
        if seconds is not None and done in (TIMED.start, TIMED.stop) and not resumed:
            recent[-1].item()  # waits for the device
            if done == TIMED.start:
                began = time.monotonic()
            else:
                each = (time.monotonic() - began) / len(TIMED)
                bar.total = steps = min(steps, TIMED.stop + max(0, int((seconds - time.monotonic() + started) / each)))
        if done % save_every == 0 or done == steps or len(recent) == 100:
            losses += [round(x, 4) for x in torch.stack(recent).tolist()]
            recent.clear()
            bar.set_postfix(loss=f"{sum(losses[-100:]) / len(losses[-100:]):.3f}", refresh=False)
        if done % save_every == 0 or done == steps:
            _save(model, optimiser, {"done": done, "steps": steps, "losses": losses}, folder)
    bar.close()
    model.eval()


def _save(model: nn.Module, optimiser: torch.optim.Optimizer, progress: dict, folder: Path) -> None:
    """Write the state beside the old one, then switch over: a cut never leaves half a state behind."""
    moments = {}
    for name, parameter in model.named_parameters() if progress["done"] < progress["steps"] else ():
        state = optimiser.state[parameter]
        moments |= {f"{name}/first": state["exp_avg"], f"{name}/second": state["exp_avg_sq"]}
    weights = {name: value.detach().contiguous() for name, value in model.named_parameters()}
    done = progress["done"]
    save_file(weights, folder / f"{done}.weights.safetensors")
    save_file(moments, folder / f"{done}.moments.safetensors")
    new = folder / "progress.json.new"
    new.write_text(json.dumps(progress), encoding="utf-8")
    new.replace(folder / "progress.json")
    for old in folder.glob("*.safetensors"):
        if not old.name.startswith(f"{done}."):
            old.unlink()


def _resume(model: nn.Module, optimiser: torch.optim.Optimizer, folder: Path) -> dict:
    """Put the last saved state into `model` and `optimiser`; returns the progress, of a fresh run if there is none."""
    if not (folder / "progress.json").is_file():
        return {"done": 0, "steps": None, "losses": []}
    progress = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    done = progress["done"]
    weights = load_file(folder / f"{done}.weights.safetensors")
    moments = load_file(folder / f"{done}.moments.safetensors")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(weights[name])
            if moments:
                optimiser.state[parameter] = {
                    "step": torch.tensor(float(done), device=parameter.device),
                    "exp_avg": moments[f"{name}/first"].to(parameter.device),
                    "exp_avg_sq": moments[f"{name}/second"].to(parameter.device),
                }
    return progress
