"""The layers, one file an idea: attention and what families add to it, the feed-forward block, the norms' order."""

from encoder_lab.layers.attention import attend, dot_product, merge_heads, split_heads
from encoder_lab.layers.feed_forward import feed_forward
from encoder_lab.layers.looks import Looks
from encoder_lab.layers.masks import causal_bias, mask_bias, window_bias
from encoder_lab.layers.names import module_names
from encoder_lab.layers.order import decoder_layer, encoder_layer
from encoder_lab.layers.parts import LayerParts, Parts, layer_parts
from encoder_lab.layers.relative import relative_bias
from encoder_lab.layers.rotary import rotate
from encoder_lab.layers.stack import Stack, as_last

__all__ = [
    "LayerParts",
    "Looks",
    "Parts",
    "Stack",
    "as_last",
    "attend",
    "causal_bias",
    "decoder_layer",
    "dot_product",
    "encoder_layer",
    "feed_forward",
    "layer_parts",
    "mask_bias",
    "merge_heads",
    "module_names",
    "relative_bias",
    "rotate",
    "split_heads",
    "window_bias",
]
