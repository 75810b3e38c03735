"""Zero-shot classification by inference: each label becomes a hypothesis, and the text entails it or does not."""

from collections.abc import Sequence
from itertools import product
from string import Formatter

import torch
from torch import Tensor
from transformers import PreTrainedConfig

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.batches import batches
from encoder_lab.forward.model import last_hidden
from encoder_lab.forward.reader import Reader
from encoder_lab.heads import deciding, sequence_head
from encoder_lab.probabilities import label_probabilities
from encoder_lab.records import Pair, RankedLabel, ZeroShot
from encoder_lab.shown import shorten
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import check_texts, refuse_half_characters, refuse_special_tokens, tokenize
from encoder_lab.whole import truth


def zero_shot(
    checkpoint: Checkpoint,
    text: str | Sequence[str],
    labels: str | Sequence[str],
    hypothesis_template: str = "This example is {}.",
    multi_label: bool = False,
) -> ZeroShot | list[ZeroShot]:
    """Rank labels that the model was never trained on, by whether the text entails that they fit.

    The text with each label's hypothesis is one pair, and each pair one pass through the model. Pairs of all texts are
    read in batches, those of like length together. Where a pair is too long for the model the text loses its end, as
    in the pipeline, and the record says how many tokens.

    Args:
        checkpoint: from `load("zero-shot-classification")`.
        text: a text, or a list of them.
        labels: C different labels, or one string of them with commas between.
        hypothesis_template: a sentence with one {}, where the label goes.
        multi_label: whether several labels may be true of a text; otherwise their probabilities sum to 1.

    Returns:
        One record for a string, a list of records for a list.

    Raises:
        TypeError: a text, a label or the template is not a string; `multi_label` is not a truth.
        ValueError: the checkpoint is for another task, or its configuration names no entailment; a text or label is
            blank; there is no label, or one twice; the template has not exactly one {}; a special token is typed; a
            hypothesis leaves no room for the text.

    Source: Yin et al. 2019 (arXiv:1909.00161); `ZeroShotClassificationPipeline`.

    >>> from encoder_lab import load, zero_shot
    >>> checkpoint = load("zero-shot-classification")
    >>> result = zero_shot(checkpoint, "I need a hotel in Rome.", ["travel", "sports"])
    >>> result.ranked[0].label, result.pairs[1].hypothesis
    ('travel', 'This example is sports.')
    >>> both = zero_shot(checkpoint, "I need a hotel in Rome.", ["travel", "sports"], multi_label=True)
    >>> sum(each.probability for each in both.ranked) == 1
    False
    """
    checkpoint.check_task("zero-shot-classification", "zero_shot")
    multi_label = truth("multi_label", multi_label)
    texts = check_texts(text)
    labels = check_hypotheses(labels, hypothesis_template)
    hypotheses = [hypothesis_template.format(label) for label in labels]
    tokenizer = checkpoint.tokenizer
    refuse_special_tokens(tokenizer, texts)
    refuse_special_tokens(tokenizer, labels, "label")
    refuse_special_tokens(tokenizer, [hypothesis_template], "template")
    refuse_special_tokens(tokenizer, hypotheses, "hypothesis")  # "<{}>" and "s" only spell "<s>" together
    _, entailment, contradiction = nli_places(checkpoint.model.config)

    rows, kinds, cut, notes = [], [], [], []  # B·C each: all labels of the first text, then all of the second, …
    for typed in texts:
        tokens = tokenize(tokenizer, [typed] * len(labels), hypotheses, cut_first=True)
        rows += [ids[mask == 1] for ids, mask in zip(tokens.ids, tokens.mask, strict=True)]
        kinds += [segments[mask == 1] for segments, mask in zip(tokens.segments, tokens.mask, strict=True)]
        whole = len(tokenizer(typed, add_special_tokens=False, verbose=False)["input_ids"])
        cut += (whole - (tokens.sides == 0).sum(dim=1)).tolist()
        notes += [tokens.notes] * len(labels)
    logits = nli_logits(checkpoint, rows, kinds)  # (B·C, 3)

    reader = Reader(checkpoint)
    described = list(zip(labels, hypotheses, strict=True))
    pairs = [
        Pair(
            label=label,
            premise=typed,
            hypothesis=hypothesis,
            size=len(ids),
            cut=lost,
            logits=three.clone(),  # by itself: a pickle takes all that a view is part of
            contrast=three[[contradiction, entailment]],
            deciding=deciding(checkpoint.model, ids),
            reader=reader,
        )
        for (typed, (label, hypothesis)), ids, lost, three in zip(
            product(texts, described), rows, cut, logits, strict=True
        )
    ]
    each = range(0, len(pairs), len(labels))
    results = [
        _rank(checkpoint, pairs[at : at + len(labels)], hypothesis_template, multi_label, notes[at]) for at in each
    ]
    return results[0] if isinstance(text, str) else results


def check_hypotheses(labels: str | Sequence[str], template: str) -> list[str]:
    """Return the labels as a list, or say in one sentence why they and the template make no hypotheses.

    Args:
        labels: different labels, none of them blank; or one string of them with commas between.
        template: a sentence with one {}, where the label goes.

    Raises:
        TypeError: the labels, one of them, or the template are no string.
        ValueError: there is no label, one is blank, or one stands there twice; the template has no {}, more than one,
            one with something in it, or a single brace.
    """
    checked = _check_labels(labels)
    _check_template(template)
    return checked


def nli_places(config: PreTrainedConfig) -> tuple[tuple[str, ...], int, int]:
    """Find entailment and contradiction among a model's logits, as a rule three.

    Entailment is found by its name in `id2label`, in capitals or not; `label2id`, which `load` holds to agree, is not
    read. Contradiction is the first of them, or the last if entailment is the first, whatever its name: so does
    the pipeline.

    Returns:
        (the names of all, entailment's place, contradiction's place).

    Raises:
        ValueError: the model has a single logit, or none has a name that begins with "entail".

    Source: `ZeroShotClassificationPipeline.entailment_id` and `.postprocess`.
    """
    names = tuple(config.id2label[index] for index in range(config.num_labels))
    if len(names) < 2:
        raise ValueError(f"this model has {len(names)} label; zero_shot needs entailment and contradiction at least")
    found = [place for place, name in enumerate(names) if name.lower().startswith("entail")]
    if not found:
        raise ValueError(
            f"this model's labels are {shorten(', '.join(names), 60)}; zero_shot needs one that is called entailment, "
            "so take a model for inference, or name its labels in the configuration's id2label"
        )
    return names, found[0], 0 if found[0] else len(names) - 1


@undisturbed()
def nli_logits(checkpoint: Checkpoint, rows: Sequence[Tensor], segments: Sequence[Tensor] | None = None) -> Tensor:
    """Give each pair its logits, as a rule three; hidden states are not kept.

    Args:
        checkpoint: for zero-shot classification.
        rows: the token ids of each pair, (T,) each.
        segments: their segment ids, (T,) each; None where all are 0.

    Returns:
        (N, 3), on the CPU.
    """
    model = checkpoint.model
    logits = torch.empty(len(rows), model.config.num_labels, dtype=model.dtype)
    for numbers, ids, mask, kinds in batches(checkpoint, rows, "pairs", segments=segments):
        hidden = last_hidden(model, ids, mask, kinds)
        logits[numbers] = sequence_head(hidden, model, ids, mask).logits.cpu()
    return logits


def _rank(
    checkpoint: Checkpoint, pairs: Sequence[Pair], template: str, multi_label: bool, notes: tuple[str, ...]
) -> ZeroShot:
    """Turn the logits of one text's pairs into ranked labels."""
    names, entailment, contradiction = nli_places(checkpoint.model.config)
    labels = tuple(pair.label for pair in pairs)
    logits = torch.stack([pair.logits for pair in pairs])  # (C, 3)
    exclusive, independent = (
        label_probabilities(logits[None], entailment, contradiction, several)[0] for several in (False, True)
    )  # (C,) each
    found = (independent if multi_label else exclusive).sort(stable=True)
    order = zip(found.indices.tolist(), found.values.tolist(), strict=True)
    ranked = [RankedLabel(labels[index], index, probability) for index, probability in order]
    return ZeroShot(
        text=pairs[0].premise,
        labels=labels,
        hypothesis_template=template,
        multi_label=multi_label,
        pairs=tuple(pairs),
        names=names,
        entailment=entailment,
        contradiction=contradiction,
        logits=logits,
        contrast=torch.stack([pair.contrast for pair in pairs]),
        exclusive=exclusive,
        independent=independent,
        ranked=tuple(reversed(ranked)),  # of equals the later label first, as in the pipeline
        read_notes=notes,
        reader=pairs[0].reader,
    )


def _check_labels(labels: str | Sequence[str]) -> list[str]:
    """Return the labels as a list, or say in one sentence what is wrong with them."""
    if isinstance(labels, str):
        labels = [label.strip() for label in labels.split(",") if label.strip()]
    if not isinstance(labels, list | tuple):
        raise TypeError(f"labels must be a list of strings, or one string with commas; this is {labels!r:.60}")
    if not labels:
        raise ValueError("there is no label; give at least one")
    seen = set()
    for label in labels:
        if not isinstance(label, str):
            raise TypeError(f"a label must be a string; this is {label!r:.60}")
        if not label.strip():
            raise ValueError(f"the label {label!r} is blank; give a word, or leave it out")
        refuse_half_characters(label, "a label")
        if label.strip() in seen:
            raise ValueError(f"the label {label!r} is given twice; give each label once")
        seen.add(label.strip())
    return list(labels)


def _check_template(template: str) -> None:
    """Raise unless the template has one {} for the label."""
    if not isinstance(template, str):
        raise TypeError(f"the hypothesis template must be a string; this is {template!r:.60}")
    refuse_half_characters(template, "the hypothesis template")
    try:
        fields = [parts[1:] for parts in Formatter().parse(template) if parts[1] is not None]
    except ValueError as error:
        raise ValueError(f"the template {template!r} has a single brace; write {{}} where the label goes") from error
    if len(fields) != 1:
        raise ValueError(f"the template {template!r} has {len(fields) or 'no'} {{}}; write one, where the label goes")
    if fields != [("", "", None)]:
        raise ValueError(f"the template {template!r} has something between its braces; write {{}}, with nothing in it")
