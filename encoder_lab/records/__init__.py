"""The records every stage returns, and the legend of axis letters used in all shapes.

B texts · T positions that look · S positions looked at · H heads · K head width · D hidden width
F feed-forward width · V vocabulary · L layers · C classes · W windows of a long text

*Scores* are before softmax and *weights* after; *logits* come from a head and *probabilities* from `probabilities.py`.
"""

from encoder_lab.records.answer import Answer, Span, Window
from encoder_lab.records.classification import Classification, RankedLabel
from encoder_lab.records.fill_mask import Choice, FillMask
from encoder_lab.records.interventions import (
    Attribution,
    Counterfactual,
    HeadEffects,
    Lens,
    Patched,
    PatchMap,
    SpanLens,
    States,
    Target,
)
from encoder_lab.records.long_attention import LongAttention
from encoder_lab.records.record import OnDemand, Record
from encoder_lab.records.stages import (
    Attention,
    DecoderLayer,
    Embeddings,
    EncoderDecoderTrace,
    FeedForward,
    Layer,
    MaskedLMHead,
    SequenceHead,
    SpanHead,
    Tokens,
    Trace,
)
from encoder_lab.records.zero_shot import Pair, ZeroShot

__all__ = [
    "Answer",
    "Attention",
    "Attribution",
    "Choice",
    "Classification",
    "Counterfactual",
    "DecoderLayer",
    "Embeddings",
    "EncoderDecoderTrace",
    "FeedForward",
    "FillMask",
    "HeadEffects",
    "Layer",
    "Lens",
    "LongAttention",
    "MaskedLMHead",
    "OnDemand",
    "Pair",
    "PatchMap",
    "Patched",
    "RankedLabel",
    "Record",
    "SequenceHead",
    "Span",
    "SpanHead",
    "SpanLens",
    "States",
    "Target",
    "Tokens",
    "Trace",
    "Window",
    "ZeroShot",
]
