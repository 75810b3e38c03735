"""Encoder Lab: what happens inside a Transformer encoder, one named step at a time."""

try:
    from encoder_lab.checkpoints import TASKS, Checkpoint, load
    from encoder_lab.embeddings import embed, position_ids
    from encoder_lab.forward import answer, classify, fill_mask, trace, zero_shot
    from encoder_lab.heads import masked_lm_head, sequence_head, span_head
    from encoder_lab.layers import (
        attend,
        causal_bias,
        decoder_layer,
        dot_product,
        encoder_layer,
        feed_forward,
        layer_parts,
        mask_bias,
        merge_heads,
        split_heads,
    )
    from encoder_lab.pieces import readable
    from encoder_lab.probabilities import sigmoid, softmax, top_choices
    from encoder_lab.tokens import tokenize
except Exception as error:  # an installation that is half there raises anything
    from encoder_lab.self_check import explain

    explain(error)
    raise

__all__ = [
    "TASKS",
    "Checkpoint",
    "answer",
    "attend",
    "causal_bias",
    "classify",
    "decoder_layer",
    "dot_product",
    "embed",
    "encoder_layer",
    "feed_forward",
    "fill_mask",
    "layer_parts",
    "load",
    "mask_bias",
    "masked_lm_head",
    "merge_heads",
    "position_ids",
    "readable",
    "sequence_head",
    "sigmoid",
    "softmax",
    "span_head",
    "split_heads",
    "tokenize",
    "top_choices",
    "trace",
    "zero_shot",
]
