"""Tests of the explorers' Python: one file for each file of `encoder_lab/widgets`."""
