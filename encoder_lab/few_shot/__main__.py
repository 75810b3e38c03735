"""The full learning curve on the topic sample, as notebook 07 draws it, measured and written to a file.

    python -m encoder_lab.few_shot

It takes the bundled fill-mask checkpoint's encoder, and for k = 0 the bundled zero-shot checkpoint.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from encoder_lab.checkpoints import load
from encoder_lab.few_shot.curve import FULL, learning_curve
from encoder_lab.forward import zero_shot
from encoder_lab.samples import Request, topics
from encoder_lab.written import write_whole

EXAMPLES, SEEDS = (0, 1, 2, 4, 8, 16, 32), 5
TEMPLATE = "This example is about {}."


def _zero_shot_accuracy(requests: Sequence[Request]) -> float:
    """Measure how many requests the zero-shot checkpoint gives the right topic, with the topics' names alone."""
    labels = sorted({request.label for request in requests})
    found = zero_shot(load("zero-shot-classification", "bundled"), [r.text for r in requests], labels, TEMPLATE)
    return float(np.mean([each.ranked[0].label == r.label for each, r in zip(found, requests, strict=True)]))


def main(arguments: list[str] | None = None) -> None:
    """Measure the curve and write it; see the module's first lines."""
    parser = argparse.ArgumentParser(prog="python -m encoder_lab.few_shot", description="The learning curve.")
    parser.add_argument("--out", type=Path, default=FULL, help="the JSON file to write")
    parser.add_argument("--examples", type=int, nargs="+", default=EXAMPLES, help="each k to try; 0 is zero-shot")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many seeds to try")
    given = parser.parse_args(arguments)
    pool, test = ([request for request in topics() if request.part == part] for part in ("pool", "test"))
    curve = learning_curve(
        load("fill-mask", "bundled"),
        [request.text for request in pool],
        [request.label for request in pool],
        [request.text for request in test],
        [request.label for request in test],
        examples=[k for k in given.examples if k],
        seeds=range(given.seeds),
        zero_shot=_zero_shot_accuracy(test) if 0 in given.examples else None,
    )
    write_whole(given.out, curve.to_json())
    print(curve)


if __name__ == "__main__":
    main()
