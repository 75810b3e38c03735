"""Where `transformers` itself rounds to 32 bits, lifted to the precision of its input: one table of named patches.

Our formulas have no casts; what they are compared with in float64 must have none either. Each patch is a function of
`transformers` with one expression exchanged for another; a test that finds the expression gone fails.
"""

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from types import ModuleType

from transformers.models.deberta_v2 import modeling_deberta_v2
from transformers.models.modernbert import modeling_modernbert


@dataclass(frozen=True)
class Patch:
    """One expression of one function, and what stands for it while a test compares."""

    module: ModuleType
    function: str  # dotted, within the module
    rounds: str
    lifted: str


ROTARY = "ModernBertRotaryEmbedding"
PATCHES = (
    Patch(modeling_modernbert, "eager_attention_forward", "dtype=torch.float32", "dtype=query.dtype"),
    Patch(modeling_modernbert, "apply_rotary_pos_emb", ".float()", ""),
    Patch(modeling_modernbert, f"{ROTARY}.compute_default_rope_parameters", "torch.float)", "torch.double)"),
    Patch(modeling_modernbert, f"{ROTARY}.forward", ".float()", ".double()"),
    Patch(modeling_modernbert, f"{ROTARY}.forward", "dtype=torch.float", "dtype=torch.double"),
    Patch(modeling_deberta_v2, "scaled_size_sqrt", "dtype=torch.float)", "dtype=torch.double)"),
)


@contextmanager
def lifted() -> Iterator[None]:
    """Have `transformers` compute in its input's precision; models must be made within."""
    kept = []
    try:
        for patch in PATCHES:
            *path, name = patch.function.split(".")
            owner = reduce(getattr, path, patch.module)
            old = inspect.getattr_static(owner, name)
            source = getattr(getattr(owner, name), "lifted_source", None) or inspect.getsource(getattr(owner, name))
            source = textwrap.dedent(source)
            assert patch.rounds in source, f"{patch.function} of transformers has no {patch.rounds} any more"
            source = source.replace(patch.rounds, patch.lifted)
            made: dict = {}
            exec(source, vars(patch.module), made)
            new = made[name]
            (new.__func__ if isinstance(new, staticmethod) else new).lifted_source = source
            kept.append((owner, name, old))
            setattr(owner, name, new)
        yield
    finally:
        for owner, name, old in reversed(kept):
            setattr(owner, name, old)
