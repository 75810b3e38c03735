"""Tests of how good answers are, one file for each file of `encoder_lab/metrics`."""
