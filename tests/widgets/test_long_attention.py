"""The attention explorer of a long text: what travels is block maxima, exact rows and exact squares, and no more."""

import json

import numpy as np
import pytest
import torch

from encoder_lab import explore
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward import trace_tokens
from encoder_lab.records import Tokens, long_attention
from encoder_lab.widgets import block_maxima
from encoder_lab.widgets.attention import AttentionBlock
from encoder_lab.widgets.long_attention import LongAttentionExplorer
from tests.families import tiny_of

SIZE, SIDE, HEADS, LAYERS = 61, 8, 3, 3
STEPS = {"step": 4, "thumbnail_step": 32}
HALF_A_STEP = 0.5 / 65535 + 1e-6


class Counted:
    """Random weights of a text, and how many rows of which layer were worked out for it."""

    def __init__(self, size=SIZE, heads=HEADS):
        self.size, self.heads, self.rows = size, heads, []

    def all(self, layer):
        draw = np.random.default_rng(layer)
        return draw.dirichlet([0.3] * self.size, (self.heads, self.size))

    def maxima(self, layer, side, rows, step):
        self.rows.append((layer, len(range(rows.start, rows.stop, step))))
        looked = self.all(layer)[:, rows][:, ::step]
        return squares(looked, max(1, side // step), side)

    def weights(self, layer, head, rows):
        self.rows.append((layer, rows.stop - rows.start))
        return self.all(layer)[head, rows]


def squares(weights, tall, wide):
    """The strongest of each square, one by one."""
    heads, rows, columns = weights.shape
    shape = -(-rows // tall), -(-columns // wide)
    found = [
        weights[:, r * tall : (r + 1) * tall, c * wide : (c + 1) * wide].max(axis=(1, 2)) for r, c in np.ndindex(shape)
    ]
    return np.stack(found, axis=1).reshape(heads, *shape)


@pytest.fixture(autouse=True)
def lowered(monkeypatch):
    """Sixty tokens are a long text: eight squares a side, rows eight by eight, exact squares of sixteen."""
    monkeypatch.setattr(long_attention, "LONG", 20)
    for name, value in {"SQUARES": 8, "STEP": 4, "REGION": 16, "AT_ONCE": 1}.items():
        monkeypatch.setattr(block_maxima, name, value)
    monkeypatch.setattr("encoder_lab.widgets.long_attention.STEP", 4)


def made(text=None, size=SIZE, **state):
    words = [f"w{i}" for i in range(size)]
    sides = [-1] + [0] * (size - 2) + [-1]
    block = AttentionBlock("self-attention", LAYERS, HEADS, words, words, sides, sides, True, [None, 5, None], True)
    return LongAttentionExplorer(text or Counted(size), block, **state)


def say(explorer, **content):
    """Send a message as the page does; returns what Python sent: words and bytes."""
    said = []
    explorer.send = lambda words, buffers=None: said.append((words, *(buffers or [])))
    explorer._handle_custom_msg(content, [])
    (only,) = said
    return only


def sheet(explorer):
    """Take the chosen layer's sheet apart: thumbnails, squares."""
    (block,) = explorer._blocks
    small = HEADS * block.thumbnail[0] * block.thumbnail[1]
    thumbnails = np.frombuffer(explorer.sheet[:small], np.uint8).reshape(HEADS, *block.thumbnail)
    return thumbnails, np.frombuffer(explorer.sheet[small:], "<u2").reshape(HEADS, *block.cells) / 65535


def finish(explorer, layer=0):
    for _ in range(100):
        if say(explorer, want="maxima", layer=layer, head=0)[0]["exact"]:
            return
    raise AssertionError("the rows come to no end")


def test_the_first_picture_is_of_some_rows_and_says_so():
    text = Counted()
    explorer = made(text)
    assert text.rows == [(0, 16)]  # 61 rows, every fourth
    assert explorer.answer == {"block": 0, "layer": 0, "head": 0, "exact": False, "done": 0} | STEPS
    wanted = squares(text.all(0)[:, ::4], 2, SIDE)
    assert explorer._blocks[0].cells == (8, 8) == wanted.shape[1:]
    assert np.abs(sheet(explorer)[1] - wanted).max() <= HALF_A_STEP


def test_block_maxima_become_exact_bit_by_bit_and_are_kept():
    text = Counted()
    explorer = made(text, head=2)
    shown = explorer.shown
    for done in range(SIDE, SIZE, SIDE):
        words = say(explorer, want="maxima", layer=0, head=2)
        assert words == ({"want": "maxima", "layer": 0, "head": 2, "done": done, "exact": False},)
        assert explorer.shown == shown  # nothing is sent but how far it is
    assert say(explorer, want="maxima", layer=0, head=2)[0]["exact"] and explorer.shown == shown + 1
    assert explorer.answer == {"block": 0, "layer": 0, "head": 2, "exact": True, "done": SIZE} | STEPS
    assert np.abs(sheet(explorer)[1] - squares(text.all(0), SIDE, SIDE)).max() <= HALF_A_STEP
    assert sum(rows for _, rows in text.rows) == 16 + SIZE
    explorer.set_state({"head": 1, "asked": 1})
    explorer.set_state({"layer": 1, "asked": 2})
    explorer.set_state({"layer": 0, "asked": 3})
    assert explorer.answer["exact"]
    assert text.rows[-1] == (1, 16) and sum(rows for layer, rows in text.rows if layer == 0) == 16 + SIZE
    say(explorer, want="maxima", layer=0, head=2)  # asked once too often: nothing is worked out
    assert text.rows[-1] == (1, 16)


def test_what_is_not_asked_for_is_not_worked_out():
    """Stopping is not asking on; a layer that is left keeps what it had and goes on from there."""
    text = Counted()
    explorer = made(text)
    for _ in range(3):
        say(explorer, want="maxima", layer=0, head=0)
    assert sum(rows for _, rows in text.rows) == 16 + 3 * SIDE
    explorer.set_state({"layer": 2, "asked": 1})
    assert say(explorer, want="maxima", layer=0, head=0)[0]["done"] == 4 * SIDE
    finish(explorer)
    assert (
        explorer.answer == {"block": 0, "layer": 2, "head": 0, "exact": False, "done": 0} | STEPS
    )  # another one is on view


def test_rows_and_squares_are_exact():
    text = Counted()
    explorer = made(text)
    words, row = say(explorer, want="row", layer=1, head=2, row=60)
    assert words == {"want": "row", "layer": 1, "head": 2, "row": 60} and len(row) == 2 * SIZE
    assert np.abs(np.frombuffer(row, "<u2") / 65535 - text.all(1)[2, 60]).max() <= HALF_A_STEP
    assert text.rows[-1] == (1, 1)
    for down, across, starts in [(7, 30, (7, 30)), (-3, 99, (0, 45))]:
        words, square = say(explorer, want="square", layer=0, head=1, down=down, across=across)
        assert (words["down"], words["across"]) == ([starts[0], 16], [starts[1], 16])
        found = np.frombuffer(square, "<u2").reshape(16, 16) / 65535
        wanted = text.all(0)[1, starts[0] : starts[0] + 16, starts[1] : starts[1] + 16]
        assert np.abs(found - wanted).max() <= HALF_A_STEP


def test_thumbnails_of_other_layers_are_of_fewer_rows():
    text = Counted()
    explorer = made(text)
    words, thumbnails = say(explorer, block=0, layer=1)
    assert text.rows[-1] == (1, 2)  # 61 rows, every thirty-second
    wanted = np.repeat(squares(text.all(1)[:, ::32], 1, SIDE), 4, axis=1)
    assert np.abs(np.frombuffer(thumbnails, np.uint8).reshape(HEADS, 8, 8) - 255 * np.sqrt(wanted)).max() <= 0.5 + 1e-9
    say(explorer, block=0, layer=2)
    assert len(explorer.every_sheet) == LAYERS * HEADS * 64
    assert len(explorer.page_state()["every_sheet"]) == LAYERS * HEADS * 64 and explorer.page_state()["sheet"]


def test_the_still_form_has_the_squares_and_exact_rows():
    text = Counted()
    explorer = made(text, layer=1, head=1)
    still = explorer.still()
    assert "Each cell is the strongest of 8 × 8 tokens" in still and f"{SIZE} tokens" in still
    for row in range(16):
        to = text.all(1)[1, row].argmax()
        assert f"<td>w{row}</td><td>w{to} ({to})</td><td>{text.all(1)[1, row].max():.3f}</td>" in still
    assert text.rows[-1] == (1, 16)


@pytest.mark.parametrize("size, side, cells", [(1025, 8, 129), (2048, 8, 256), (5000, 32, 157), (8192, 32, 256)])
def test_a_message_of_eight_thousand_tokens_is_small(size, side, cells, monkeypatch):
    monkeypatch.setattr(block_maxima, "SQUARES", 256)
    monkeypatch.setattr(block_maxima, "REGION", 256)

    class Flat(Counted):
        def maxima(self, layer, side, rows, step):
            return np.ones((12, -(-len(range(rows.start, rows.stop, step)) // max(1, side // step)), -(-size // side)))

        def weights(self, layer, head, rows):
            return np.ones((rows.stop - rows.start, size))

    words = ["word"] * size
    block = AttentionBlock("self-attention", 22, 12, words, words, [0] * size, [0] * size, True, [None] * 22, True)
    explorer = LongAttentionExplorer(Flat(), block)
    assert (block.side, block.cells) == (side, (cells, cells))
    state = explorer.get_state()
    rest = {name: value for name, value in state.items() if not isinstance(value, bytes) and name != "layout"}
    assert len(explorer.sheet) < 1.6e6 and len(explorer.sheet) + len(json.dumps(rest)) < 4e6
    assert len(say(explorer, want="row", layer=0, head=0, row=size - 1)[1]) == 2 * size <= 64_000
    assert len(say(explorer, want="square", layer=0, head=0, down=700, across=0)[1]) == 2 * 256 * 256


@pytest.fixture(scope="module")
def checkpoint():
    model = tiny_of("ModernBERT", "fill-mask")
    model.set_attn_implementation("sdpa")  # the eager one, in float64, is not a number where padding sees only padding
    return Checkpoint("fill-mask", "random", None, model, None)


def tokens_of(*sizes):
    size = max(sizes)
    ids = torch.randint(5, 41, (len(sizes), size), generator=torch.Generator().manual_seed(1))
    mask = torch.tensor([[1] * n + [0] * (size - n) for n in sizes])
    strings = tuple(tuple(f"w{i}" for i in range(size)) for _ in sizes)
    zeros = torch.zeros_like(ids)
    return Tokens((("", None),) * len(sizes), ids, mask, zeros, zeros, torch.zeros(len(sizes), size, 2), strings)


def test_a_trace_of_a_long_text_is_opened_by_rows(checkpoint, monkeypatch):
    """One text of a batch: its squares, rows and thumbnails are those of the whole matrix, of a local layer too."""
    way = trace_tokens(checkpoint, tokens_of(61, 47))
    monkeypatch.setattr(type(way.layers), "make", lambda *_: pytest.fail("a whole layer was worked out"))
    explorer = explore.attention(way, text=1, layer=1, head=2)
    assert isinstance(explorer, LongAttentionExplorer)
    assert explorer._blocks[0].windows == [None, 2, None] and len(explorer._blocks[0].looks) == 47
    whole = [way.layers.looks(layer).weights()[1, :, :47, :47].numpy() for layer in range(3)]
    assert np.abs(sheet(explorer)[1] - squares(whole[1][:, ::4], 2, SIDE)).max() <= HALF_A_STEP
    finish(explorer, layer=1)
    assert np.abs(sheet(explorer)[1] - squares(whole[1], SIDE, SIDE)).max() <= HALF_A_STEP
    row = say(explorer, want="row", layer=2, head=1, row=46)[1]
    assert np.abs(np.frombuffer(row, "<u2") / 65535 - whole[2][1, 46]).max() <= HALF_A_STEP


def test_a_short_text_beside_a_long_one_is_shown_whole(checkpoint, monkeypatch):
    way = trace_tokens(checkpoint, tokens_of(61, 13))
    explorer = explore.attention(way, text=1)
    assert not isinstance(explorer, LongAttentionExplorer) and not explorer._blocks[0].long
    monkeypatch.setattr(long_attention, "LONG", 1024)
    other = explore.attention(trace_tokens(checkpoint, tokens_of(61, 13)), text=1)
    assert np.abs(np.frombuffer(explorer.sheet, np.uint8).astype(int) - np.frombuffer(other.sheet, np.uint8)).max() <= 1


def test_a_layer_or_head_that_is_not_there_is_named(checkpoint):
    way = trace_tokens(checkpoint, tokens_of(61))
    with pytest.raises(ValueError, match="there is no layer 7; there are 3, numbered 0 to 2"):
        explore.attention(way, layer=7)
    with pytest.raises(ValueError, match="there is no head 3; there are 3, numbered 0 to 2"):
        explore.attention(way, head=3)
