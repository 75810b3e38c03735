"""Question answering over long contexts: `python -m tests.benchmarks.long_context`.

Speed: our `answer` beside the `QuestionAnsweringPipeline` of transformers 4.57.6 at its defaults, each in an
environment of its own (`make oracle` makes theirs) and in a process that computes only when it is its turn. So a
change of the machine's speed hits both; the ratio of the medians is what counts. The weights are random, of
RoBERTa-base's size down to the 50,265 embeddings, so both compute what the original would; the tokenizer is the
bundled one, because the original's does not come with the course. Both sides read the same ids in the same windows.

Memory: the bundled checkpoint over ever longer contexts, each in a fresh process. What is kept is counted in the
record; the peak is that of the resident set (read from /proc, so on Linux only) above what the loaded process held.
"""

import argparse
import gc
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
import transformers
from transformers import RobertaConfig, RobertaForQuestionAnswering

from encoder_lab import answer, load
from encoder_lab.checkpoints import BUNDLED
from encoder_lab.samples import questions
from tests.benchmarks.one_side import THREADS
from tests.benchmarks.tracing import resident
from tests.kept import kept_bytes

ROOT = Path(__file__).parents[2]
OTHER_PYTHON = ROOT / ".oracle" / ("Scripts" if os.name == "nt" else "bin") / "python"
ASKED = [each.question for each in questions() if each.answers]
WIDER = 16  # windows at once, to see what the batch costs


def text(characters: int) -> str:
    """Make a context of the sample paragraphs' words in random order."""
    words = " ".join(dict.fromkeys(each.context for each in questions())).split()
    draw = random.Random(0)
    made = " ".join(draw.choice(words) for _ in range(characters))
    return made[: characters - 1] + "."


def save_base_size(folder: Path, layers: int) -> None:
    """Write random weights of RoBERTa-base's size with the bundled tokenizer; the head is widened."""
    torch.manual_seed(0)
    shape = RobertaConfig(
        vocab_size=50_265, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5, num_hidden_layers=layers
    )
    transformers.utils.logging.disable_progress_bar()
    model = RobertaForQuestionAnswering(shape)
    with torch.no_grad():
        model.qa_outputs.weight *= 10  # else all spans are about as likely, and rounding would choose among them
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(BUNDLED / "question-answering" / name, folder)


class Side:
    """A process that answers when it is its turn."""

    def __init__(self, python: Path, name: str, folder: Path) -> None:
        command = [python, "-m", "tests.benchmarks.one_side", name, folder]
        threads = {"OMP_NUM_THREADS": str(THREADS), "RAYON_NUM_THREADS": str(THREADS)}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | threads, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.versions = json.loads(self.process.stdout.readline())

    def ask(self, question: str, context: str) -> dict:
        """Let it compute; gives seconds and answer."""
        self.process.stdin.write(json.dumps({"question": question, "context": context}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        """Let it end."""
        self.process.stdin.close()
        self.process.wait()


def compare(characters: int, layers: int, rounds: int) -> None:
    """Time both sides in turns and see that they answer alike."""
    if not OTHER_PYTHON.exists():
        raise SystemExit("transformers 4.57.6 has no environment yet; `make oracle` makes it")
    context, took = text(characters), []
    with tempfile.TemporaryDirectory() as made:
        save_base_size(Path(made), layers)
        sides = [Side(Path(sys.executable), "ours", Path(made)), Side(OTHER_PYTHON, "theirs", Path(made))]
        for number in range(rounds + 1):
            mine, other = (side.ask(ASKED[number % len(ASKED)], context) for side in sides)
            scores = [found["answer"].pop("score") for found in (mine, other)]
            assert mine["answer"] == other["answer"], (mine, other)
            assert abs(scores[0] / scores[1] - 1) < 1e-3, scores
            took.append((mine["seconds"], other["seconds"]))
        for side in sides:
            side.close()
    mine, other = (statistics.median(column) for column in zip(*took[1:], strict=True))  # the first one warms up
    print(f"{characters:,} characters, {layers} layers of width 768, {THREADS} threads, {rounds} rounds in turns")
    print(f"  answer, every step recorded     {mine:7.2f} s  transformers {sides[0].versions['transformers']}")
    print(f"  QuestionAnsweringPipeline       {other:7.2f} s  transformers {sides[1].versions['transformers']}")
    print(f"  ratio {mine / other:.3f}  (aim: at most 1.00); all {rounds + 1} answers are the same")


def measure(characters: int, batch: int | None) -> None:
    """Answer over one context and print what it took as JSON; run in a process of its own."""
    torch.set_num_threads(THREADS)
    checkpoint, context = load("question-answering", "bundled"), text(characters)
    answer(checkpoint, ASKED[0], context[:200])  # whatever the first pass needs once
    if batch:
        sys.modules["encoder_lab.forward.answer"].BATCH = batch
    gc.collect()
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    start = time.perf_counter()
    found = answer(checkpoint, ASKED[0], context)
    seconds = time.perf_counter() - start
    peak = resident("VmHWM") - before
    kept = kept_bytes(found, ASKED[0], context)
    tokens, windows = len(found.windows.ids), len(found.windows)
    print(json.dumps([windows, sys.modules["encoder_lab.forward.answer"].BATCH, tokens, seconds, kept, peak]))


def lengths(counts: Sequence[int]) -> None:
    """Measure each length, and the middle one with a wider batch; print a table."""
    print("the bundled checkpoint: peak memory above the start, and what the record keeps of it")
    print("  characters  windows  batch   seconds  bar  kept a token  kept MB  peak MB  peak less kept MB")
    for characters, batch in [*((count, None) for count in counts), (counts[len(counts) // 2], WIDER)]:
        command = [sys.executable, "-m", "tests.benchmarks.long_context", "--measure", str(characters), str(batch or 0)]
        run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        windows, size, tokens, seconds, kept, peak = json.loads(run.stdout)
        bar = "yes" if "windows/s" in run.stderr else "no"
        mega = kept / 2**20
        print(
            f"  {characters:10,} {windows:8,} {size:6} {seconds:9.1f} {bar:>4} {kept / tokens:11.0f} B {mega:8.1f}"
            f" {peak:8.1f} {peak - mega:18.1f}"
        )
    print("  (aim: at most 200 bytes a token; the last column grows with the batch and not with the text)")


def main() -> None:
    """Compare, then measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--characters", type=int, default=30_000, help="of the context both sides read")
    parser.add_argument("--layers", type=int, default=12, help="of the model both sides run")
    parser.add_argument("--rounds", type=int, default=7, help="how often each side is timed; 0 leaves it out")
    parser.add_argument("--lengths", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], help="for memory")
    parser.add_argument("--measure", type=int, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        return measure(*given.measure)
    if given.rounds:
        compare(given.characters, given.layers, given.rounds)
    if given.lengths:
        lengths(given.lengths)


if __name__ == "__main__":
    main()
