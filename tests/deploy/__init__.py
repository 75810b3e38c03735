"""Tests of what stands in docs/deploy/ and .binder/: the files agree with each other and with the project."""
