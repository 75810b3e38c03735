"""Ties a checkpoint's journey to its explorer: the one place where models and widgets meet."""

from encoder_lab.explore.fill_mask import fill_mask

__all__ = ["fill_mask"]
