"""Which number of an answer is watched, and how it is read off the last hidden state: one place for all techniques."""

from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.classify import FUNCTIONS, default_function
from encoder_lab.forward.zero_shot import nli_places
from encoder_lab.heads import masked_lm_head, sequence_head, span_head
from encoder_lab.interventions.stepwise import run
from encoder_lab.probabilities import decode_spans, label_probabilities, softmax
from encoder_lab.records import Target, Tokens
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import mask_positions, refuse_half_characters, refuse_special_tokens, tokenize, tokens_of
from encoder_lab.whole import whole_number

MEASURES = ("logit", "probability")
MAX_ANSWER_LEN = 15  # tokens; the default of `answer`


def watch(
    checkpoint: Checkpoint,
    text: str,
    pair: str | None = None,
    output: str | None = None,
    against: str | None = None,
    measure: str = "logit",
    mask: int = 0,
) -> Target:
    """Choose the number to watch while something inside the model is changed.

    | task | text, pair | output |
    | --- | --- | --- |
    | fill-mask | a text with a mask | a word of one piece |
    | question-answering | question, context | a stretch of the context: its start plus its end logit |
    | text-classification | a text | a label |
    | zero-shot-classification | text, hypothesis | "entailment" or another of the three |

    Args:
        checkpoint: from `load`.
        text: see above.
        pair: see above; None where there is none.
        output: see above; None for what the model itself prefers, and for zero-shot for entailment. A stretch must
            stand in the context once, so that there is no doubt which is watched.
        against: another output whose logit is subtracted; None for none. A span has none.
        measure: "logit" (no unit) or "probability", 0 to 1, as the task's journey gives it: of zero-shot's three, to
            entailment alone, its share against contradiction. A span has its logits.
        mask: which of the text's masks, counted from 0.

    Returns:
        The target, with its value for the text as it is.

    Raises:
        TypeError, ValueError: see `tokenize`; the text has no such mask; a word is no single piece of the vocabulary;
            the output is no stretch of the context, or there twice, or no label; a measure there is not, or that does
            not fit; a special token is typed where the task's journey refuses it; the task is none the course knows.
    """
    checkpoint.check_known("watch")
    if measure not in MEASURES:
        raise ValueError(f"measure is {measure!r}; it must be 'logit' or 'probability'")
    if against is not None and measure == "probability":
        raise ValueError("a difference is one of logits; leave `against` out, or measure='probability'")
    paired = checkpoint.task in ("question-answering", "zero-shot-classification")
    if paired != (pair is not None):
        pairs = {
            "question-answering": "a question and its context",
            "zero-shot-classification": "a text and a hypothesis",
        }
        raise ValueError(f"{checkpoint.task} needs {pairs.get(checkpoint.task, 'one text and no pair')}")
    if not isinstance(text, str):
        raise TypeError(f"one text is watched at a time, a string; this is {text!r:.60}")
    if checkpoint.task in ("text-classification", "zero-shot-classification"):
        refuse_special_tokens(checkpoint.tokenizer, [text, *([pair] if isinstance(pair, str) else [])])
    tokens = tokenize(checkpoint.tokenizer, text, pair)
    choose = {"fill-mask": _watch_word, "question-answering": _watch_span}.get(checkpoint.task, _watch_label)
    with undisturbed():
        hidden = run(checkpoint, tokens).last
        target = choose(checkpoint, tokens, hidden, output, against, measure, mask)
        return replace(target, value=read(checkpoint, target, hidden)[0].item())


@undisturbed(gradients=None)
def read(checkpoint: Checkpoint, target: Target, hidden: Tensor) -> Tensor:
    """Read the watched number off the last hidden state.

    Args:
        checkpoint: the one the target was chosen with, or a changed copy of it.
        target: from `watch`.
        hidden: (B, T, D) what the head reads; see `States.last`.

    Returns:
        (B,) one number a row.
    """
    if target.output is None:
        head = span_head(hidden, checkpoint.model)
        first, last = target.positions
        return head.start[:, first] + head.end[:, last]
    logits = _logits(checkpoint, target.tokens, target.positions, hidden)  # (B, V) or (B, C)
    if target.measure == "probability":
        return _probability(checkpoint, logits, target.output)
    value = logits[:, target.output]
    return value if target.against is None else value - logits[:, target.against]


def _logits(checkpoint: Checkpoint, tokens: Tokens, positions: Sequence[int], hidden: Tensor) -> Tensor:
    """Give what the head makes of a hidden state, at the watched position or for the whole text."""
    checkpoint.check_known("read")
    if checkpoint.task == "fill-mask":
        return masked_lm_head(hidden[:, positions[0]], checkpoint.model).logits  # (B, V)
    ids = tokens.ids.to(hidden.device).expand(len(hidden), -1)
    return sequence_head(hidden, checkpoint.model, ids).logits  # (B, C); one text, so there is no padding


def _probability(checkpoint: Checkpoint, logits: Tensor, output: int) -> Tensor:
    """Turn logits (B, C) into the output's probability, (B,), as the task's journey does."""
    config = checkpoint.model.config
    if checkpoint.task == "zero-shot-classification":
        _, entailment, contradiction = nli_places(config)
        return label_probabilities(logits[:, None], entailment, contradiction, multi_label=True)[:, 0]
    function = FUNCTIONS[default_function(config)] if checkpoint.task == "text-classification" else softmax
    return function(logits)[:, output]


def _watch_word(
    checkpoint: Checkpoint,
    tokens: Tokens,
    hidden: Tensor,
    output: str | None,
    against: str | None,
    measure: str,
    mask: int,
) -> Target:
    """Watch a word at a mask."""
    tokenizer = checkpoint.tokenizer
    masks = mask_positions(tokenizer, tokens.ids[0])
    if not masks:
        raise ValueError(f"the text has no {tokenizer.mask_token}; put {tokenizer.mask_token} where a word is watched")
    if not 0 <= whole_number("mask", mask) < len(masks):
        raise ValueError(f"mask is {mask}; the text has {len(masks)}, counted from 0 to {len(masks) - 1}")
    place = (masks[mask],)
    if output is None:
        best = int(_logits(checkpoint, tokens, place, hidden)[0].argmax())
    else:
        best = _one_piece(checkpoint, output)
    minus = None if against is None else _one_piece(checkpoint, against)
    name = repr(tokenizer.decode([best])) + ("" if against is None else f" minus {against!r}")
    return Target(tokens, f"{name} at position {place[0]}", measure, place, best, minus, 0.0)


def _watch_span(
    checkpoint: Checkpoint,
    tokens: Tokens,
    hidden: Tensor,
    output: str | None,
    against: str | None,
    measure: str,
    mask: int,
) -> Target:
    """Watch the start and the end of a stretch of the context."""
    if measure != "logit" or against is not None:
        raise ValueError("of a span its start plus its end logit is watched; leave `measure` and `against` out")
    context, inside = tokens.texts[0][1], tokens.sides[0] == 1
    if output is None:
        first, last = best_span(checkpoint, tokens, hidden)[:2]
    else:
        start = context.find(output) if isinstance(output, str) and output.strip() else -1
        if start < 0:
            raise ValueError(f"{output!r} is no stretch of the context; give words as they stand there")
        if context.find(output, start + 1) >= 0:
            raise ValueError(f"{output!r} stands in the context more than once; give enough words around it")
        places = inside.nonzero().squeeze(-1).tolist()  # the question has characters of the same numbers
        first, last = (places[at] for at in tokens_of(tokens.spans[0, inside], start, start + len(output)))
    found = context[tokens.spans[0, first, 0] : tokens.spans[0, last, 1]]
    return Target(tokens, f"the span {found!r}", measure, (first, last), None, None, 0.0)


def _watch_label(
    checkpoint: Checkpoint,
    tokens: Tokens,
    hidden: Tensor,
    output: str | None,
    against: str | None,
    measure: str,
    mask: int,
) -> Target:
    """Watch a label, or one of the three NLI logits."""
    labels = [checkpoint.model.config.id2label[i] for i in range(checkpoint.model.config.num_labels)]
    if checkpoint.task == "zero-shot-classification":
        entailment = labels[nli_places(checkpoint.model.config)[1]]
        output = entailment if output is None else output
        if measure == "probability" and output in labels and output != entailment:
            raise ValueError(f"zero_shot gives a probability to {entailment!r} alone; leave `output` or `measure` out")
    if output is None:
        output = labels[int(_logits(checkpoint, tokens, (), hidden)[0].argmax())]
    for label in [output] if against is None else [output, against]:
        if label not in labels:
            raise ValueError(f"there is no label {label!r}; the labels are {', '.join(labels)}")
    minus = None if against is None else labels.index(against)
    name = repr(output) + ("" if against is None else f" minus {against!r}")
    return Target(tokens, name, measure, (), labels.index(output), minus, 0.0)


def best_span(checkpoint: Checkpoint, tokens: Tokens, hidden: Tensor) -> tuple[int, int, float, float]:
    """Find the likeliest span of a context that is read in one piece.

    Args:
        checkpoint: for question answering.
        tokens: a question and its context, (1, T).
        hidden: (1, T, D) what the head reads.

    Returns:
        (first token, last token, score, the score of no answer); the first two are positions.
    """
    head = span_head(hidden, checkpoint.model)
    context = (tokens.sides == 1).to(hidden.device)
    start, end, ((best,),) = decode_spans(head.start, head.end, context, MAX_ANSWER_LEN, 1)
    return *best, (start[0, 0] * end[0, 0]).item()


def _one_piece(checkpoint: Checkpoint, word: str) -> int:
    """Find the token id of a word that is one piece of the vocabulary."""
    if not isinstance(word, str):
        raise TypeError(f"a word to watch must be a string; this is {word!r:.60}")
    refuse_half_characters(word, "a word to watch")
    pieces = checkpoint.tokenizer.tokenize(word)
    if len(pieces) != 1 or pieces[0] == checkpoint.tokenizer.unk_token:
        shown = f"{len(pieces)} pieces ({', '.join(pieces)})" if len(pieces) > 1 else "no piece of this vocabulary"
        raise ValueError(f"the word {word!r} is {shown}; one mask holds one piece, so choose a word that is one")
    return checkpoint.tokenizer.convert_tokens_to_ids(pieces[0])
