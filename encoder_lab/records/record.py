"""What all records share: short prints, and escaped tables."""

from dataclasses import fields

from torch import Tensor

from encoder_lab.shown import Shown, html


class Record(Shown):
    """What all records share: they print as their fields' names and shapes, never as thousands of numbers."""

    __slots__ = ()

    def _text(self) -> str:
        width = max(len(field.name) for field in fields(self))
        lines = (f"  {field.name:{width}}  {_shape(getattr(self, field.name))}" for field in fields(self))
        return "\n".join([type(self).__name__, *lines])


def table(names: list[str], rows: list[list[object]]) -> str:
    """Lay out an HTML table; every cell is written for `frame`, since a token is whatever somebody typed."""
    head = "".join(f"<th>{html(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{html(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def short(value: object) -> str:
    """Write a value as Python does, in at most 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _shape(value: object) -> str:
    """Say what a field holds in a few words."""
    if isinstance(value, Tensor):
        return str(tuple(value.shape))
    if isinstance(value, Record):
        return type(value).__name__
    if isinstance(value, tuple) and value and isinstance(value[0], Tensor):
        return f"{len(value)} of {tuple(value[0].shape)}"
    if callable(value):
        return "worked out on demand"
    return short(value)
