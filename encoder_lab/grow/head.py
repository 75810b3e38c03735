"""A copy of a checkpoint's base under a fresh head; and texts, labels and spans as the numbers it is trained on."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import transformers
from torch import Tensor
from transformers import PreTrainedConfig

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.families import family_of
from encoder_lab.loadable import head_class
from encoder_lab.tokens import check_texts, refuse_half_characters, refuse_special_tokens, tokenize, tokens_of
from encoder_lab.windows import cut_windows

SINGLE = "single_label_classification"  # the `transformers` name for labels that exclude one another


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Examples:
    """What to learn, or to measure on. Axes: N examples, K choices in each: 1 for a label, 2 for a span."""

    rows: tuple[list[int], ...]  # (N) token ids of each, without padding
    targets: Tensor  # (N, K) the right choices: a label's number, or the first and the last token's place
    segments: tuple[list[int], ...] | None = None  # (N) segment ids of each; None where all are 0

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"{len(self)} examples, {sum(map(len, self.rows))} tokens"


def new_head(checkpoint: Checkpoint, labels: Sequence[str], seed: int = 0) -> Checkpoint:
    """Put a fresh classification head on a copy of a checkpoint's base; it can do nothing yet.

    Args:
        checkpoint: of any task, or from `Checkpoint.of(None, …)`; its base is copied, its head is not.
        labels: the C names that exclude one another, two or more, each once; logits come in this order.
        seed: the head's first weights depend on it alone.

    Returns:
        A checkpoint for text classification.

    Raises:
        TypeError: the labels are no list or tuple, or one of them is not a string.
        ValueError: the base's family is not known; fewer than two labels, a blank one, or one that is there twice.

    Source: `RobertaForSequenceClassification` and those of the other families.
    """
    if not isinstance(labels, list | tuple):
        raise TypeError(f"labels are the {type(labels).__name__} {labels!r:.60}; give a list, in the logits' order")
    for place, name in enumerate(labels):
        if not isinstance(name, str):
            raise TypeError(f"label {place} is {name!r:.60}; give a name, which is a string")
        if not name.strip():
            raise ValueError(f"label {place} is {name!r:.60}; give a name of at least one letter")
        refuse_half_characters(name, f"label {place}")
    if len(labels) < 2:
        raise ValueError(f"labels are {list(labels)}; telling apart needs at least two")
    if twice := [name for name in labels if labels.count(name) > 1]:
        raise ValueError(f"the label {twice[0]!r} is there {labels.count(twice[0])} times; give each once")
    config = _config(checkpoint)
    config.id2label = dict(enumerate(labels))
    config.label2id = {name: number for number, name in enumerate(labels)}
    config.problem_type = SINGLE
    return _fresh(checkpoint, "text-classification", config, seed)


def new_span_head(checkpoint: Checkpoint, seed: int = 0) -> Checkpoint:
    """Put a fresh span head on a copy of a checkpoint's base; see `new_head`.

    Returns:
        A checkpoint for question answering.

    Source: `RobertaForQuestionAnswering` and those of the other families.
    """
    config = _config(checkpoint)
    config.num_labels = 2  # a start and an end; sets id2label and label2id too
    config.problem_type = None
    return _fresh(checkpoint, "question-answering", config, seed)


def text_examples(checkpoint: Checkpoint, texts: Sequence[str], labels: Sequence[str] | Sequence[int]) -> Examples:
    """Turn labelled texts into examples for a classification head.

    Args:
        checkpoint: from `new_head`, or a saved one of that kind.
        texts: N texts.
        labels: (N,) the label of each: one of the head's names, or its number, 0 to C - 1.

    Raises:
        TypeError: a text is not a string; a label is neither a name nor a whole number.
        ValueError: no text, a blank or too long one or one with a special token; not one label for each text; more
            classes than the head has, or a label that is none of its own.
    """
    if checkpoint.task != "text-classification":
        raise ValueError(f"this checkpoint is for {checkpoint.task}; labelled texts need one from new_head")
    refuse_other_heads(checkpoint)
    texts = check_texts(texts)
    _same_count("texts", texts, labels=labels)
    refuse_special_tokens(checkpoint.tokenizer, texts)
    numbers = _number(checkpoint.model.config, labels)
    rows = [tokenize(checkpoint.tokenizer, text).ids[0].tolist() for text in texts]
    return Examples(tuple(rows), torch.tensor(numbers)[:, None])


def span_examples(
    checkpoint: Checkpoint, questions: Sequence[str], contexts: Sequence[str], answers: Sequence[str]
) -> Examples:
    """Turn questions, contexts and answers into examples for a span head.

    Args:
        checkpoint: from `new_span_head`, or any other for question answering.
        questions: N questions.
        contexts: N texts, each short enough to be read at once.
        answers: N stretches of the contexts, each there exactly once.

    Raises:
        TypeError: a text is not a string.
        ValueError: no question, a blank text, or one with a special token; not one context and one answer for each
            question; a context that is too long; an answer that is not in its context, or there more than once.
    """
    if checkpoint.task != "question-answering":
        raise ValueError(f"this checkpoint is for {checkpoint.task}; questions need one from new_span_head")
    for name, texts in (("questions", questions), ("contexts", contexts), ("answers", answers)):
        try:
            check_texts(texts)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from None
    _same_count("questions", questions, contexts=contexts, answers=answers)
    rows, segments, targets = [], [], []
    for number, (question, context, answer) in enumerate(zip(questions, contexts, answers, strict=True)):
        refuse_special_tokens(checkpoint.tokenizer, [question, context])
        if (times := context.count(answer)) != 1:
            there = "not in its context" if not times else f"{times} times in its context"
            raise ValueError(f"answer {number}, {answer!r:.60}, is {there}; it must be there once, letter for letter")
        windows = cut_windows(checkpoint.tokenizer, question, context)
        if len(windows) > 1:
            raise ValueError(f"context {number} does not fit into one window with its question; shorten it")
        start = context.index(answer)
        rows.append(windows.row(0).tolist())
        segments.append(windows.row_segments(0).tolist())
        first, last = tokens_of(windows.spans, start, start + len(answer))
        targets.append((len(windows.before) + first, len(windows.before) + last))
    return Examples(tuple(rows), torch.tensor(targets), tuple(segments))


def refuse_other_heads(checkpoint: Checkpoint) -> None:
    """Raise ValueError unless the head chooses one of its labels, or marks a span.

    Several labels at a time need another loss, and another task another head.
    """
    if checkpoint.task not in ("text-classification", "question-answering"):
        raise ValueError(f"this checkpoint is for {checkpoint.task}; make a head with new_head or new_span_head")
    if checkpoint.task == "text-classification" and checkpoint.model.config.problem_type != SINGLE:
        raise ValueError("the labels of this head do not exclude one another; make one that chooses: new_head")


def _config(checkpoint: Checkpoint) -> PreTrainedConfig:
    """Copy the base's configuration for another head."""
    family_of(checkpoint.model.config)  # or one sentence
    return copy.deepcopy(checkpoint.model.config)


def _fresh(checkpoint: Checkpoint, task: str, config: PreTrainedConfig, seed: int) -> Checkpoint:
    """Make the model, with the base's weights and a head drawn by chance; a base's pooler is part of the head."""
    old, architecture = checkpoint.model, head_class(config.model_type, task)
    config.architectures = [architecture]
    with torch.random.fork_rng(devices=[]):  # whoever else draws numbers goes on with theirs
        torch.manual_seed(seed)
        model = getattr(transformers, architecture)(config)
    model.to(device=old.device, dtype=old.dtype)
    weights = {name: weight for name, weight in old.base_model.state_dict().items() if not name.startswith("pooler.")}
    model.base_model.load_state_dict(weights, strict=False)
    source = f"a fresh head on {checkpoint.source}'s base"
    model.eval().requires_grad_(False)
    return Checkpoint(task, source, None, model, checkpoint.tokenizer)  # no thresholds: none were tuned for this head


def _same_count(what: str, texts: list[str], **others: Sequence) -> None:
    """Refuse lists of unequal length."""
    for name, others_of_it in others.items():
        if len(others_of_it) != len(texts):
            raise ValueError(
                f"there are {len(texts)} {what} and {len(others_of_it)} {name}; give one for each, in the same order"
            )


def _number(config: PreTrainedConfig, labels: Sequence[str] | Sequence[int]) -> list[int]:
    """Turn labels into the head's numbers for them."""
    count = config.num_labels
    for place, label in enumerate(labels):
        if isinstance(label, bool) or not (isinstance(label, str) or hasattr(label, "__index__")):
            raise TypeError(f"label {place} is {label!r:.60}; give one of the head's names, or its number")
    if len(classes := set(labels)) > count:
        raise ValueError(f"the labels name {len(classes)} classes and the head has {count}; make one for all: new_head")
    places = {name: number for number, name in config.id2label.items()}
    numbers = []
    for place, label in enumerate(labels):
        number = places.get(label, -1) if isinstance(label, str) else int(label)
        if not 0 <= number < count:
            need = f"names {', '.join(places)}" if isinstance(label, str) else f"numbers 0 to {count - 1}"
            raise ValueError(f"label {place} is {label!r:.60}; the head has the {need}")
        numbers.append(number)
    return numbers
