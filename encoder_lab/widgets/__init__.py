"""Explorers: widgets a class can play with. They are given arrays and functions and know no model."""
