"""Tests of heads off, patching, lenses, attribution and counterfactuals."""
