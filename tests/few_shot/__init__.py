"""Tests of few-shot classification."""
