"""The attention formula and the encoder and decoder layer, once, for BERT, RoBERTa and BART."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from encoder_lab.records import Attention, DecoderLayer, FeedForward, Layer


@dataclass(frozen=True, eq=False, slots=True)
class Parts:
    """One attention block's learned pieces, under the same names for every family."""

    query: nn.Linear  # D -> D
    key: nn.Linear  # D -> D
    value: nn.Linear  # D -> D
    output: nn.Linear  # D -> D
    heads: int  # H


@dataclass(frozen=True, eq=False, slots=True)
class LayerParts:
    """One layer's learned pieces, under the same names for every family."""

    attention: Parts
    attention_norm: nn.LayerNorm
    cross: Parts | None  # only in a decoder
    cross_norm: nn.LayerNorm | None  # only in a decoder
    widen: nn.Linear  # D -> F
    activation: nn.Module  # GELU in all the course's checkpoints
    narrow: nn.Linear  # F -> D
    output_norm: nn.LayerNorm


def layer_parts(layer: nn.Module) -> LayerParts:
    """Name the pieces of one `transformers` layer.

    Args:
        layer: a `BertLayer`, `RobertaLayer`, `BartEncoderLayer` or `BartDecoderLayer`.

    Raises:
        TypeError: it is none of these.
    """
    if hasattr(layer, "self_attn"):
        return _bart_parts(layer)
    if hasattr(layer, "intermediate"):
        return _bert_parts(layer)
    raise TypeError(f"{type(layer).__name__} is no layer of BERT, RoBERTa or BART")


def layer_modules(model: nn.Module, side: str = "encoder") -> Sequence[nn.Module]:
    """Give the layers of one side of a model, "encoder" or "decoder"."""
    base = model.base_model
    return base.decoder.layers if side == "decoder" else getattr(base.encoder, "layers", None) or base.encoder.layer


def attend(x: Tensor, source: Tensor, parts: Parts, bias: Tensor) -> Attention:
    """Let every position of `x` gather from every position of `source`.

    Args:
        x: (B, T, D) the positions that look.
        source: (B, S, D) the positions looked at; `x` itself in self-attention.
        parts: the block's learned pieces.
        bias: added to the scores (no unit); broadcasts to (B, H, T, S).
            0 lets a pair through, the dtype's lowest float shuts it.

    Returns:
        Every intermediate value; see `Attention`.

    Source: Vaswani et al. 2017, eq. 1 and section 3.2.2 (arXiv:1706.03762).
    """
    q = split_heads(parts.query(x), parts.heads)  # (B, H, T, K)
    k = split_heads(parts.key(source), parts.heads)  # (B, H, S, K)
    v = split_heads(parts.value(source), parts.heads)  # (B, H, S, K)

    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, S)
    weights = (scores + bias).softmax(dim=-1)  # (B, H, T, S)
    mixed = merge_heads(weights @ v)  # (B, T, D)
    return Attention(q, k, v, scores, weights, mixed, parts.output(mixed))


def feed_forward(x: Tensor, parts: LayerParts) -> FeedForward:
    """Put every position of `x` (B, T, D) through the two dense layers alone.

    Source: Vaswani et al. 2017, eq. 2, with GELU for ReLU as in Devlin et al. 2019, section 3.
    """
    widened = parts.widen(x)  # (B, T, F)
    activated = parts.activation(widened)  # (B, T, F)
    return FeedForward(widened, activated, parts.narrow(activated))


def encoder_layer(x: Tensor, parts: LayerParts, bias: Tensor) -> Layer:
    """Run one encoder layer: gather, add, normalise; transform, add, normalise.

    Args:
        x: (B, T, D) the hidden state before the layer.
        parts: the layer's learned pieces.
        bias: see `attend`; from `mask_bias`.

    Returns:
        Every intermediate value; see `Layer`.

    Source: Vaswani et al. 2017, section 3.1; `BertLayer`, `RobertaLayer`, `BartEncoderLayer`.
    """
    attention = attend(x, x, parts.attention, bias)
    attended = parts.attention_norm(x + attention.output)  # (B, T, D)
    forward = feed_forward(attended, parts)
    output = parts.output_norm(attended + forward.narrowed)  # (B, T, D)
    return Layer(x, attention, attended, forward, output)


def decoder_layer(x: Tensor, source: Tensor, parts: LayerParts, bias: Tensor, cross_bias: Tensor) -> DecoderLayer:
    """Run one decoder layer: gather from the positions before, then from the encoder, then transform.

    Args:
        x: (B, T, D) the decoder's hidden state before the layer.
        source: (B, S, D) the encoder's last hidden state.
        parts: the layer's learned pieces.
        bias: see `attend`; from `causal_bias`, with the decoder's own mask if it has one.
        cross_bias: see `attend`; from the encoder's mask.

    Returns:
        Every intermediate value; see `DecoderLayer`.

    Source: Vaswani et al. 2017, section 3.1; `BartDecoderLayer`.
    """
    self_attention = attend(x, x, parts.attention, bias)
    attended = parts.attention_norm(x + self_attention.output)  # (B, T, D)
    cross_attention = attend(attended, source, parts.cross, cross_bias)
    crossed = parts.cross_norm(attended + cross_attention.output)  # (B, T, D)
    forward = feed_forward(crossed, parts)
    output = parts.output_norm(crossed + forward.narrowed)  # (B, T, D)
    return DecoderLayer(x, self_attention, attended, cross_attention, crossed, forward, output)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """Cut the width into heads: (B, T, D) -> (B, H, T, K)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """Put the heads side by side again: (B, H, T, K) -> (B, T, D)."""
    return x.transpose(1, 2).flatten(-2)


def mask_bias(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Turn an attention mask into what is added to the scores.

    Args:
        mask: (B, S) 1 for a real token, 0 for padding.
        dtype: of the scores.

    Returns:
        (B, 1, 1, S): 0 for a real token, the dtype's lowest float for padding, whose weight is then 0.
    """
    return torch.zeros_like(mask, dtype=dtype).masked_fill(mask == 0, torch.finfo(dtype).min)[:, None, None, :]


def causal_bias(size: int, dtype: torch.dtype, device: torch.device | None = None) -> Tensor:
    """Shut out every later position: (1, 1, T, T), 0 on and below the diagonal, the dtype's lowest float above."""
    return torch.full((size, size), torch.finfo(dtype).min, dtype=dtype, device=device).triu(1)[None, None]


def _bert_parts(layer: nn.Module) -> LayerParts:
    """Name the pieces of a `BertLayer` or `RobertaLayer`."""
    own, out = layer.attention.self, layer.attention.output
    return LayerParts(
        attention=Parts(own.query, own.key, own.value, out.dense, own.num_attention_heads),
        attention_norm=out.LayerNorm,
        cross=None,
        cross_norm=None,
        widen=layer.intermediate.dense,
        activation=layer.intermediate.intermediate_act_fn,
        narrow=layer.output.dense,
        output_norm=layer.output.LayerNorm,
    )


def _bart_parts(layer: nn.Module) -> LayerParts:
    """Name the pieces of a `BartEncoderLayer` or `BartDecoderLayer`."""
    blocks = [layer.self_attn, getattr(layer, "encoder_attn", None)]
    own, cross = (b and Parts(b.q_proj, b.k_proj, b.v_proj, b.out_proj, b.num_heads) for b in blocks)
    return LayerParts(
        attention=own,
        attention_norm=layer.self_attn_layer_norm,
        cross=cross,
        cross_norm=getattr(layer, "encoder_attn_layer_norm", None),
        widen=layer.fc1,
        activation=layer.activation_fn,
        narrow=layer.fc2,
        output_norm=layer.final_layer_norm,
    )
