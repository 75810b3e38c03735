"""A model's twin: modules of its own around the same weights, so that what is done to it leaves the model alone."""

from torch import nn


def twin(module: nn.Module) -> nn.Module:
    """Copy modules and share their weights; hooks, attributes and weights that the copy is given are its own.

    Args:
        module: a model, or a part of one; it may be in use elsewhere.

    Returns:
        The copy, made in less than a millisecond.
    """
    other = object.__new__(type(module))
    for name, held in vars(module).items():
        vars(other)[name] = held.copy() if isinstance(held, dict) else held  # parameters, hooks, … by name
    vars(other)["_modules"] = {name: child and twin(child) for name, child in module._modules.items()}
    return other
