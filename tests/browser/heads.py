"""What the attention explorer's browser tests share: explorers of random weights, and where things are on the page."""

import numpy as np

from encoder_lab.widgets.attention import AttentionBlock, AttentionExplorer
from tests.browser.stand_in import StandIn

LONG = 97  # tokens: more than stand in lists


def weights_of(at, layer, heads, looks, looked_at):
    """Random weights (H, T, S) whose rows sum to 1."""
    return np.random.default_rng([at, layer]).dirichlet([0.3] * looked_at, (heads, looks))


def self_block(size, layers=3, heads=5, pair=False, tokens=None, name="self-attention"):
    """A block of self-attention; position 0 and the last one are special tokens, and one in the middle of a pair."""
    words = tokens or [f"w{i}" for i in range(size)]
    sides = [-1] + [0] * (size - 2) + [-1]
    if pair:
        middle = size // 2
        sides = [-1] + [0] * (middle - 1) + [-1] + [1] * (size - middle - 2) + [-1]
    return AttentionBlock(name, layers, heads, words, words, sides, sides, True)


def cross_block(looks, looked_at, layers=2, heads=3):
    names = [[f"{side}{i}" for i in range(count)] for side, count in (("d", looks), ("e", looked_at))]
    sides = [[-1] + [0] * (len(each) - 1) for each in names]
    return AttentionBlock("cross-attention", layers, heads, *names, *sides, False)


def made(*blocks, calls=None, **state):
    def look(at, layer):
        if calls is not None:
            calls.append((at, layer))
        shape = blocks[at]
        return weights_of(at, layer, shape.heads, len(shape.looks), len(shape.looked_at))

    return AttentionExplorer(look, blocks, **state)


def put(page, *blocks, theme="light", **state):
    """Put an explorer of random weights on the page, and wait for all its thumbnails."""
    on = StandIn(page, made(*blocks or (self_block(7),), **state), theme)
    filled(page)
    return on


def filled(page):
    """Wait until every head has its thumbnail."""
    page.wait_for_function("!document.querySelector('.encoder-lab').classList.contains('el-busy')")
    page.wait_for_function("document.querySelectorAll('.at-thumbnail:not(.at-there)').length === 0")


def token(page, side, place):
    return page.locator(".at-list").nth(side).get_by_role("button").nth(place)


def written(page, side):
    """The numbers beside the tokens of one list."""
    return page.locator(".at-list").nth(side).locator(".at-weight").all_inner_texts()


def kind(page):
    return page.get_by_role("combobox", name="attention", exact=True)


def head(page, layer, at):
    return page.get_by_role("button", name=f"layer {layer}, head {at}", exact=True)


def table(page, place):
    """A table's caption, and its rows: name, number, note."""
    found = page.locator(".at-tables table").nth(place)
    rows = [row.split("\t")[:3] for row in found.locator("tr").all_inner_texts()]
    return found.locator("caption").inner_text(), [[cell.strip() for cell in row] for row in rows]


def said(page):
    return page.locator(".at-said").inner_text()


def strongest(values, names, positions, precision=3, count=6):
    """The rows a table should have."""
    order = sorted(range(len(values)), key=lambda i: -values[i])[:count]
    return [[names[positions[i]], f"{values[i]:.{precision}f}", f"position {positions[i]}"] for i in order]
