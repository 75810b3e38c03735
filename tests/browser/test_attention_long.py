"""The attention explorer on a text too long for all its weights: what the page asks for, and what it then says."""

import re

import numpy as np
import pytest

from encoder_lab.widgets import block_maxima
from encoder_lab.widgets.attention import AttentionBlock
from encoder_lab.widgets.long_attention import LongAttentionExplorer
from tests.browser.heads import filled, head, said, strongest, table
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser

SIZE, SIDE, HEADS, LAYERS, REACH = 700, 16, 3, 3, 40


class Random:
    """Weights of a text of 700 tokens, sharp enough to be told apart; the second layer is local."""

    def __init__(self):
        draw = np.random.default_rng(0)
        self.all = draw.exponential(size=(LAYERS, HEADS, SIZE, SIZE)).astype(np.float32) ** 4
        self.all[1] *= np.abs(np.subtract.outer(range(SIZE), range(SIZE))) <= REACH
        self.all /= self.all.sum(axis=-1, keepdims=True)

    def maxima(self, layer, side, rows, step):
        looked, tall = self.all[layer][:, rows][:, ::step], max(1, side // step)
        padded = np.pad(looked, ((0, 0), (0, -looked.shape[1] % tall), (0, -SIZE % side)))
        return padded.reshape(HEADS, -1, tall, padded.shape[2] // side, side).max(axis=(2, 4))

    def weights(self, layer, head, rows):
        return self.all[layer, head, rows]


@pytest.fixture(scope="module")
def text():
    return Random()


@pytest.fixture
def put(page, text, monkeypatch):
    monkeypatch.setattr(block_maxima, "SQUARES", 64)
    monkeypatch.setattr(block_maxima, "AT_ONCE", 100 * HEADS * SIZE)  # 96 rows between two messages

    def opened(theme="light", **state):
        words = [f"w{i}" for i in range(SIZE)]
        block = AttentionBlock(
            "self-attention", LAYERS, HEADS, words, words, [0] * SIZE, [0] * SIZE, True, [None, REACH, None], True
        )
        explorer, asked = LongAttentionExplorer(text, block, **state), []
        heard = explorer._handle_custom_msg
        explorer._handle_custom_msg = lambda content, buffers: (asked.append(content), heard(content, buffers))
        on = StandIn(page, explorer, theme)
        on.asked = asked
        return on

    return opened


def exact(page):
    page.wait_for_function("document.querySelector('.at-progress').hidden")


def place(page, row, column, down=(0, SIZE), across=(0, SIZE)):
    """Where a cell of the map lies on the page, with these tokens on view."""
    box = page.locator(".at-map").bounding_box()
    letter = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.at-map')).fontSize)")
    wide, high = box["width"] - 7 * letter - 1, box["height"] - 6 * letter - 1
    return (box["x"] + 7 * letter + (column + 0.5 - across[0]) * wide / across[1],
            box["y"] + 6 * letter + (row + 0.5 - down[0]) * high / down[1])  # fmt: skip


def test_the_map_becomes_exact_and_says_so(page, put, text):
    put(head=1)
    exact(page)
    note = page.locator(".at-note").inner_text()
    assert "Each cell is the strongest weight of 16 × 16 tokens, of all rows" in note
    caption, rows = table(page, 0)
    assert caption == "the strongest squares of this head, 16 tokens a side, by their first tokens"
    best = np.unravel_index(text.all[0, 1].argmax(), (SIZE, SIZE))
    r, c = (16 * (int(at) // 16) for at in best)
    assert rows[0] == [f"w{r} … → w{c} …", f"{text.all[0, 1].max():.4f}", f"{r} → {c}"]
    filled(page)
    assert page.get_by_label("hide special tokens").count() == 0


def test_it_can_be_stopped_and_goes_on_where_it_stood(page, put, monkeypatch):
    monkeypatch.setattr(block_maxima, "AT_ONCE", 1)  # 44 messages of 16 rows
    on = put()
    page.evaluate("document.querySelector('.at-progress button').click()")
    filled(page)  # other layers' thumbnails come all the same
    count = maxima(on)
    assert count < 40
    told = page.locator(".at-progress span").inner_text()
    assert told == f"stopped: {16 * count} of 700 rows; the map shows one in 16"
    assert "so far of one row in 16 alone" in page.locator(".at-note").inner_text()
    page.get_by_role("button", name="go on").click()
    exact(page)
    assert maxima(on) == 44


def maxima(on):
    return [each.get("want") for each in on.asked].count("maxima")


def test_a_token_s_exact_row_comes_when_it_is_pointed_at(page, put, text):
    on = put(head=2)
    exact(page)
    row, column = 350, 210
    page.mouse.move(*place(page, row, column))
    page.wait_for_function("document.querySelector('.at-said').textContent.includes('looks at')")
    found = re.fullmatch(r"“w(\d+)” \((\d+)\) looks at “w(\d+)” \((\d+)\): (.*)\.", said(page))
    r, c = int(found[2]), int(found[4])
    assert abs(r - row) <= 2 and abs(c - column) <= 2
    assert found[5] == f"{text.all[0, 2, r, c]:.4f}"
    names = [f"w{i}" for i in range(SIZE)]
    assert table(page, 0)[1] == strongest(text.all[0, 2, r], names, range(SIZE), 4)
    assert page.locator(".at-tables table").count() == 1  # who looks at it would need every row
    assert [each for each in on.asked if each.get("want") == "row"] == [
        {"want": "row", "row": r, "layer": 0, "head": 2}
    ]


def test_the_square_of_a_small_window_is_asked_for_and_drawn(page, put):
    on = put()
    exact(page)
    page.locator(".at-map").click(position={"x": 300, "y": 200})
    page.get_by_role("button", name="+: zoom in").click()
    coarse = page.evaluate("document.querySelector('.at-map').toDataURL()")
    assert not [each for each in on.asked if each.get("want") == "square"]  # 350 tokens a side
    page.get_by_role("button", name="+: zoom in").click()
    page.wait_for_function("before => document.querySelector('.at-map').toDataURL() !== before", arg=coarse)
    assert "Exact weights, a cell each." in page.locator(".at-note").inner_text()
    page.get_by_role("button", name="+: zoom in").click()
    asked = [each for each in on.asked if each.get("want") == "square"]
    assert (
        len(asked) == 1 and {"layer": 0, "head": 0}.items() <= asked[0].items()
    )  # the second window lies in the first


def test_the_cells_of_a_window_are_the_squares_or_the_exact_ones(page, put):
    on = put()
    window, room = [{"start": 20, "size": 40}, {"start": 0, "size": 3}], [100, 100]
    shown = {"values": [i / 2000 for i in range(44 * 44)], "cells": [44, 44], "side": 16}
    drawn = on.call("longCells", shown, None, *window, room)
    assert [drawn[name] for name in ("height", "width", "block", "row", "column")] == [3, 1, 16, 16, 0]
    assert drawn["cells"] == [round(255 * (44 * r / 2000) ** 0.5) for r in (1, 2, 3)]
    square = {"values": [i / 4000 for i in range(60 * 5)]}
    square |= {"down": {"start": 10, "size": 60}, "across": {"start": 0, "size": 5}}
    drawn = on.call("longCells", shown, square, *window, room)
    assert [drawn[name] for name in ("height", "width", "block", "row", "column")] == [40, 3, 1, 20, 0]
    wanted = [round(255 * ((5 * (10 + r) + c) / 4000) ** 0.5) for r in range(40) for c in range(3)]
    assert drawn["cells"] == wanted


def test_a_local_layer_says_how_far_it_looks(page, put):
    put(layer=1)
    exact(page)
    assert "each token looks at most 40 tokens to either side" in page.locator(".at-note").inner_text()
    local = page.evaluate("document.querySelector('.at-map').toDataURL()")
    head(page, 2, 0).click()
    page.wait_for_function(
        "document.querySelector('.at-map') && !document.querySelector('.at-note').textContent.includes('either side')"
    )
    assert page.evaluate("document.querySelector('.at-map').toDataURL()") != local


def test_a_saved_page_shows_the_map_and_asks_nothing(page, put):
    on = put()
    exact(page)
    filled(page)
    asked = len(on.asked)
    on.reopened(frozen=True)
    assert page.locator(".at-map").count() == 1 and page.locator(".at-thumbnail.at-there").count() == LAYERS * HEADS
    page.mouse.move(*place(page, 100, 100))
    head(page, 0, 2).click()
    assert page.locator(".at-map").count() == 1
    head(page, 1, 0).click()
    assert "This page holds" in page.locator(".at-absent").inner_text()
    assert len(on.asked) == asked
