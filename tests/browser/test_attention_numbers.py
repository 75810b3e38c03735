"""The attention explorer's arithmetic, in Chromium."""

import pytest

from tests.browser.heads import put

pytestmark = pytest.mark.browser


def test_the_module_s_arithmetic(page):
    on = put(page)
    for name, given, wanted in [
        ("shownPositions", [[-1, 0, 0, -1, 1, -1], -1, False], [0, 1, 2, 3, 4, 5]),
        ("shownPositions", [[-1, 0, 0, -1, 1, -1], -1, True], [1, 2, 4]),
        ("shownPositions", [[-1, 0, 0, -1, 1, -1], 1, False], [4]),
        ("strongest", [[0.1, 0, 0.5, 0.4], 3], [2, 3, 0]),
        ("strongest", [[0, 0], 3], []),
        ("strongest", [[0.2, 0.5, 0.5, 0.1, 0.5, 0.6], 3], [5, 1, 2]),  # of equals the earlier ones
        ("strongest", [[0.1, 0.3, 0.2, 0.4], 10], [3, 1, 2, 0]),
        ("neighbour", ["ArrowUp", [0, 1], [2, 3]], [0, 1]),
        ("neighbour", ["End", [1, 1], [2, 3]], [1, 2]),
        ("neighbour", ["x", [1, 1], [2, 3]], None),
        ("zoomed", [{"start": 0, "size": 100}, 50, 0.5, 100], {"start": 25, "size": 50}),
        ("zoomed", [{"start": 90, "size": 10}, 99, 0.5, 100], {"start": 94, "size": 6}),
        ("zoomed", [{"start": 25, "size": 50}, 50, 2, 100], {"start": 0, "size": 100}),
        ("zoomed", [{"start": 25, "size": 50}, 60, 1e9, 100], {"start": 0, "size": 100}),
        ("zoomed", [{"start": 0, "size": 3}, 1, 0.5, 3], {"start": 0, "size": 3}),
        ("moved", [{"start": 10, "size": 20}, -30, 100], {"start": 0, "size": 20}),
        ("moved", [{"start": 70, "size": 20}, 30, 100], {"start": 80, "size": 20}),
        ("reaching", [{"start": 10, "size": 20}, 9, 100], {"start": 9, "size": 20}),
        ("reaching", [{"start": 10, "size": 20}, 30, 100], {"start": 11, "size": 20}),
        ("reaching", [{"start": 10, "size": 20}, 29, 100], {"start": 10, "size": 20}),
        ("shortened", ["·transformer", 6], "·tran…"),
        ("shortened", ["·trans", 6], "·trans"),
    ]:
        assert on.call(name, *given) == wanted, (name, given)


def test_a_row_with_nothing_left_stays_empty(page):
    """A token that looks at special tokens alone: nothing is divided by 0."""
    put(page)
    shown = page.evaluate(
        """async () => {
            const code = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
            const { shownHead } = await import(code);
            const found = shownHead(new Uint16Array([65535, 0, 0, 13107, 13107, 39321, 0, 65535, 0]),
                { looks_sides: [0, -1, 0], looked_at_sides: [-1, 0, 0] }, "all", true);
            return { ...found, values: Array.from(found.values) };
        }"""
    )
    assert shown == {"rows": [0, 2], "columns": [1, 2], "values": [0, 0, 1, 0], "hidden": [1, 0]}


def test_cells_of_a_window_show_the_strongest_of_each_block(page):
    on = put(page)
    values = [i / 34 for i in range(35)]  # 5 rows of 7
    found = on.call("windowCells", values, 7, {"start": 1, "size": 3}, {"start": 2, "size": 5}, 2)
    strongest = [17, 19, 20, 24, 26, 27]  # of rows 1-2 and 3, columns 2-3, 4-5 and 6
    assert (found["height"], found["width"]) == (2, 3)
    assert list(found["cells"]) == [round(255 * (i / 34) ** 0.5) for i in strongest]


def test_sheets_are_taken_apart_wherever_they_begin(page):
    """JupyterLab hands over bytes that begin somewhere within a longer message."""
    on = put(page)
    shape = {"layers": 2, "heads": 2, "cells": [3, 1], "thumbnail": [3, 1]}
    shape["sheet_bytes"] = 2 * (3 + 2 * 3)
    found = page.evaluate(
        """async (shape) => {
            const code = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
            const { cutSheets, takeApart } = await import(code);
            const bytes = Uint8Array.from({ length: 5 + 36 }, (_, at) => at - 5); // 0 is the first that counts
            return cutSheets(new DataView(bytes.buffer, 5, 36), [shape]).map(([at, layer, sheet]) => {
                const { thumbnails, weights } = takeApart(sheet, shape);
                return [at, layer, thumbnails.map((each) => Array.from(each)), weights.map((each) => Array.from(each))];
            });
        }""",
        shape,
    )
    assert found == [
        [0, layer, [[b, b + 1, b + 2], [b + 3, b + 4, b + 5]],
         [[b + 6 + 2 * i + 256 * (b + 7 + 2 * i) for i in row] for row in ((0, 1, 2), (3, 4, 5))]]
        for layer, b in ((0, 0), (1, 18))
    ]  # fmt: skip
    assert on.explorer.problem == ""
