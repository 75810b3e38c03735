"""One text run with hidden states of another: in chosen places, or in every place, one at a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.batches import SHOW_BAR
from encoder_lab.interventions.alignment import Alignment
from encoder_lab.interventions.stepwise import check_pair, check_side, row_batches, run
from encoder_lab.interventions.target import read
from encoder_lab.progress import progress_bar
from encoder_lab.records import Patched, PatchMap, States, Target, Tokens
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import tokenize


@undisturbed()
def patch(
    checkpoint: Checkpoint,
    target: Target,
    text: str,
    pair: str | None = None,
    *,
    places: Iterable[tuple[int, int]],
    side: str = "encoder",
    alignment: Alignment | None = None,
) -> Patched:
    """Run the watched text, but take the hidden states of chosen places from another text.

    Args:
        checkpoint: from `load`.
        target: the text that is run and the number that is watched, from `watch`.
        text: the other text.
        pair: its second text, where the watched text has one.
        places: (hidden state, position) of each vector to take: hidden state 0 enters the first layer, L leaves the
            last; positions are those of the watched text.
        side: "encoder" or, for BART, "decoder".
        alignment: which positions stand for each other, from `align`; None if both texts have as many tokens.

    Returns:
        The watched number of both texts and of the patched run.

    Raises:
        TypeError: a place is not a pair of whole numbers.
        ValueError: the texts have different numbers of tokens and there is no alignment; there is no such hidden
            state, position or side; a position has no counterpart in the other text.

    Source: Vig et al. 2020, section 3 (arXiv:2004.12265); Meng et al. 2022, section 2.1 (arXiv:2202.05262).
    """
    twin = _Twin(checkpoint, target, text, pair, side, alignment)
    chosen: dict[int, list[int]] = {}
    for state, position in twin.check(places):
        chosen.setdefault(state, []).append(position)
    edits = {}
    for state, positions in chosen.items():
        at = torch.zeros(1, twin.size, 1, dtype=torch.bool)
        at[:, positions] = True
        edits[side, state] = twin.swap(state, at)
    last = run(checkpoint, target.tokens, edits, twin.known).last
    return Patched(target, twin.value, read(checkpoint, target, last)[0].item(), last)


@undisturbed()
def patch_map(
    checkpoint: Checkpoint,
    target: Target,
    text: str,
    pair: str | None = None,
    *,
    side: str = "encoder",
    alignment: Alignment | None = None,
) -> PatchMap:
    """Run the watched text once for each hidden state and position, with that one vector from another text.

    Args:
        checkpoint: from `load`.
        target: see `patch`.
        text: see `patch`.
        pair: see `patch`.
        side: see `patch`.
        alignment: see `patch`; positions without a counterpart are left out (not a number).

    Returns:
        The watched number for every place, (L + 1, T).

    Raises:
        ValueError: see `patch`.

    Source: Meng et al. 2022, section 2.1 (arXiv:2202.05262).
    """
    twin = _Twin(checkpoint, target, text, pair, side, alignment)
    states, positions = len(twin.mine), sorted(twin.counterpart)
    values = torch.full((states, twin.size), torch.nan, dtype=twin.mine[0].dtype)
    work = states * len(positions) * twin.size * checkpoint.model.num_parameters() / 2  # on average, half the layers
    with progress_bar(states * len(positions), "patching", "places", work > SHOW_BAR) as bar:
        for state in range(states):
            for rows in row_batches(len(positions), twin.size):
                chosen = [positions[row] for row in rows]
                at = torch.zeros(len(chosen), twin.size, 1, dtype=torch.bool)
                at[range(len(chosen)), chosen] = True  # one position a row
                patched = run(checkpoint, target.tokens, {(side, state): twin.swap(state, at)}, twin.known)
                values[state, chosen] = read(checkpoint, target, patched.last).cpu()
                bar.update(len(chosen))
    return PatchMap(target, twin.tokens, twin.value, side, values)


class _Twin:
    """The other text beside the watched one: its hidden states, brought to the watched text's positions."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        target: Target,
        text: str,
        pair: str | None,
        side: str,
        alignment: Alignment | None,
    ) -> None:
        check_side(checkpoint.model, side)
        self.tokens: Tokens = tokenize(checkpoint.tokenizer, text, pair)
        pairs = _check_alignment(target.tokens, self.tokens, alignment)
        self.counterpart = dict(pairs)  # position of the watched text -> position of the other
        self.size = target.tokens.ids.shape[1]
        self.known: States = run(checkpoint, target.tokens)
        states = run(checkpoint, self.tokens)
        self.mine, others = getattr(self.known, side), getattr(states, side)
        at = torch.tensor([self.counterpart.get(position, 0) for position in range(self.size)])
        self.aligned: Sequence[Tensor] = [state[:, at.to(state.device)] for state in others]  # (1, T, D) each
        if missing := [position for position in target.positions if position not in self.counterpart]:
            raise ValueError(f"position {missing[0]} is watched, and the other text has no counterpart of it")
        there = replace(target, tokens=self.tokens, positions=tuple(map(self.counterpart.get, target.positions)))
        self.value = read(checkpoint, there, states.last)[0].item()

    def swap(self, state: int, at: Tensor) -> Callable[[Tensor], Tensor]:
        """Make an edit that takes the other text's vectors where `at` (rows, T, 1) is True."""
        other = self.aligned[state]
        at = at.to(other.device)
        return lambda x: other.where(at, x)

    def check(self, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the places as a list, or say which of them there is not."""
        names, counts = ("hidden state", "position"), (len(self.mine), self.size)
        checked = [check_pair(each, "a place is", names, counts, "there are") for each in places]
        for _, position in checked:
            if position not in self.counterpart:
                raise ValueError(f"position {position} has no counterpart in the other text; leave it out")
        return checked


def _check_alignment(tokens: Tokens, others: Tokens, alignment: Alignment | None) -> tuple[tuple[int, int], ...]:
    """Return which positions stand for each other; without an alignment both texts must have as many.

    Raises:
        ValueError: the numbers of tokens differ and there is no alignment; a position there is not, or one twice.
    """
    sizes = tokens.ids.shape[1], others.ids.shape[1]
    if alignment is None:
        if sizes[0] != sizes[1]:
            raise ValueError(
                f"the watched text has {sizes[0]} tokens and the other {sizes[1]}; give two texts with as many, or "
                "alignment=align(checkpoint, text, other)"
            )
        return tuple(zip(range(sizes[0]), range(sizes[1]), strict=True))
    pairs = [(int(one), int(other)) for one, other in alignment]
    for which, size, positions in zip(("watched", "other"), sizes, zip(*pairs, strict=True), strict=False):
        if wrong := [position for position in positions if not 0 <= position < size]:
            raise ValueError(f"the alignment has position {wrong[0]} of the {which} text, which has 0 to {size - 1}")
        if len(set(positions)) < len(positions):
            raise ValueError(f"the alignment names a position of the {which} text twice; each has one counterpart")
    return tuple(pairs)
