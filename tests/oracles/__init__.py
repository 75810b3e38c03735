"""Fixtures made by other software, and the scripts that make them."""
