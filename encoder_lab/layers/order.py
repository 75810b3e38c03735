"""The encoder and the decoder layer: blocks one after another, with the norms behind them or before them."""

from collections.abc import Callable

from torch import Tensor, nn

from encoder_lab.layers.attention import Score, attend, dot_product
from encoder_lab.layers.feed_forward import feed_forward
from encoder_lab.layers.parts import LayerParts
from encoder_lab.records import Attention, DecoderLayer, Layer, LongAttention


def _before(x: Tensor, norm: nn.Module, norm_first: bool) -> Tensor:
    """Give what a block reads: `x` (B, T, D) as it is, or normalised in a pre-norm layer.

    Source: Xiong et al. 2020, figure 1 (arXiv:2002.04745).
    """
    return norm(x) if norm_first else x


def _behind(x: Tensor, given: Tensor, norm: nn.Module, norm_first: bool) -> Tensor:
    """Add what a block gave to what it was given, (B, T, D), and normalise the sum unless that came first.

    Source: Xiong et al. 2020, figure 1 (arXiv:2002.04745).
    """
    return x + given if norm_first else norm(x + given)


def looked(x: Tensor, parts: LayerParts) -> Tensor:
    """Give what a layer's attention reads, of the hidden state `x` (B, T, D) that enters the layer."""
    return _before(x, parts.attention_norm, parts.norm_first)


def encoder_layer(x: Tensor, parts: LayerParts, bias: Tensor, score: Score = dot_product) -> Layer:
    """Run one encoder layer: gather, add, normalise; transform, add, normalise.

    Args:
        x: (B, T, D) the hidden state before the layer.
        parts: the layer's learned pieces.
        bias: see `attend`; from `mask_bias`.
        score: see `attend`.

    Returns:
        Every intermediate value; see `Layer`.

    Source: Vaswani et al. 2017, section 3.1; `BertLayer`, `RobertaLayer`, `BartEncoderLayer`.

    >>> import torch
    >>> from encoder_lab import encoder_layer, layer_parts, load, trace
    >>> checkpoint = load("fill-mask")
    >>> way = trace(checkpoint, "The cat sat.")
    >>> layer = encoder_layer(way.hidden_states[0], layer_parts(checkpoint.model, 0), bias=torch.zeros(1))
    >>> torch.allclose(layer.output, way.hidden_states[1], atol=1e-5)
    True
    """
    return layer_around(x, parts, lambda read: attend(read, read, parts.attention, bias, score))


def layer_around(x: Tensor, parts: LayerParts, gather: Callable[[Tensor], Attention | LongAttention]) -> Layer:
    """Do as `encoder_layer` does, with the attention block as a function of what it reads, (B, T, D)."""
    first = parts.norm_first
    attention = gather(looked(x, parts))
    attended = _behind(x, attention.output, parts.attention_norm, first)  # (B, T, D)
    forward = feed_forward(_before(attended, parts.output_norm, first), parts)
    output = _behind(attended, forward.narrowed, parts.output_norm, first)  # (B, T, D)
    return Layer(x, attention, attended, forward, output, output)


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

    Source: Vaswani et al. 2017, section 3.1; `BartDecoderLayer`, `MBartDecoderLayer`.

    >>> import torch
    >>> from encoder_lab import causal_bias, decoder_layer, layer_parts, load
    >>> parts = layer_parts(load("zero-shot-classification").model, 0, "decoder")
    >>> x, read = torch.zeros(1, 3, 384), torch.zeros(1, 5, 384)
    >>> layer = decoder_layer(x, read, parts, causal_bias(3, x.dtype), torch.zeros(1))
    >>> layer.self_attention.weights.shape, layer.cross_attention.weights.shape
    (torch.Size([1, 12, 3, 3]), torch.Size([1, 12, 3, 5]))
    """
    first = parts.norm_first
    read = looked(x, parts)
    own = attend(read, read, parts.attention, bias)
    attended = _behind(x, own.output, parts.attention_norm, first)  # (B, T, D)
    cross = attend(_before(attended, parts.cross_norm, first), source, parts.cross, cross_bias)
    crossed = _behind(attended, cross.output, parts.cross_norm, first)  # (B, T, D)
    forward = feed_forward(_before(crossed, parts.output_norm, first), parts)
    output = _behind(crossed, forward.narrowed, parts.output_norm, first)  # (B, T, D)
    return DecoderLayer(x, own, attended, cross, crossed, forward, output, output)
