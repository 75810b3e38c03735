"""Classification and zero-shot beside the pipelines of `transformers`: `python -m tests.benchmarks.labels`.

Random weights of RoBERTa-base's and BART-large's size (`--layers` takes fewer layers of the same width), the bundled
tokenizers, float32, 2 threads. Both sides run in turns in one process, so that a change of the machine's speed hits
both; the ratio of the medians is what counts. Each time their labels and scores are compared. The pipelines are
called at their defaults, and so read one text, or one text with one label, at a time.

Then how seconds and memory grow with labels and with texts. Memory is the process's peak resident set above what it
held before the first call (read from /proc, so on Linux only).
"""

import argparse
import gc
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from transformers import (
    BartConfig,
    BartForSequenceClassification,
    Pipeline,
    RobertaConfig,
    RobertaForSequenceClassification,
    pipeline,
)

from encoder_lab import classify, load, zero_shot
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.samples import comments, questions, topics
from tests.benchmarks.tracing import ratio, resident, seconds

AIM = 0.6
SHORT = [each.text for each in topics()]  # 3 to 26 words
LONG = list(dict.fromkeys(q.context for q in questions()))  # paragraphs
LABELS = list(dict.fromkeys(word for text in SHORT for word in text.split() if len(word) > 4))


def sized(task: str, layers: int) -> Checkpoint:
    """Make random weights of the original's width, with the bundled checkpoint's tokenizer and label names."""
    torch.manual_seed(0)
    bundled = load(task, "bundled")
    if task == "text-classification":
        shape = RobertaConfig(
            vocab_size=50_265, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5,
            num_hidden_layers=layers, problem_type="multi_label_classification",
            id2label=bundled.model.config.id2label, label2id=bundled.model.config.label2id,
        )  # fmt: skip
        model = RobertaForSequenceClassification(shape)
        last = model.classifier.out_proj
    else:
        shape = BartConfig(
            encoder_layers=layers, decoder_layers=layers,
            id2label=bundled.model.config.id2label, label2id=bundled.model.config.label2id,
        )  # fmt: skip
        model = BartForSequenceClassification(shape)
        last = model.classification_head.out_proj
    with torch.no_grad():
        last.weight *= 20  # else all labels are about as likely, and rounding would choose among them
    return Checkpoint(task, "random", None, model.eval().requires_grad_(False), bundled.tokenizer)


def pipe_of(checkpoint: Checkpoint) -> Pipeline:
    """Make the pipeline that answers with the same model."""
    return pipeline(checkpoint.task, model=checkpoint.model, tokenizer=checkpoint.tokenizer)


def beside(name: str, ours: Callable[[], list], theirs: Callable[[], list], aim: float | None, rounds: int) -> None:
    """Compare both sides' answers, time them in turns and print it."""
    for mine, other in zip(ours(), theirs(), strict=True):
        assert [label for label, _ in mine] == [label for label, _ in other], (mine, other)
        assert max(abs(a - b) for (_, a), (_, b) in zip(mine, other, strict=True)) <= 1e-5, (mine, other)
    mine, other, share = ratio(ours, theirs, rounds)
    limit = f"aim: at most {aim:.2f}" if aim else "no aim"
    print(f"{name:34} {mine:7.2f} s, pipeline {other:7.2f} s: ratio {share:.3f}  ({limit})", flush=True)


def classified(name: str, checkpoint: Checkpoint, texts: list[str], aim: float | None, rounds: int) -> None:
    """Compare and time the classification of some texts."""
    pipe = pipe_of(checkpoint)
    beside(
        name,
        lambda: [[(each.label, each.probability) for each in found.ranked] for found in classify(checkpoint, texts)],
        lambda: [[(each["label"], each["score"]) for each in found] for found in pipe(texts, top_k=None)],
        aim,
        rounds,
    )


def described(name: str, checkpoint: Checkpoint, texts: list[str], aim: float | None, rounds: int) -> None:
    """Compare and time the zero-shot classification of some texts with ten labels."""
    pipe, labels = pipe_of(checkpoint), LABELS[:10]
    beside(
        name,
        lambda: [[(each.label, each.probability) for each in f.ranked] for f in zero_shot(checkpoint, texts, labels)],
        lambda: [list(zip(found["labels"], found["scores"], strict=True)) for found in pipe(texts, labels)],
        aim,
        rounds,
    )


def growth(checkpoint: Checkpoint, counts: Sequence[int]) -> None:
    """Print what more labels and more texts cost."""
    zero_shot(checkpoint, SHORT[:1], LABELS[:1])  # whatever the first pass needs once
    print("texts x labels = passes, seconds, seconds a pass, peak MB above the model alone")
    gc.collect()
    before = resident("VmRSS")
    for texts, labels in [*((1, count) for count in counts), *((count, 10) for count in counts[:-1])]:
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
        took = seconds(lambda: zero_shot(checkpoint, SHORT[:texts], LABELS[:labels]))  # noqa: B023
        passes, peak = texts * labels, resident("VmHWM") - before
        print(f"{texts:4} x {labels:3} = {passes:5}  {took:8.2f} s  {took / passes:7.3f} s  {peak:6.0f} MB", flush=True)


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=12, help="of the encoder, and of the decoder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--comments", type=int, default=200, help="to classify")
    parser.add_argument("--texts", type=int, default=20, help="to compare with ten labels")
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 2, 5, 10, 20, 50], help="of labels and texts")
    asked = parser.parse_args()
    torch.set_num_threads(2)
    print(f"{asked.layers} layers, {asked.rounds} rounds in turns, 2 threads")

    checkpoint = sized("text-classification", asked.layers)
    remarks = [comment.text for comment in comments()[: asked.comments]]
    classified(f"classify, {len(remarks)} comments", checkpoint, remarks, AIM, asked.rounds)

    checkpoint = sized("zero-shot-classification", asked.layers)
    growth(checkpoint, asked.counts)
    middle = sorted(SHORT[:20], key=len)[10]
    described(f"zero_shot, {len(middle.split())} words x 10 labels", checkpoint, [middle], AIM, asked.rounds)
    many = SHORT[: asked.texts]
    described(f"zero_shot, {len(many)} texts x 10 labels", checkpoint, many, AIM, asked.rounds)
    described(f"zero_shot, {len(LONG[0].split())} words x 10 labels", checkpoint, LONG[:1], None, asked.rounds)


if __name__ == "__main__":
    main()
