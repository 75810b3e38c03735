"""The recipes that made the bundled checkpoints, each run as `python -m encoder_lab.training.<name>`."""
