"""Answers of other software, kept as fixtures, and the scripts that made them."""
