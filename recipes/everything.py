"""The bundled checkpoints trained again, all four or one, on a machine with one GPU or on a patient CPU.

    python -m recipes.everything --data FOLDER --work FOLDER [--task TASK] [--minutes 11]

First the work folder is filled with what training reads; then, stage by stage, teachers and students learn. What the
work folder holds is not made again: cut off at any moment, the same command goes on. Once the folder is filled
(`--prepare` stops there), `--data` is not needed, so that training can go on elsewhere. With `--minutes` each stage
gets its share of the time, and no more steps than fit in; without, it is the run that made the bundled weights.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from encoder_lab.checkpoints import BUNDLED, TASKS
from recipes import (
    distil,
    fill_mask,
    nli_sentences,
    qa_examples,
    question_answering,
    teacher,
    text_classification,
    zero_shot,
)

FILL_MASK, QUESTIONS, EMOTIONS, TOPICS = TASKS

# A file of the work folder -> what writes it from the data folder, and the tasks that read it
PREPARED = {
    fill_mask.ROWS: (fill_mask.prepare, (FILL_MASK, QUESTIONS)),
    distil.ROWS: (distil.prepare, (QUESTIONS, EMOTIONS, TOPICS)),
    qa_examples.ROWS: (qa_examples.prepare, (QUESTIONS,)),
    text_classification.LABELS: (text_classification.prepare, (EMOTIONS,)),
    nli_sentences.NUMBERS: (nli_sentences.prepare, (TOPICS,)),
}

# A stage -> its share of the time that `--minutes` gives, and the tasks that need it
STAGES = {
    "alone": (8, (FILL_MASK,)),
    "fill-mask teacher": (15, (FILL_MASK, QUESTIONS)),
    "taught": (25, (FILL_MASK,)),
    "base": (7, (QUESTIONS, EMOTIONS, TOPICS)),
    "question-answering teacher": (10, (QUESTIONS,)),
    "question-answering": (13, (QUESTIONS,)),
    "zero-shot teacher": (5, (TOPICS,)),
    "zero-shot": (13, (TOPICS,)),
    "emotions teacher": (3, (EMOTIONS,)),
    "emotions": (2, (EMOTIONS,)),
}


class Clock:
    """Deals out what is left of the time."""

    def __init__(self, minutes: float | None, stages: list[str]) -> None:
        self.started = time.monotonic()
        self.end = None if minutes is None else self.started + 60 * minutes
        self.left = {stage: STAGES[stage][0] for stage in stages}

    def seconds(self, stage: str) -> float | None:
        """Give a stage its share of what is left; None where time does not count."""
        total = sum(self.left.values())
        share = self.left.pop(stage) / total
        print(f"[{time.monotonic() - self.started:5.0f} s] {stage}", flush=True)
        return None if self.end is None else max(5.0, share * (self.end - time.monotonic()))


def prepare(data: Path | None, work: Path, tasks: tuple[str, ...]) -> None:
    """Fill the work folder with what these tasks' training reads.

    Raises:
        FileNotFoundError: something must be made, and there is no data folder or it is not whole.
        ValueError: a file of the data folder is another than the recipes'.
        ConnectionError: a warm start could not be downloaded.
    """
    lacking = [file for file, (_, of) in PREPARED.items() if {*of} & {*tasks} and not (work / file).is_file()]
    if lacking and data is None:
        raise FileNotFoundError(f"{work} lacks {', '.join(lacking)}; name the folder they are made from: --data FOLDER")
    for file in lacking:
        print("preparing", file, flush=True)
        PREPARED[file][0](data, work)
    teacher.pack(work, fill_mask.pieces())
    fill_mask.pack_warm_start(work)


def runners(work: Path, out: Path, device: torch.device) -> dict[str, Callable[[float | None], object]]:
    """Say what each stage does, given its seconds; where `work` holds its end, it does not learn again."""
    folders = {task: out / task for task in TASKS}
    return {
        "alone": partial(fill_mask.train_alone, work, device),
        "fill-mask teacher": partial(fill_mask.train_teacher, work, device),
        "taught": partial(fill_mask.train_student, work, folders[FILL_MASK], device),
        "base": partial(distil.train_base, work, folders[FILL_MASK], device),
        "question-answering teacher": partial(question_answering.teach, work, device),
        "question-answering": partial(question_answering.train_student, work, folders[QUESTIONS], device),
        "zero-shot teacher": partial(zero_shot.teach, work, device),
        "zero-shot": partial(zero_shot.train_student, work, folders[TOPICS], device),
        "emotions teacher": partial(text_classification.teach, work, device),
        "emotions": partial(text_classification.train_student, work, folders[EMOTIONS], device),
    }


def run(work: Path, out: Path, device: torch.device, tasks: tuple[str, ...], minutes: float | None = None) -> None:
    """Train stage by stage; each checkpoint is written to `out` when it is ready.

    Args:
        work: what `prepare` has filled; progress is kept there too.
        out: a folder with one folder for each task. Without fill-mask among the tasks, that checkpoint is read there.
        device: where to train.
        tasks: the checkpoints that are wanted.
        minutes: how long all of it may take; None, as long as the recipes' steps take.
    """
    stages = [stage for stage, (_, of) in STAGES.items() if {*of} & {*tasks}]
    clock, todo = Clock(minutes, stages), runners(work, out, device)
    for stage in stages:
        todo[stage](clock.seconds(stage))
    print(f"[{time.monotonic() - clock.started:5.0f} s] done", flush=True)


def main() -> None:
    """Read the command line, prepare and train; see the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of the data files; recipes/DATA.md says how each is had")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is prepared, and for the progress")
    parser.add_argument("--out", type=Path, default=BUNDLED, help="folder for the checkpoints; the bundled ones' own")
    parser.add_argument("--task", choices=TASKS, help="the one checkpoint to train; all four without")
    parser.add_argument("--device", default="auto", help="cpu, cuda or auto, which takes a GPU where there is one")
    parser.add_argument("--minutes", type=float, help="how long training may take; without, as the recipes say")
    parser.add_argument("--prepare", action="store_true", help="stop before the training")
    arguments = parser.parse_args()
    tasks = (arguments.task,) if arguments.task else tuple(TASKS)
    start = arguments.out / FILL_MASK
    if FILL_MASK not in tasks and not start.is_dir():
        sys.exit(f"{start} is not there, and {arguments.task} starts from it: train {FILL_MASK} first")
    try:
        prepare(arguments.data, arguments.work, tasks)
    except (FileNotFoundError, ValueError, ConnectionError) as error:
        sys.exit(str(error))
    if arguments.prepare:
        return
    name = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(name if arguments.device == "auto" else arguments.device)
    torch.set_float32_matmul_precision("high")
    torch.backends.cuda.enable_cudnn_sdp(False)  # it plans anew for every shape, and batches have many
    run(arguments.work, arguments.out, device, tasks, arguments.minutes)


if __name__ == "__main__":
    main()
