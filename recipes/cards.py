"""The figures of the model cards, measured on text that is not in the repository.

    python -m recipes.cards --data FOLDER [--task TASK] [--out FOLDER]

Choices among recipes and thresholds are made on "choice" and tuning texts, so a card shows the figures of "test". The
thresholds that come out are written beside the weights.
"""

import argparse
import sys
from pathlib import Path

from encoder_lab.checkpoints import BUNDLED, TASKS, load
from encoder_lab.grow.saving import save_thresholds
from recipes import fill_mask_figures, question_answering_figures, text_classification_figures, zero_shot_figures
from recipes.originals import beside_original

CARDS = {
    "fill-mask": fill_mask_figures.card,
    "question-answering": question_answering_figures.card,
    "text-classification": text_classification_figures.card,
    "zero-shot-classification": zero_shot_figures.card,
}


def measure(task: str, data: Path, out: Path) -> str:
    """Lay out the figures of the checkpoint `out`/`task`, and what it answers beside the original."""
    checkpoint = load(task, out / task)
    figures, thresholds = CARDS[task](checkpoint, data)
    if thresholds:
        save_thresholds(thresholds, out / task)
    return f"# {task}\n\n{figures}\n\n{beside_original(checkpoint)}\n"


def main() -> None:
    """Read the command line and measure; see the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data files; see recipes/DATA.md")
    parser.add_argument("--out", type=Path, default=BUNDLED, help="folder of the checkpoints; the bundled ones' own")
    parser.add_argument("--task", choices=TASKS, help="the one checkpoint to measure; all four without")
    arguments = parser.parse_args()
    try:
        for task in (arguments.task,) if arguments.task else TASKS:
            print(measure(task, arguments.data, arguments.out), flush=True)
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
