"""What all records share: short prints, escaped tables, copies; and sequences that are worked out on demand."""

import copy
from collections.abc import Sequence
from dataclasses import fields

from torch import Tensor

from encoder_lab.shown import Shown, html, shorten
from encoder_lab.whole import whole_number


class Record(Shown):
    """What all records share: plain data that can be pickled, copied and trained on, and prints in a few lines.

    What is large is worked out when it is asked for, by the reader that a record has of its checkpoint. In a pickle
    the checkpoint is only named, and loaded again when it is needed: see `on`.
    """

    __slots__ = ()

    def _text(self) -> str:
        names = [each.name for each in fields(self) if each.name != "notes"]  # these stand below
        there = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        width = max(map(len, there))
        lines = (f"  {name:{width}}  {_shape(value)}" for name, value in there.items())
        return "\n".join([type(self).__name__, *lines])

    def _remarks(self) -> tuple[str, ...]:
        """Give what its reader would not expect: a record's notes, if it has any."""
        return getattr(self, "notes", ())

    def on(self, checkpoint: object) -> "Record":
        """Copy a record and let the copy work out what is large with this checkpoint.

        A record from a pickle needs it only where its checkpoint cannot be loaded from where it was: if heads were
        switched off, or a head was trained and not saved.

        Args:
            checkpoint: the one that the record was made with, or one with the same weights.

        Raises:
            ValueError: it has other weights.
        """
        return copy.deepcopy(self, {"checkpoint": checkpoint})


class OnDemand(Shown, Sequence):
    """A sequence whose items are made when they are asked for; a slice is a list of them."""

    kind: str  # what an item is called
    owner: str  # and who has them

    def __getitem__(self, index: int | slice) -> object:
        """Make one item, or several.

        Args:
            index: 0 to the length - 1; negative numbers count from the end.

        Raises:
            TypeError: the index is no whole number.
            IndexError: there is no such item.
        """
        if isinstance(index, slice):
            return [self.make(place) for place in range(len(self))[index]]
        return self.make(self.place(index))

    def place(self, index: int) -> int:
        """Return the place of an item, 0 to the length - 1, or say that there is none; see `__getitem__`."""
        number = whole_number(f"the number of a {self.kind}", index)
        if not -len(self) <= number < len(self):
            raise IndexError(f"there is no {self.kind} {number}; {self.owner} has {self.kind}s 0 to {len(self) - 1}")
        return number % len(self)

    def make(self, index: int) -> object:
        """Make the item at `index`, 0 to the length - 1."""
        raise NotImplementedError

    def _text(self) -> str:
        return f"{len(self)} {self.kind}s, each worked out when asked for"


def table(names: list[str], rows: list[list[object]]) -> str:
    """Lay out an HTML table; every cell is written for `frame`, since a token is whatever somebody typed."""
    head = "".join(f"<th>{html(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{html(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shape(value: object) -> str:
    """Say what a field holds in a few words."""
    if isinstance(value, Tensor):
        return str(tuple(value.shape))
    if isinstance(value, Record):
        return type(value).__name__
    if isinstance(value, tuple) and value and isinstance(value[0], Tensor):
        return f"{len(value)} of {tuple(value[0].shape)}"
    return shorten(repr(value))
