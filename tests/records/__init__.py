"""Tests of the records: one file for each file of `encoder_lab/records`."""
