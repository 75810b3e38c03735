"""Last hidden state -> logits: the masked-LM, span and sequence heads."""

from torch import Tensor, nn
from torch.nn.functional import linear

from encoder_lab.families import Transform, family_of, find
from encoder_lab.records import MaskedLMHead, SequenceHead, SpanHead


def masked_lm_head(hidden: Tensor, model: nn.Module) -> MaskedLMHead:
    """Turn each position's hidden state into one logit a word of the vocabulary.

    Args:
        hidden: (…, D) the last hidden state, at all positions or at chosen ones.
        model: with a masked-LM head, such as a `BertForMaskedLM`, whose `cls.predictions.decoder` shares the word
            embeddings' weights.

    Returns:
        Every intermediate value; logits are (…, V).

    Source: Devlin et al. 2019, section 3.1, task 1; `BertLMPredictionHead`.

    >>> from encoder_lab import load, masked_lm_head, trace
    >>> checkpoint = load("fill-mask")
    >>> way = trace(checkpoint, "The cat sat.")
    >>> logits = masked_lm_head(way.hidden_states[-1], checkpoint.model).logits  # (1, 6, V)
    >>> checkpoint.tokenizer.decode(logits[0, 2].argmax())  # what it reads itself, it gives back
    'cat'
    """
    names, dense, activated, transformed = family_of(model.config).masked_lm, None, None, hidden
    if names.transform:
        dense, activated, transformed = _transform(hidden, model, names.transform)  # (…, D) each
    logits = linear(transformed, find(model, names.weight), find(model, names.bias).flatten())  # (…, V)
    return MaskedLMHead(dense, activated, transformed, logits)


def span_head(hidden: Tensor, model: nn.Module) -> SpanHead:
    """Give each token two numbers: how well the answer starts there, how well it ends there.

    Args:
        hidden: (B, T, D) the last hidden state.
        model: for question answering, such as a `RobertaForQuestionAnswering`.

    Source: Devlin et al. 2019, section 4.2; `RobertaForQuestionAnswering.qa_outputs`.

    >>> from encoder_lab import load, span_head, trace
    >>> checkpoint = load("question-answering")
    >>> way = trace(checkpoint, "Where do pandas live?", "Pandas live in China.")
    >>> head = span_head(way.hidden_states[-1], checkpoint.model)
    >>> way.tokens.strings[0][head.start[0].argmax()]
    '·China'
    """
    names, transformed = family_of(model.config).spans, None
    if names.transform:
        *_, transformed = _transform(hidden, model, names.transform)
    read = hidden if transformed is None else transformed  # (B, T, D)
    start, end = find(model, names.out)(read).unbind(dim=-1)  # (B, T) each
    return SpanHead(start, end, transformed)


def sequence_head(
    hidden: Tensor, model: nn.Module, ids: Tensor | None = None, mask: Tensor | None = None
) -> SequenceHead:
    """Classify a text by one vector: its first token's, the mean of all, or in BART the one at the last `</s>`.

    Args:
        hidden: (B, T, D) the last hidden state: the decoder's where there is one.
        model: for classification, such as a `RobertaForSequenceClassification`.
        ids: (B, T) token ids, each row with at least one `</s>`; only BART needs them.
        mask: (B, T) 1 for a real token, 0 for padding; only a mean needs it, and None is no padding.

    Returns:
        Every intermediate value; logits are (B, C).

    Raises:
        ValueError: a row of BART's has no `</s>`.

    Source: `RobertaClassificationHead` and those of the other families; Lewis et al. 2020, section 3.1
        (arXiv:1910.13461).

    >>> from encoder_lab import load, sequence_head, trace
    >>> checkpoint = load("text-classification")
    >>> way = trace(checkpoint, "Thank you!")
    >>> logits = sequence_head(way.hidden_states[-1], checkpoint.model).logits  # (1, 28)
    >>> checkpoint.model.config.id2label[logits[0].argmax().item()]
    'gratitude'
    """
    names = family_of(model.config).sequence
    if names.reads == "last </s>":
        vector = hidden[range(len(hidden)), _last(ids, model.config.eos_token_id)]
    elif names.reads == "mean":
        mask = hidden.new_ones(hidden.shape[:2]) if mask is None else mask
        vector = (hidden * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
    else:
        vector = hidden[:, 0]
    dense, activated, transformed = _transform(vector, model, names.transform)  # (B, D) each
    logits = find(model, names.out)(transformed)  # (B, C)
    return SequenceHead(vector, dense, activated, logits, transformed if names.transform.norm else None)


def deciding(model: nn.Module, ids: Tensor) -> int | None:
    """Name the position of one text's ids (T,) whose vector `sequence_head` reads; None where it is a mean."""
    reads = family_of(model.config).sequence.reads
    if reads == "last </s>":
        return int(_last(ids[None], model.config.eos_token_id))
    return 0 if reads == "first" else None


def _transform(x: Tensor, model: nn.Module, names: Transform) -> tuple[Tensor, Tensor, Tensor]:
    """Run dense, activation and norm, where there is one: each value, (…, D)."""
    dense = find(model, names.dense)(x)
    activated = find(model, names.activation)(dense)
    return dense, activated, find(model, names.norm)(activated) if names.norm else activated


def _last(ids: Tensor, end: int) -> Tensor:
    """Find the last `</s>` of each row, (B,)."""
    ends = ids == end  # (B, T)
    if not bool(ends.any(dim=1).all()):
        raise ValueError("a text has no </s>; the decoder's state there is what the head classifies")
    return ids.shape[1] - 1 - ends.long().flip(1).argmax(dim=1)
