"""What the original checkpoints answer on the course's own inputs, to set beside what the bundled ones do.

Printed by the originals at the revisions pinned in `checkpoints.py`, in float32.
"""

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward import fill_mask, trace
from encoder_lab.heads import nli_head, sequence_head, span_head
from encoder_lab.probabilities import best_spans, label_probabilities, sigmoid, span_grid, span_probabilities

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


def best_answer(checkpoint: Checkpoint, question: str, context: str) -> tuple[str, int, int, float]:
    """Find the likeliest span of at most 15 tokens: (text, start, end, probability), offsets in characters."""
    way = trace(checkpoint, question, context)
    head = span_head(way.hidden_states[-1], checkpoint.model)
    allowed = way.tokens.sides == 1
    allowed[:, 0] = True  # the first token stands for "no answer"
    start, end = span_probabilities(head.start, head.end, allowed)
    (first,), (last,), (probability,) = best_spans(span_grid(start[0], end[0], 15), 1)
    spans = way.tokens.spans[0]
    begin, stop = int(spans[first, 0]), int(spans[last, 1])
    return context[begin:stop], begin, stop, float(probability)


def label_shares(checkpoint: Checkpoint, text: str) -> dict[str, float]:
    """Give each label's own probability, likeliest first."""
    logits = sequence_head(trace(checkpoint, text).hidden_states[-1], checkpoint.model).logits[0]
    shares = {checkpoint.model.config.id2label[i]: float(p) for i, p in enumerate(sigmoid(logits))}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def topic_shares(checkpoint: Checkpoint, text: str, topics: list[str], template: str) -> dict[str, float]:
    """Rank topics that exclude one another, likeliest first."""
    way = trace(checkpoint, [text] * len(topics), [template.format(topic) for topic in topics])
    logits = nli_head(way.decoder.hidden_states[-1], way.encoder.tokens.ids, checkpoint.model).logits  # (C, 3)
    names = checkpoint.model.config.label2id
    found = label_probabilities(logits[None], names["entailment"], names["contradiction"], multi_label=False)[0]
    return dict(sorted(zip(topics, found.tolist(), strict=True), key=lambda item: -item[1]))


def beside_original(checkpoint: Checkpoint) -> str:
    """Lay out what the original and `checkpoint` answer on the course's inputs for its task, as a Markdown table."""
    table = ["| text | original | bundled |", "| --- | --- | --- |"]
    for text, printed, ours in _ROWS[checkpoint.task](checkpoint):
        cells = (", ".join(f"`{word}` {p:.3g}" for word, p in row) for row in (printed, ours))
        table.append(f"| `{text}` | {' | '.join(cells)} |")
    return "\n".join(table)


def _fill_mask_rows(checkpoint: Checkpoint):
    for text, printed in FILL_MASK.items():
        yield text, printed, [(c.string, c.probability) for c in fill_mask(checkpoint, text).choices[0]]


def _answer_rows(checkpoint: Checkpoint):
    text, _, _, probability = best_answer(checkpoint, QUESTION, CONTEXT)
    yield QUESTION, [(ANSWER[0], ANSWER[3])], [(text, probability)]


def _label_rows(checkpoint: Checkpoint):
    for text, printed in EMOTIONS.items():
        yield text, [printed], list(label_shares(checkpoint, text).items())[:3]


def _topic_rows(checkpoint: Checkpoint):
    yield PREMISE, TOPICS.items(), topic_shares(checkpoint, PREMISE, sorted(TOPICS), "This example is {}.").items()


_ROWS = {
    "fill-mask": _fill_mask_rows,
    "question-answering": _answer_rows,
    "text-classification": _label_rows,
    "zero-shot-classification": _topic_rows,
}
