"""The recipes that made the bundled checkpoints, each run as `python -m recipes.<name>`."""
