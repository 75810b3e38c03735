"""Text through the encoder (for BART the decoder too), with every hidden state kept and every layer on demand."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.embeddings import embed
from encoder_lab.layers import causal_bias, decoder_layer, encoder_layer, layer_parts, mask_bias
from encoder_lab.records import EncoderDecoderTrace, Layers, Tokens, Trace
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import readable, tokenize


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


@undisturbed()
def trace_tokens(checkpoint: Checkpoint, tokens: Tokens) -> Trace | EncoderDecoderTrace:
    """Do as `trace` does, for tokens that are there already."""
    base, device = checkpoint.model.base_model, checkpoint.model.device
    ids, mask, segments = tokens.ids.to(device), tokens.mask.to(device), tokens.segments.to(device)
    if checkpoint.model.config.is_encoder_decoder:
        return _trace_both(checkpoint, tokens, ids, mask)
    states = base(ids, attention_mask=mask, token_type_ids=segments, output_hidden_states=True).hidden_states
    return Trace(tokens, embed(base, ids, segments), states, _encoder_layers(base.encoder.layer, states, mask))


def _encoder_layers(modules: Sequence, states: tuple[Tensor, ...], mask: Tensor) -> Layers:
    """Offer each encoder layer, worked out from the hidden state that enters it."""

    @undisturbed()
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

    @undisturbed()
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


def encoder(model: nn.Module) -> nn.Module:
    """Return the part of a model that takes token ids and gives hidden states; of BART its encoder alone."""
    return model.base_model.encoder if model.config.is_encoder_decoder else model.base_model


def shift_right(ids: Tensor, start_id: int) -> Tensor:
    """Put `start_id` in front of `ids` (B, T) and drop the last, as BART's decoder reads them.

    Source: `transformers.models.bart.modeling_bart.shift_tokens_right`.
    """
    return torch.cat([torch.full_like(ids[:, :1], start_id), ids[:, :-1]], dim=1)
