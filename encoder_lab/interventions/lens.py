"""The logit lens: what a head would say, had the model ended after each layer."""

import torch

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.trace import trace
from encoder_lab.heads import masked_lm_head, span_head
from encoder_lab.interventions.target import best_span
from encoder_lab.layers import as_last
from encoder_lab.probabilities import softmax, top_choices
from encoder_lab.records import Lens, Span, SpanLens
from encoder_lab.surroundings import undisturbed


@undisturbed()
def logit_lens(checkpoint: Checkpoint, text: str, top_k: int = 3) -> Lens:
    """Read every hidden state with the masked-language-model head, at every position.

    Only suggestive: the head was trained on the last hidden state and on no other. Where an early layer gives nonsense
    the model may know the word all the same, in directions that the head does not read; where it gives the right word
    the layers after it may still overrule it. Belrose et al. 2023 (arXiv:2303.08112) train a head for each layer, the
    tuned lens, and get earlier and surer readings. At hidden state L it is the model's answer.

    Args:
        checkpoint: from `load("fill-mask")`.
        text: one text, with or without a mask.
        top_k: how many words to keep, 1 to V.

    Returns:
        The likeliest words, their probabilities and the entropy, for each hidden state and position.

    Raises:
        TypeError, ValueError: see `tokenize` and `top_choices`; the checkpoint is for another task.

    Source: nostalgebraist 2020, "interpreting GPT: the logit lens".
    """
    checkpoint.check_task("fill-mask", "logit_lens")
    _check_one(text)
    way = trace(checkpoint, text)
    ids, probabilities, entropy = [], [], []
    for state in as_last(checkpoint.model, way.hidden_states):
        logits = masked_lm_head(state[0], checkpoint.model).logits  # (T, V)
        best, sure = top_choices(logits, top_k)
        ids.append(best.cpu())
        probabilities.append(sure.cpu())
        entropy.append(torch.special.entr(softmax(logits)).sum(dim=-1).cpu())
    decode = checkpoint.tokenizer.decode
    words = tuple(tuple(tuple(decode([i]) for i in row) for row in state.tolist()) for state in ids)
    return Lens(way.tokens, torch.stack(ids), words, torch.stack(probabilities), torch.stack(entropy))


@undisturbed()
def span_lens(checkpoint: Checkpoint, question: str, context: str) -> SpanLens:
    """Read every hidden state with the question-answering head. As suggestive as `logit_lens`, and for its reasons.

    Args:
        checkpoint: from `load("question-answering")`.
        question: one question.
        context: one context that the model reads in one piece.

    Returns:
        Start and end logits and the likeliest span of each hidden state; of the last, that of
        `answer(…, align_to_words=False)`.

    Raises:
        TypeError, ValueError: see `tokenize`; the checkpoint is for another task.
    """
    checkpoint.check_task("question-answering", "span_lens")
    _check_one(question)
    _check_one(context)
    way = trace(checkpoint, question, context)
    states = as_last(checkpoint.model, way.hidden_states)
    heads = [span_head(state, checkpoint.model) for state in states]
    spans, nulls = [], []
    for state in states:
        first, last, score, null = best_span(checkpoint, way.tokens, state)
        start, end = way.tokens.spans[0, first, 0].item(), way.tokens.spans[0, last, 1].item()
        spans.append(Span(context[start:end], start, end, score, 0, first, last, context[start:end]))
        nulls.append(null)
    starts, ends = (torch.cat([getattr(head, name) for head in heads]).cpu() for name in ("start", "end"))
    return SpanLens(way.tokens, starts, ends, tuple(spans), torch.tensor(nulls, dtype=starts.dtype))


def _check_one(text: str) -> None:
    """Refuse what is not one text."""
    if not isinstance(text, str):
        raise TypeError(f"one text is read at a time, a string; this is {text!r:.60}")
