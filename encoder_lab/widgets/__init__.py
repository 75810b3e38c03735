"""Explorers: widgets a class can play with. Given arrays and functions, they know no model; see `encoder_lab.explore`."""
