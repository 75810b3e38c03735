"""One side of a model as a stack of layers that are run one at a time, whatever its family chose."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from torch import Tensor, nn

from encoder_lab.families import find, side_of
from encoder_lab.layers.attention import Score, dot_product, split_heads
from encoder_lab.layers.convolution import convolve
from encoder_lab.layers.disentangled import disentangled_scores, distance_rows
from encoder_lab.layers.masks import causal_bias, mask_bias, pair_bias, window_bias
from encoder_lab.layers.order import decoder_layer, encoder_layer
from encoder_lab.layers.parts import LayerParts, layer_parts
from encoder_lab.layers.relative import relative_bias
from encoder_lab.layers.rotary import rotate
from encoder_lab.records import DecoderLayer, Layer


class Stack:
    """The layers of one side of a model, for one batch of texts; it holds no hidden state.

    Args:
        model: of a family that is known, with a head or without.
        side: "encoder" or "decoder".
        mask: (B, S) of the encoder's texts: 1 for a real token, 0 for padding.
        source: (B, S, D) the encoder's last hidden state, for a decoder.

    Raises:
        ValueError: the family is not known, or has no such side.
    """

    def __init__(self, model: nn.Module, side: str, mask: Tensor, source: Tensor | None = None) -> None:
        self.model, self.side, self.mask, self.source = model, side, mask, source
        self.chosen = side_of(model.config, side)

    def __len__(self) -> int:
        return len(self.chosen.layers)

    def layer(
        self, number: int, x: Tensor, edit: Callable[[LayerParts], LayerParts] = lambda parts: parts
    ) -> Layer | DecoderLayer:
        """Run one layer.

        Args:
            number: which, from 0.
            x: (B, T, D) the hidden state that enters it.
            edit: changes the layer's pieces for this run.

        Returns:
            Every intermediate value; the output is the next hidden state.
        """
        parts, bias = edit(layer_parts(self.model, number, self.side)), self._bias(number, x)
        if self.source is not None:
            found = decoder_layer(x, self.source, parts, bias, mask_bias(self.mask, x.dtype))
        else:
            found = encoder_layer(x, parts, bias, self._score(number, x))
        output = found.output
        if self.chosen.convolution and number == 0:
            names, base = self.chosen.convolution, self.model.base_model
            output = convolve(x, output, self.mask, find(base, names.conv), names.activation, find(base, names.norm))
        if number == len(self) - 1:
            output = _settle(self.model, self.side, output)
        return replace(found, output=output)

    def _bias(self, number: int, x: Tensor) -> Tensor:
        """Say who may look at whom in a layer, and what is added for distances."""
        chosen, size = self.chosen, x.shape[1]
        if self.source is not None:
            return causal_bias(size, x.dtype, x.device)
        if not chosen.padding_looks:
            return pair_bias(self.mask, x.dtype)
        bias = mask_bias(self.mask, x.dtype)  # (B, 1, 1, S)
        if chosen.windows and chosen.windows[number] is not None:
            return bias.minimum(window_bias(size, chosen.windows[number], x.dtype, x.device))
        if chosen.relative:
            return bias + relative_bias(size, find(self.model.base_model, chosen.relative).weight)
        return bias

    def _score(self, number: int, x: Tensor) -> Score:
        """Say how queries and keys are compared in a layer."""
        if self.chosen.thetas:
            theta = self.chosen.thetas[number]
            return lambda q, k: dot_product(rotate(q, theta), rotate(k, theta))
        if self.chosen.disentangled:
            return self._disentangled(number, x)
        return dot_product

    def _disentangled(self, number: int, x: Tensor) -> Score:
        """Make the distances' queries and keys, of one table for all layers, and compare with them."""
        names, base = self.chosen.disentangled, self.model.base_model
        table = find(base, names.table).weight[: 2 * names.span]  # (R, D)
        table = table if names.norm is None else find(base, names.norm)(table)
        layer, heads = find(base, self.chosen.layers[number]), self.chosen.heads

        def of_distances(kind: str, dense: str) -> Tensor | None:
            return split_heads(find(layer, dense)(table[None]), heads) if kind in names.kinds else None  # (1, H, R, K)

        return partial(
            disentangled_scores,
            rows=distance_rows(x.shape[1], names.span, names.buckets, names.longest).to(x.device),
            distance_q=of_distances("p2c", names.query),
            distance_k=of_distances("c2p", names.key),
        )


def _settle(model: nn.Module, side: str, x: Tensor) -> Tensor:
    """Normalise (B, T, D) as a pre-norm side does behind its last layer; others leave it as it is."""
    name = side_of(model.config, side).last_norm
    return x if name is None else find(model.base_model, name)(x)


def as_last(model: nn.Module, states: Sequence[Tensor]) -> list[Tensor]:
    """Give hidden states as the head would read them, had the model ended after each layer.

    Args:
        model: with a head or without.
        states: (L + 1) of (B, T, D), those that the head reads the last of.

    Returns:
        The same; in a pre-norm model all but the last, which has it already, with the last norm.

    Source: nostalgebraist 2020, "interpreting GPT: the logit lens".
    """
    side = "decoder" if model.config.is_encoder_decoder else "encoder"
    return [*(_settle(model, side, state) for state in states[:-1]), states[-1]]
