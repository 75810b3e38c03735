"""The journeys: each a short list of calls to the stages, from text to a record that keeps every one of them."""

import warnings
from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.embeddings import embed
from encoder_lab.heads import masked_lm_head
from encoder_lab.layers import causal_bias, decoder_layer, encoder_layer, layer_parts, mask_bias
from encoder_lab.probabilities import top_choices
from encoder_lab.records import Choice, EncoderDecoderTrace, FillMask, Layers, MaskedLMHead, Tokens, Trace
from encoder_lab.tokens import check_texts, mask_positions, readable, tokenize


def trace(
    checkpoint: Checkpoint, text: str | Sequence[str], pair: str | Sequence[str] | None = None
) -> Trace | EncoderDecoderTrace:
    """Read text with a checkpoint's encoder (for BART its decoder too) and keep each hidden state.

    Args:
        checkpoint: from `load`.
        text: one text, or B of them.
        pair: a second text for each, or None.

    Returns:
        A `Trace`; for BART an `EncoderDecoderTrace`.

    Raises:
        TypeError, ValueError: see `tokenize`.
    """
    return trace_tokens(checkpoint, tokenize(checkpoint.tokenizer, text, pair))


@torch.inference_mode()
def trace_tokens(checkpoint: Checkpoint, tokens: Tokens) -> Trace | EncoderDecoderTrace:
    """Do as `trace` does, for tokens that are there already."""
    base, device = checkpoint.model.base_model, checkpoint.model.device
    ids, mask, segments = tokens.ids.to(device), tokens.mask.to(device), tokens.segments.to(device)
    if checkpoint.model.config.is_encoder_decoder:
        return _trace_both(checkpoint, tokens, ids, mask)
    states = base(ids, attention_mask=mask, token_type_ids=segments, output_hidden_states=True).hidden_states
    return Trace(tokens, embed(base, ids, segments), states, _encoder_layers(base.encoder.layer, states, mask))


def fill_mask(
    checkpoint: Checkpoint, text: str | Sequence[str], top_k: int = 5, targets: str | Sequence[str] | None = None
) -> FillMask | list[FillMask]:
    """Say what a masked-language model would put in the place of each mask.

    Args:
        checkpoint: from `load("fill-mask")`.
        text: a text with at least one mask token ("[MASK]"), or a list of them.
        top_k: how many choices to keep for each mask, 1 to V.
        targets: words to choose among; None for the whole vocabulary. Of a word that is several pieces the first
            is used, with a warning, as in `transformers`.

    Returns:
        One record for a string, a list of records for a list.

    Raises:
        TypeError: a text or target is not a string.
        ValueError: the checkpoint is for another task; a text is empty, has no mask or is too long; `top_k` is out
            of range; a target is empty.

    Source: `FillMaskPipeline`.
    """
    if checkpoint.task != "fill-mask":
        raise ValueError(f"this checkpoint is for {checkpoint.task}; fill_mask needs load('fill-mask')")
    texts = check_texts(text)
    for typed in texts:
        _check_mask(checkpoint.tokenizer, typed)
    among = None if targets is None else target_ids(checkpoint.tokenizer, targets)
    results = [_fill_one(checkpoint, typed, top_k, among) for typed in texts]
    return results[0] if isinstance(text, str) else results


@torch.inference_mode()
def _fill_one(checkpoint: Checkpoint, text: str, top_k: int, among: Tensor | None) -> FillMask:
    """Take one text the whole way."""
    model, tokenizer = checkpoint.model, checkpoint.tokenizer
    way = trace(checkpoint, text)
    positions = mask_positions(tokenizer, way.tokens.ids[0])
    hidden = way.hidden_states[-1]                               # (1, T, D)
    logits = masked_lm_head(hidden[0, positions], model).logits  # (N, V)
    best, probabilities = top_choices(logits, top_k, among)      # (N, top_k) each
    choices = tuple(
        tuple(
            Choice(i, tokenizer.decode([i]), logits[row, i].item(), p, fill_in(tokenizer, way.tokens.ids[0], at, i))
            for i, p in zip(best[row].tolist(), probabilities[row].tolist(), strict=True)
        )
        for row, at in enumerate(positions)
    )
    return FillMask(text, way, tuple(positions), choices, lambda: _whole_head(checkpoint, hidden))


@torch.inference_mode()
def _whole_head(checkpoint: Checkpoint, hidden: Tensor) -> MaskedLMHead:
    """Work out the masked-LM head at every position of `hidden` (B, T, D)."""
    return masked_lm_head(hidden, checkpoint.model)


def fill_in(tokenizer: PreTrainedTokenizerBase, ids: Tensor, position: int, choice: int) -> str:
    """Write the text of `ids` (T,) with `choice` at `position`; other masks stay visible."""
    filled = [choice if at == position else i for at, i in enumerate(ids.tolist())]
    only_mask = len(mask_positions(tokenizer, ids)) == 1
    return tokenizer.decode([i for i in filled if i != tokenizer.pad_token_id], skip_special_tokens=only_mask)


def target_ids(tokenizer: PreTrainedTokenizerBase, targets: str | Sequence[str]) -> Tensor:
    """Find the token ids of the words to choose among.

    Args:
        tokenizer: a fast tokenizer.
        targets: one word or several.

    Returns:
        (M,) distinct token ids.

    Raises:
        TypeError: a target is not a string.
        ValueError: there is no target, or one is empty.

    Source: `FillMaskPipeline.get_target_ids`.
    """
    words = [targets] if isinstance(targets, str) else targets
    if not isinstance(words, list | tuple | set):
        raise TypeError(f"targets must be a word or a list of words; this is {targets!r}")
    if not words:
        raise ValueError("the list of targets is empty; give at least one word, or leave targets out")
    vocabulary = tokenizer.get_vocab()
    found = []
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"a target must be a string; this is {word!r}")
        if word not in vocabulary:
            pieces = tokenizer.tokenize(word)
            if not pieces:
                raise ValueError(f"the target {word!r} is empty; give a word, or leave it out")
            warnings.warn(
                f"the target {word!r} is not one piece of this vocabulary; its first piece, {pieces[0]!r}, is used",
                stacklevel=3,
            )
            word = pieces[0]
        found.append(vocabulary[word])
    return torch.tensor(list(dict.fromkeys(found)))


def _check_mask(tokenizer: PreTrainedTokenizerBase, text: str) -> None:
    """Raise if `text` has no mask, naming the right spelling if it holds a wrong one."""
    right = tokenizer.mask_token
    if right in text:
        return
    wrong = [w for w in ("[MASK]", "<mask>", "{mask}", "(mask)", "[ MASK ]") if w.lower() in text.lower()]
    if wrong:
        at = text.lower().index(wrong[0].lower())
        raise ValueError(f"the text has {text[at : at + len(wrong[0])]!r}, but this model's mask is spelled {right!r}")
    raise ValueError(f"the text has no {right}; put {right} where a word is to be guessed")


def _encoder_layers(modules: Sequence, states: tuple[Tensor, ...], mask: Tensor) -> Layers:
    """Offer each encoder layer, worked out from the hidden state that enters it."""

    @torch.inference_mode()
    def compute(index: int):
        x = states[index]
        return encoder_layer(x, layer_parts(modules[index]), mask_bias(mask, x.dtype))

    return Layers(len(modules), compute)


def _trace_both(checkpoint: Checkpoint, tokens: Tokens, ids: Tensor, mask: Tensor) -> EncoderDecoderTrace:
    """Trace BART: its encoder, then its decoder, which reads the same ids shifted right by one."""
    base = checkpoint.model.base_model
    shifted = shift_right(ids, checkpoint.model.config.decoder_start_token_id)
    out = base(ids, attention_mask=mask, decoder_input_ids=shifted, output_hidden_states=True, use_cache=False)
    source, states = out.encoder_last_hidden_state, out.decoder_hidden_states

    @torch.inference_mode()
    def compute(index: int):
        x = states[index]
        parts = layer_parts(base.decoder.layers[index])
        bias = causal_bias(x.shape[1], x.dtype, x.device)
        return decoder_layer(x, source, parts, bias, mask_bias(mask, x.dtype))

    read = Tokens(
        texts=tokens.texts,
        ids=shifted.cpu(),
        mask=torch.ones_like(tokens.mask),
        segments=tokens.segments,
        sides=tokens.sides.roll(1, dims=1),
        spans=tokens.spans.roll(1, dims=1),
        strings=tuple(readable(checkpoint.tokenizer, row) for row in shifted),
    )
    encoder = Trace(
        tokens,
        embed(base.encoder, ids, tokens.segments),
        out.encoder_hidden_states,
        _encoder_layers(base.encoder.layers, out.encoder_hidden_states, mask),
    )
    layers = Layers(len(base.decoder.layers), compute)
    decoder = Trace(read, embed(base.decoder, shifted, tokens.segments), states, layers)
    return EncoderDecoderTrace(encoder, decoder)


def shift_right(ids: Tensor, start_id: int) -> Tensor:
    """Put `start_id` in front of `ids` (B, T) and drop the last, as BART's decoder reads them.

    Source: `transformers.models.bart.modeling_bart.shift_tokens_right`.
    """
    return torch.cat([torch.full_like(ids[:, :1], start_id), ids[:, :-1]], dim=1)
