"""The attention explorer: every head of every layer small, one large, and what one token sees and who sees it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import product

import numpy as np
from traitlets import Bool, Bytes, Int, List, Unicode

from encoder_lab.cells import shared_cells
from encoder_lab.records.record import table
from encoder_lab.shown import html
from encoder_lab.texts import say
from encoder_lab.widgets.block_maxima import side_of_square
from encoder_lab.widgets.explorer import Explorer
from encoder_lab.widgets.still import cells, still_form

WHOLE = 128  # tokens up to which all heads of a layer travel together; in a longer text, each head by itself
THUMBNAIL = 24  # cells a side of a thumbnail, at most
STILL = 32  # cells a side of the still form's picture, at most
KEPT = 400_000  # bytes up to which a saved notebook holds every layer that was seen to
CODES = 65535  # weights travel as 16 bits: 0 is 0, 65535 is 1


@dataclass(frozen=True, slots=True)
class AttentionBlock:
    """One kind of attention in a model: which tokens look at which, in how many layers and heads."""

    name: str  # "self-attention", "decoder cross-attention" …
    layers: int  # L
    heads: int  # H
    looks: Sequence[str]  # (T) readable tokens
    looked_at: Sequence[str]  # (S)
    looks_sides: Sequence[int]  # (T) 0 first text, 1 second text, -1 special token
    looked_at_sides: Sequence[int]  # (S)
    same: bool  # whether those looked at are those that look
    windows: Sequence[int | None] = ()  # (L) how far a layer looks to either side, None for everywhere; empty: all do
    long: bool = False  # too long a text for all weights of a head: the page gets block maxima, and asks for the rest

    @property
    def whole(self) -> bool:
        """Whether all heads of a layer travel together."""
        return not self.long and max(len(self.looks), len(self.looked_at)) <= WHOLE

    @property
    def side(self) -> int:
        """How many tokens share a cell of the map that travels, to each side."""
        return side_of_square(len(self.looks)) if self.long else 1

    @property
    def cells(self) -> tuple[int, int]:
        """Cells of the map that travels: rows, columns."""
        return -(-len(self.looks) // self.side), -(-len(self.looked_at) // self.side)

    @property
    def thumbnail(self) -> tuple[int, int]:
        """Cells of a thumbnail: rows, columns."""
        size = -(-max(self.cells) // THUMBNAIL)
        return -(-self.cells[0] // size), -(-self.cells[1] // size)

    @property
    def sheet_bytes(self) -> int:
        """How long the sheet of a layer is that nobody has chosen."""
        down, across = self.thumbnail
        weights = 2 * len(self.looks) * len(self.looked_at) if self.whole else 0
        return self.heads * (down * across + weights)

    def for_page(self) -> dict:
        """Give what the page needs of it."""
        names = ("whole", "side", "cells", "thumbnail", "sheet_bytes")
        return asdict(self) | {name: getattr(self, name) for name in names}


class AttentionExplorer(Explorer):
    """Choose a head and point at a token: where it looks and who looks at it.

    A layer is worked out when it is first looked at. It travels as one sheet of bytes: a thumbnail of each head, then
    the weights, of all heads or (in a long text) of the chosen one. The page asks for the chosen head as every
    explorer asks; when that is answered it asks, one by one, for the sheets of the other layers.
    """

    NAME = "attention"
    INPUTS = ("block", "layer", "head")
    LOOKS = ("pairs", "hide_special")

    blocks = List().tag(sync=True)  # AttentionBlock, as dictionaries
    names = List().tag(sync=True)  # what the first and the second text are called
    block = Int(0).tag(sync=True)
    layer = Int(0).tag(sync=True)
    head = Int(0).tag(sync=True)
    pairs = Unicode("all").tag(sync=True)  # "all", or "0>1": the first text looks, the second is looked at
    hide_special = Bool(False).tag(sync=True)
    sheet = Bytes().tag(sync=True)  # of the head in `answer`
    every_sheet = Bytes().tag(sync=True)  # of all layers of all blocks, once the page has them and if they fit

    def __init__(
        self,
        look: Callable[[int, int], np.ndarray],
        blocks: Sequence[AttentionBlock],
        names: tuple[str, str] | None = None,
        **state,
    ) -> None:
        """Show a first head.

        Args:
            look: (block, layer) -> weights (H, T, S), 0 to 1.
            blocks: the model's kinds of attention.
            names: what the first and the second text are called; None for just that.
            state: `block`, `layer`, `head`, and whatever else differs from the start values.

        Raises:
            ValueError: there is no such block, layer or head.
        """
        self._look, self._blocks = look, list(blocks)
        self._seen = ((-1, -1), np.empty(0), b"")  # the layer last chosen: its other heads may be asked for next
        self._places = [place for at, each in enumerate(blocks) for place in product([at], range(each.layers))]
        self._fits = sum(each.layers * each.sheet_bytes for each in blocks) <= KEPT
        self._sheets = {}  # what `every_sheet` is put together from
        names = names or (say("explorers.attention.first_text"), say("explorers.attention.second_text"))
        super().__init__(blocks=[each.for_page() for each in blocks], names=list(names), **state)
        self.on_msg(self._heard)

    def work_out(self, block: int, layer: int, head: int) -> dict:
        """Give the chosen layer's sheet, with the chosen head's weights."""
        check("block of attention", block, len(self._blocks))
        check("layer", layer, self._blocks[block].layers)
        check("head", head, self._blocks[block].heads)
        if self._seen[0] != (block, layer):
            weights = self._look(block, layer)
            self._seen = ((block, layer), weights, self._sheet_behind(block, weights))
        _, weights, behind = self._seen
        self._gather(block, layer, behind)
        sheet = behind if self._blocks[block].whole else behind + encoded(weights[head])
        return {"answer": {"block": block, "layer": layer, "head": head}, "sheet": sheet}

    def still(self) -> str:
        """Draw the chosen head, and write down where each token looks most."""
        block, layer = self.answer["block"], self.answer["layer"]
        shown, (map_, weights) = self._blocks[block], self._for_still()
        large, size = shared_cells(map_, STILL)
        size *= shown.side
        title = say("explorers.attention.head_name", kind=shown.name, layer=layer, head=self.answer["head"])
        labels = [[text if size == 1 else f"{text} …" for text in tokens[::size]]
                  for tokens in (shown.looks, shown.looked_at)]  # fmt: skip
        looks, most, strongest = shown.looks[: len(weights)], weights.argmax(axis=1), weights.max(axis=1)
        rows = [[at, token, f"{shown.looked_at[to]} ({to})", f"{weight:.3f}"]
                for at, (token, to, weight) in enumerate(zip(looks, most, strongest, strict=True))]  # fmt: skip
        said = say("explorers.attention.still_shades")
        if size > 1:
            said += say("explorers.attention.still_blocks", size=size)
        columns = ["column_position", "column_token", "column_looks_most", "column_weight"]
        return still_form(
            f"{self.title}: {title}",
            cells(np.sqrt(large), *labels),
            say("explorers.attention.still_description", title=title, shades=said, count=len(shown.looks)),
            f"<p>{html(said)}</p>",
            self.still_notes(),
            table([self.phrases[column] for column in columns], rows[:16]),
        )

    def _for_still(self) -> tuple[np.ndarray, np.ndarray]:
        """Give what the still form draws of the chosen head, and the weights of the rows in its table, (R, S)."""
        weights = self._seen[1][self.answer["head"]]  # (T, S)
        return weights, weights

    def page_state(self) -> dict:
        """Put every layer into a saved page; of a long text, the thumbnails and the chosen head."""
        sheets = (self._sheet_behind(block, self._look(block, layer)) for block, layer in self._places)
        return super().page_state() | {"every_sheet": b"".join(sheets)}

    def _heard(self, _widget: object, content: dict, _buffers: object) -> None:
        """Send the sheet of a layer that nobody has chosen yet."""
        block, layer = content["block"], content["layer"]
        sheet = self._sheet_behind(block, self._look(block, layer))
        self.send({"block": block, "layer": layer}, [sheet])
        self._gather(block, layer, sheet)

    def _sheet_behind(self, block: int, weights: np.ndarray) -> bytes:
        """Make a layer's sheet: thumbnails, 8 bits a cell, and in a short text all weights."""
        small = np.stack([shared_cells(head, THUMBNAIL)[0] for head in weights])
        shades = np.round(255 * np.sqrt(small)).astype(np.uint8)
        return shades.tobytes() + (encoded(weights) if self._blocks[block].whole else b"")

    def _gather(self, block: int, layer: int, sheet: bytes) -> None:
        """Keep a sheet until all are there, then put them into the state, if they fit."""
        if not self._fits or self.every_sheet:
            return
        self._sheets[block, layer] = sheet
        if len(self._sheets) == len(self._places):
            self.every_sheet = b"".join(self._sheets[place] for place in self._places)
            self._sheets = {}


def encoded(weights: np.ndarray) -> bytes:
    """Write weights, 0 to 1, as 16-bit numbers, least byte first."""
    return np.round(weights.astype(np.float64) * CODES).astype("<u2").tobytes()


def check(what: str, got: int, count: int) -> None:
    """Raise ValueError unless a number is one of `count`, which are numbered from 0."""
    if not 0 <= got < count:
        raise ValueError(f"there is no {what} {got}; there are {count}, numbered 0 to {count - 1}")
