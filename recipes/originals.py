"""What the original checkpoints answer on the course's own inputs, to set beside what the bundled ones do.

Printed by the originals at the revisions pinned in `checkpoints.py`, in float32.
"""

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward import answer, classify, fill_mask, zero_shot

# text -> the five best choices for its mask, with their probabilities
FILL_MASK = {
    "Hello, Mr. Bert! How is it [MASK]": (
        ("?", 0.98795), ("!", 0.01115), (".", 0.000701), (";", 0.000183), ("...", 0.00000527),
    ),
    "Say [MASK]!": (("it", 0.3312), ("yes", 0.1745), ("something", 0.1557), ("no", 0.0509), ("hello", 0.0452)),
}  # fmt: skip

QUESTION = "Why is model conversion important?"
CONTEXT = (
    "The option to convert models between FARM and transformers gives freedom to the user and let people easily "
    "switch between frameworks."
)
ANSWER = ("gives freedom to the user", 59, 84, 0.21171)  # text, start, end, probability

# text -> its likeliest label
EMOTIONS = {
    "I love my old pillow?": ("love", 0.92129),
    "Why is it that every plant I touch dies within a few days?": ("curiosity", 0.38752),
    "I'm so conflicted about these new instructions...": ("confusion", 0.77243),
}

PREMISE = "one day I will see the world"
TOPICS = {"travel": 0.99387, "dancing": 0.00327, "cooking": 0.00286}


def beside_original(checkpoint: Checkpoint) -> str:
    """Lay out what the original and `checkpoint` answer on the course's inputs for its task, as a Markdown table.

    Raises:
        ValueError: the task is none the course knows.
    """
    checkpoint.check_known("beside_original")
    table = ["| text | original | bundled |", "| --- | --- | --- |"]
    for text, printed, ours in _ROWS[checkpoint.task](checkpoint):
        cells = (", ".join(f"`{word}` {p:.3g}" for word, p in row) for row in (printed, ours))
        table.append(f"| `{text}` | {' | '.join(cells)} |")
    return "\n".join(table)


def _fill_mask_rows(checkpoint: Checkpoint):
    for text, printed in FILL_MASK.items():
        yield text, printed, [(c.string, c.probability) for c in fill_mask(checkpoint, text).choices[0]]


def _answer_rows(checkpoint: Checkpoint):
    (span,) = answer(checkpoint, QUESTION, CONTEXT).spans
    yield QUESTION, [(ANSWER[0], ANSWER[3])], [(span.text, span.score)]


def _label_rows(checkpoint: Checkpoint):
    for text, printed in EMOTIONS.items():
        yield text, [printed], [(r.label, r.probability) for r in classify(checkpoint, text, top_k=3).ranked]


def _topic_rows(checkpoint: Checkpoint):
    found = zero_shot(checkpoint, PREMISE, sorted(TOPICS))
    yield PREMISE, TOPICS.items(), [(r.label, r.probability) for r in found.ranked]


_ROWS = {
    "fill-mask": _fill_mask_rows,
    "question-answering": _answer_rows,
    "text-classification": _label_rows,
    "zero-shot-classification": _topic_rows,
}
