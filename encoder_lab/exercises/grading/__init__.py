"""Grading a class: submissions run locked in, one by one; what they answer is compared outside, as plain data."""
