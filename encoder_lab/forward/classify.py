"""Sequence classification: from a text to its labels' probabilities, by way of the first token's vector."""

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import PreTrainedConfig

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.batches import batches
from encoder_lab.forward.model import last_hidden
from encoder_lab.forward.reader import Reader
from encoder_lab.heads import sequence_head
from encoder_lab.probabilities import sigmoid, softmax
from encoder_lab.records import Classification, RankedLabel, SequenceHead, Tokens
from encoder_lab.surroundings import undisturbed
from encoder_lab.texts import say
from encoder_lab.tokens import check_texts, refuse_special_tokens, tokenize
from encoder_lab.whole import whole_number

FUNCTIONS = {"sigmoid": sigmoid, "softmax": softmax, "none": lambda logits: logits}


def classify(
    checkpoint: Checkpoint, text: str | Sequence[str], top_k: int | None = None, function_to_apply: str | None = None
) -> Classification | list[Classification]:
    """Give a text's labels and how likely each is.

    Texts are read in batches, those of like length together. A text longer than the model reads is refused, where the
    pipeline stops with an error of the model's own.

    Args:
        checkpoint: from `load("text-classification")`.
        text: a text, or a list of them.
        top_k: how many labels to rank, 1 to C; None for all.
        function_to_apply: "sigmoid" for labels that may be true together, "softmax" for labels that exclude one
            another, "none" for the logits as they are; None for what the model's configuration says.

    Returns:
        One record for a string, a list of records for a list.

    Raises:
        TypeError: a text is not a string, `top_k` is not a whole number.
        ValueError: the checkpoint is for another task; a text is empty, too long or holds a special token; `top_k`
            is out of range; there is no such function.

    Source: `RobertaForSequenceClassification`; `TextClassificationPipeline`.

    >>> from encoder_lab import classify, load
    >>> checkpoint = load("text-classification")
    >>> result = classify(checkpoint, "Thank you!")
    >>> result.ranked[0].label, result.function, len(result.labels)
    ('gratitude', 'sigmoid', 28)
    >>> [each.ranked[0].label for each in classify(checkpoint, ["Thank you!", "I love it!"])]
    ['gratitude', 'love']
    """
    checkpoint.check_task("text-classification", "classify")
    config, tokenizer = checkpoint.model.config, checkpoint.tokenizer
    function = default_function(config) if function_to_apply is None else function_to_apply
    if function not in FUNCTIONS:
        raise ValueError(f"function_to_apply is {function!r}; it must be 'sigmoid', 'softmax', 'none' or None")
    _check_top_k(top_k, config.num_labels)
    texts = check_texts(text)
    refuse_special_tokens(tokenizer, texts)
    tokens = [tokenize(tokenizer, typed) for typed in texts]
    heads = read_heads(checkpoint, [each.ids[0] for each in tokens])
    results = [_classify_one(checkpoint, each, heads, row, function, top_k) for row, each in enumerate(tokens)]
    return results[0] if isinstance(text, str) else results


def default_function(config: PreTrainedConfig) -> str:
    """Say which function the pipeline applies to a model's logits if it is not told.

    Source: `TextClassificationPipeline.postprocess`.
    """
    if config.problem_type == "regression":
        return "none"
    if config.problem_type == "multi_label_classification" or config.num_labels == 1:
        return "sigmoid"
    return "softmax"


@undisturbed()
def read_heads(checkpoint: Checkpoint, rows: Sequence[Tensor]) -> SequenceHead:
    """Take texts through the encoder and the head; hidden states are not kept.

    Args:
        checkpoint: for text classification.
        rows: the token ids of each text, (T,) each.

    Returns:
        What the head made of each text, on the CPU: (B, D), logits (B, C).
    """
    model = checkpoint.model
    vectors = torch.empty(3, len(rows), model.config.hidden_size, dtype=model.dtype)
    logits = torch.empty(len(rows), model.config.num_labels, dtype=model.dtype)
    for numbers, ids, mask, segments in batches(checkpoint, rows, "texts"):
        head = sequence_head(last_hidden(model, ids, mask, segments), model, ids, mask)
        vectors[:, numbers] = torch.stack([head.vector, head.dense, head.activated]).cpu()
        logits[numbers] = head.logits.cpu()
    return SequenceHead(*vectors, logits)


def _classify_one(
    checkpoint: Checkpoint, tokens: Tokens, heads: SequenceHead, row: int, function: str, top_k: int | None
) -> Classification:
    """Turn the logits of one text into ranked labels."""
    config = checkpoint.model.config
    labels = tuple(config.id2label[index] for index in range(config.num_labels))
    probabilities = FUNCTIONS[function](heads.logits[row])
    best = probabilities.sort(descending=True, stable=True)  # of equals the earlier label first, as in the pipeline
    ranked = [RankedLabel(labels[i], i, p) for i, p in zip(best.indices.tolist(), best.values.tolist(), strict=True)]
    return Classification(
        text=tokens.texts[0][0],
        tokens=tokens,
        vector=heads.vector[row].clone(),  # a row alone: a pickle takes all that a view is part of
        dense=heads.dense[row].clone(),
        activated=heads.activated[row].clone(),
        logits=heads.logits[row].clone(),
        function=function,
        probabilities=probabilities,
        labels=labels,
        ranked=tuple(ranked[:top_k]),
        notes=(*_notes(config), *tokens.notes),
        reader=Reader(checkpoint),
    )


def _notes(config: PreTrainedConfig) -> tuple[str, ...]:
    """Say what the reader of the record would not expect of a classifier."""
    if config.problem_type == "regression":
        return (say("notes.regression"),)
    if config.num_labels == 1:
        return (say("notes.one_label"),)
    return ()


def _check_top_k(top_k: int | None, count: int) -> None:
    """Refuse a `top_k` that is no number of labels."""
    if top_k is None:
        return
    if not 1 <= whole_number("top_k", top_k) <= count:
        raise ValueError(f"top_k is {top_k}; it must be from 1 to {count}, the number of labels, or None for all")
