"""The attention explorer of a long text: block maxima first, exact rows and squares where somebody looks."""

import numpy as np

from encoder_lab.widgets.attention import AttentionBlock, AttentionExplorer, check, encoded
from encoder_lab.widgets.block_maxima import STEP, BlockMaxima, ByRows, region, sampled, thumbnail_step

TABLE = 16  # rows of the still form's table


class LongAttentionExplorer(AttentionExplorer):
    """The same page, which gets block maxima for weights, at first of every 16th row.

    It asks for the other rows bit by bit, so that it can stop, and whatever else it asks for is answered in between:
    the exact row of a token, the exact square of what is zoomed into. All weights of a head are never there.
    """

    def __init__(self, by_rows: ByRows, block: AttentionBlock, names: tuple[str, str] | None = None, **state) -> None:
        """Show a first head.

        Args:
            by_rows: works out the attention.
            block: the model's one kind of attention.
            names: see `AttentionExplorer`.
            state: see `AttentionExplorer`.

        Raises:
            ValueError: there is no such layer or head.
        """
        self._by_rows, self._size = by_rows, len(block.looks)
        self._maxima: dict[int, BlockMaxima] = {}  # of each layer that was chosen

        def thumbnails(_block: int, layer: int) -> np.ndarray:
            known = self._maxima.get(layer)
            return sampled(by_rows, layer, self._size, thumbnail_step(self._size)) if known is None else known.squares

        super().__init__(thumbnails, [block], names, **state)

    def work_out(self, block: int, layer: int, head: int) -> dict:
        """Give the chosen layer's sheet: thumbnails, and the block maxima of all heads as far as they are known."""
        check("block of attention", block, 1)
        check("layer", layer, self._blocks[0].layers)
        check("head", head, self._blocks[0].heads)
        if layer not in self._maxima:
            self._maxima[layer] = BlockMaxima(self._by_rows, layer, self._size)
        maxima = self._maxima[layer]
        behind = self._sheet_behind(0, maxima.squares)
        self._gather(0, layer, behind)
        answer = {"block": 0, "layer": layer, "head": head, "exact": maxima.exact, "done": maxima.done}
        answer |= {"step": STEP, "thumbnail_step": thumbnail_step(self._size)}
        return {"answer": answer, "sheet": behind + encoded(maxima.squares)}

    def page_state(self) -> dict:
        """Give the state as it is: a saved page has the chosen layer's block maxima."""
        return self.get_state()

    def _for_still(self) -> tuple[np.ndarray, np.ndarray]:
        layer, head = self.answer["layer"], self.answer["head"]
        return self._maxima[layer].squares[head], self._by_rows.weights(layer, head, slice(0, TABLE))

    def _heard(self, widget: object, content: dict, buffers: object) -> None:
        """Take in some more rows, or give an exact row or square, or a layer's thumbnails."""
        want = content.get("want")
        if want is None:
            return super()._heard(widget, content, buffers)
        layer, head = content["layer"], content["head"]
        if want == "maxima":
            maxima = self._maxima[layer]
            maxima.go_on()
            if maxima.exact and layer == self.answer["layer"]:
                self._put(self.work_out(0, layer, self.answer["head"]))
            return self.send(content | {"done": maxima.done, "exact": maxima.exact})
        if want == "row":
            row = self._by_rows.weights(layer, head, slice(content["row"], content["row"] + 1))
            return self.send(content, [encoded(row)])
        down, across = (region(content[axis], self._size) for axis in ("down", "across"))
        square = self._by_rows.weights(layer, head, down)[:, across]
        sizes = {"down": [down.start, down.stop - down.start], "across": [across.start, across.stop - across.start]}
        return self.send(content | sizes, [encoded(square)])
