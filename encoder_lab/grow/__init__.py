"""A head of one's own: put on a base, trained on a CPU, saved; the loop a student reads."""

from encoder_lab.grow.head import new_head, new_span_head, span_examples, text_examples
from encoder_lab.grow.loop import one_epoch, train_head
from encoder_lab.grow.measure import evaluate, read_once
from encoder_lab.grow.saving import save_checkpoint

__all__ = [
    "evaluate",
    "new_head",
    "new_span_head",
    "one_epoch",
    "read_once",
    "save_checkpoint",
    "span_examples",
    "text_examples",
    "train_head",
]
