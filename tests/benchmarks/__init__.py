"""Measurements that print ratios: both sides run in turns, in one process or each in its own."""
