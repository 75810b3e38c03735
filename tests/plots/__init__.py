"""Tests of the pictures: one file for each file of `encoder_lab/plots`."""
