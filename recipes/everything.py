"""All four bundled checkpoints in one go, for a machine with one GPU or for a patient CPU.

    python -m recipes.everything --work FOLDER --out FOLDER [--minutes 11]

The work folder is what the other recipes' `--prepare` has filled; nothing else is read. With `--minutes` each stage
gets its share of the time and says how many steps fitted in. Cut off at any moment, the same command goes on.
"""

import argparse
import time
from functools import partial
from pathlib import Path

import torch

from recipes import distil, fill_mask, question_answering, text_classification, zero_shot
from recipes.command import choose_device

# Of the time that `--minutes` gives
SHARES = {
    "alone": 8,
    "fill-mask teacher": 15,
    "taught": 25,
    "base": 7,
    "question-answering teacher": 10,
    "question-answering": 13,
    "zero-shot teacher": 5,
    "zero-shot": 13,
    "emotions teacher": 3,
    "emotions": 2,
}


class Clock:
    """Deals out what is left of the time."""

    def __init__(self, minutes: float | None) -> None:
        self.started = time.monotonic()
        self.end = None if minutes is None else self.started + 60 * minutes
        self.left = dict(SHARES)

    def seconds(self, stage: str) -> float | None:
        """Give a stage its share of what is left; None where time does not count."""
        total = sum(self.left.values())
        share = self.left.pop(stage) / total
        print(f"[{time.monotonic() - self.started:5.0f} s] {stage}", flush=True)
        return None if self.end is None else max(5.0, share * (self.end - time.monotonic()))


def run(work: Path, out: Path, device: torch.device, minutes: float | None) -> None:
    """Train everything, stage by stage; each checkpoint is written when it is ready."""
    clock = Clock(minutes)
    folders = {task: out / task for task in ("fill-mask", "question-answering", "zero-shot-classification",
                                             "text-classification")}  # fmt: skip
    if not (folders["fill-mask"] / "model.safetensors").is_file():
        fill_mask.train_all(work, folders["fill-mask"], device, clock.seconds)
        print(fill_mask.quick_look(work, folders["fill-mask"], device), flush=True)
    if not (work / distil.FOLDER / "model.safetensors").is_file():
        print(distil.train_base(work, folders["fill-mask"], device, clock.seconds("base")), flush=True)
    if not (work / question_answering.ANSWERS).is_file():
        master = question_answering.train_teacher(work, device, clock.seconds("question-answering teacher"))
        question_answering.ask(master, question_answering.load_kinds(work, device), work / question_answering.ANSWERS)
        del master
    stages = (
        ("question-answering", partial(question_answering.train_student, work, folders["question-answering"], device)),
        ("zero-shot teacher", partial(zero_shot.teach, work, device)),
        ("zero-shot", partial(zero_shot.train_student, work, folders["zero-shot-classification"], device)),
        ("emotions teacher", partial(text_classification.train_teacher, work, device)),
        ("emotions", partial(text_classification.train_student, work, folders["text-classification"], device)),
    )
    for name, train in stages:
        train(clock.seconds(name))
    print(f"[{time.monotonic() - clock.started:5.0f} s] done", flush=True)


def main() -> None:
    """Read the command line and train; see the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder that the recipes' --prepare has filled")
    parser.add_argument("--out", type=Path, required=True, help="folder for the four checkpoints")
    parser.add_argument("--device", type=choose_device, default="auto", help="cpu, cuda or auto, which is the default")
    parser.add_argument("--minutes", type=float, help="how long all of it may take; without it, as the recipes say")
    arguments = parser.parse_args()
    torch.set_float32_matmul_precision("high")
    run(arguments.work, arguments.out, arguments.device, arguments.minutes)


if __name__ == "__main__":
    main()
