"""One side of a model as a stack of layers that are run one at a time, whatever its family chose."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from torch import Tensor, nn

from encoder_lab.families import find, side_of
from encoder_lab.layers.attention import split_heads
from encoder_lab.layers.comparison import Comparison, Distances
from encoder_lab.layers.convolution import convolve
from encoder_lab.layers.looks import Looks, attend_by_rows
from encoder_lab.layers.masks import causal_bias, mask_bias
from encoder_lab.layers.order import decoder_layer, encoder_layer, layer_around, looked
from encoder_lab.layers.parts import LayerParts, layer_parts
from encoder_lab.records import DecoderLayer, Layer, long_attention


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
        parts = edit(layer_parts(self.model, number, self.side))
        if self.source is not None:
            bias = causal_bias(x.shape[1], x.dtype, x.device)
            found = decoder_layer(x, self.source, parts, bias, mask_bias(self.mask, x.dtype))
        elif x.shape[1] > long_attention.LONG:
            found = layer_around(x, parts, lambda read: attend_by_rows(read, parts.attention, self._compared(number)))
        else:
            compared = self._compared(number)

            def score(q: Tensor, k: Tensor) -> Tensor:
                return compared.score(compared.turned(q), compared.turned(k))

            found = encoder_layer(x, parts, compared.bias(x.dtype), score)
        output = found.output
        if self.chosen.convolution and number == 0:
            names, base = self.chosen.convolution, self.model.base_model
            output = convolve(x, output, self.mask, find(base, names.conv), names.activation, find(base, names.norm))
        if number == len(self) - 1:
            output = _settle(self.model, self.side, output)
        return replace(found, output=output)

    def looks(self, number: int, x: Tensor) -> Looks:
        """Prepare an encoder layer's attention to be asked for some rows; nothing else of the layer is worked out.

        Args:
            number: which, from 0.
            x: (B, T, D) the hidden state that enters it.
        """
        parts, compared = layer_parts(self.model, number, self.side), self._compared(number)
        read, block = looked(x, parts), parts.attention
        query, key = (compared.turned(split_heads(dense(read), block.heads)) for dense in (block.query, block.key))
        return Looks(query, key, compared)

    def _compared(self, number: int) -> Comparison:
        """Gather what the family chose for an encoder layer's scores."""
        chosen = self.chosen
        return Comparison(
            self.mask,
            chosen.padding_looks,
            reach=chosen.windows[number] if chosen.windows else None,
            theta=chosen.thetas[number] if chosen.thetas else None,
            relative=find(self.model.base_model, chosen.relative).weight if chosen.relative else None,
            distances=self._distances(number) if chosen.disentangled else None,
        )

    def _distances(self, number: int) -> Distances:
        """Make the distances' queries and keys, of one table for all layers."""
        names, base = self.chosen.disentangled, self.model.base_model
        table = find(base, names.table).weight[: 2 * names.span]  # (R, D)
        table = table if names.norm is None else find(base, names.norm)(table)
        layer, heads = find(base, self.chosen.layers[number]), self.chosen.heads

        def of_distances(kind: str, dense: str) -> Tensor | None:
            return split_heads(find(layer, dense)(table[None]), heads) if kind in names.kinds else None  # (1, H, R, K)

        query, key = of_distances("p2c", names.query), of_distances("c2p", names.key)
        return Distances(query, key, names.span, names.buckets, names.longest)


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
