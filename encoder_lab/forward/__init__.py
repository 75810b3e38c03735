"""The journeys: each a short list of calls to the stages, from text to a record that keeps every one of them."""

from encoder_lab.forward.answer import answer
from encoder_lab.forward.classify import classify
from encoder_lab.forward.fill_mask import fill_mask
from encoder_lab.forward.trace import trace, trace_tokens
from encoder_lab.forward.zero_shot import zero_shot

__all__ = ["answer", "classify", "fill_mask", "trace", "trace_tokens", "zero_shot"]
