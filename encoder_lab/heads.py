"""Last hidden state -> logits: the masked-LM, span, sequence and NLI heads."""

from torch import Tensor, nn

from encoder_lab.records import MaskedLMHead, SequenceHead, SpanHead


def masked_lm_head(hidden: Tensor, model: nn.Module) -> MaskedLMHead:
    """Turn each position's hidden state into one logit a word of the vocabulary.

    Args:
        hidden: (…, D) the last hidden state, at all positions or at chosen ones.
        model: a `BertForMaskedLM`; its `cls.predictions.decoder` shares the word embeddings' weights.

    Returns:
        Every intermediate value; logits are (…, V).

    Source: Devlin et al. 2019, section 3.1, task 1; `BertLMPredictionHead`.
    """
    parts = model.cls.predictions
    dense = parts.transform.dense(hidden)  # (…, D)
    activated = parts.transform.transform_act_fn(dense)  # (…, D)
    transformed = parts.transform.LayerNorm(activated)  # (…, D)
    return MaskedLMHead(dense, activated, transformed, parts.decoder(transformed))


def span_head(hidden: Tensor, model: nn.Module) -> SpanHead:
    """Give each token two numbers: how well the answer starts there, how well it ends there.

    Args:
        hidden: (B, T, D) the last hidden state.
        model: a `RobertaForQuestionAnswering`.

    Source: Devlin et al. 2019, section 4.2; `RobertaForQuestionAnswering.qa_outputs`.
    """
    start, end = model.qa_outputs(hidden).unbind(dim=-1)  # (B, T) each
    return SpanHead(start, end)


def sequence_head(hidden: Tensor, model: nn.Module) -> SequenceHead:
    """Classify a text by its first token's vector.

    Args:
        hidden: (B, T, D) the encoder's last hidden state.
        model: a `RobertaForSequenceClassification`.

    Returns:
        Every intermediate value; logits are (B, C).

    Source: `RobertaClassificationHead`.
    """
    return _classify(hidden[:, 0], model.classifier)


def nli_head(hidden: Tensor, ids: Tensor, model: nn.Module) -> SequenceHead:
    """Classify a pair by the decoder's state where it reads the last `</s>` of the input.

    Args:
        hidden: (B, T, D) the decoder's last hidden state.
        ids: (B, T) the encoder's token ids; each row holds at least one `</s>`.
        model: a `BartForSequenceClassification`.

    Returns:
        Every intermediate value; logits are (B, C).

    Raises:
        ValueError: a row has no `</s>`.

    Source: Lewis et al. 2020, section 3.1 (arXiv:1910.13461); `BartForSequenceClassification.forward`.
    """
    ends = ids == model.config.eos_token_id  # (B, T)
    if not bool(ends.any(dim=1).all()):
        raise ValueError("a text has no </s>; the decoder's state there is what the head classifies")
    last = ids.shape[1] - 1 - ends.long().flip(1).argmax(dim=1)  # (B,)
    return _classify(hidden[range(len(ids)), last], model.classification_head)


def _classify(vector: Tensor, head: nn.Module) -> SequenceHead:
    """Run dense, tanh and out_proj on one vector a text, (B, D)."""
    dense = head.dense(vector)  # (B, D)
    activated = dense.tanh()  # (B, D)
    return SequenceHead(vector, dense, activated, head.out_proj(activated))
