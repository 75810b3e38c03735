"""Ties a checkpoint's journey to its explorer: the one place where models and widgets meet."""

from encoder_lab.explore.answer import answer
from encoder_lab.explore.attention import attention
from encoder_lab.explore.classify import classify
from encoder_lab.explore.fill_mask import fill_mask
from encoder_lab.explore.zero_shot import zero_shot

__all__ = ["answer", "attention", "classify", "fill_mask", "zero_shot"]
