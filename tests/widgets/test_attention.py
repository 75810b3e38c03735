"""The attention explorer: its bytes are the weights of the trace, worked out when looked at, and it stays small."""

import base64
import gc
import html
import re
import tracemalloc

import numpy as np
import pytest
import torch

from encoder_lab import explore, trace
from encoder_lab.widgets.attention import AttentionBlock, AttentionExplorer

HALF_A_STEP = 0.5 / 65535 + 1e-9
TEXT = "The animal didn't cross the street because it was too tired."


@pytest.fixture(scope="module")
def bert(bundled_checkpoint):
    return bundled_checkpoint("fill-mask")


@pytest.fixture(scope="module")
def bart(bundled_checkpoint):
    return bundled_checkpoint("zero-shot-classification")


def block(looks=5, looked_at=7, layers=2, heads=3, name="cross-attention"):
    """A block whose axes have different prime sizes."""
    tokens = [[f"{side}{i}" for i in range(count)] for side, count in (("a", looks), ("b", looked_at))]
    return AttentionBlock(name, layers, heads, *tokens, [-1] + [0] * (looks - 1), [0] * looked_at, False)


def made(*blocks, calls=None, **state):
    """An explorer of random weights; `calls` gathers which layers were worked out."""

    def look(at, layer):
        if calls is not None:
            calls.append((at, layer))
        return weights_of(blocks[at], at, layer)

    return AttentionExplorer(look, blocks, **state)


def weights_of(shape, at, layer):
    draw = np.random.default_rng([at, layer])
    return draw.dirichlet([0.3] * len(shape.looked_at), (shape.heads, len(shape.looks)))  # (H, T, S)


def opened(sheet, shape):
    """Take a sheet apart: thumbnails (H, h, w), and weights of as many heads as it holds (n, T, S)."""
    down, across = shape.thumbnail
    small = shape.heads * down * across
    cells = np.frombuffer(sheet[:small], np.uint8).reshape(shape.heads, down, across)
    codes = np.frombuffer(sheet[small:], "<u2").reshape(-1, len(shape.looks), len(shape.looked_at))
    return cells, codes / 65535


def ask(explorer, **changes):
    """Set inputs as the page does."""
    explorer.set_state({**changes, "asked": explorer.asked + 1})


def heard(explorer, at, layer):
    """Ask for the sheet of a layer that nobody has chosen, as the page does."""
    said = []
    explorer.send = lambda content, buffers: said.append((content, buffers))
    explorer._handle_custom_msg({"block": at, "layer": layer}, [])
    ((content, (sheet,)),) = said
    assert content == {"block": at, "layer": layer}
    return sheet


def test_every_head_of_every_layer_arrives_as_the_trace_has_it(bert):
    way = trace(bert, TEXT)
    explorer = explore.attention(way, layer=2, head=5)
    (shape,) = explorer._blocks
    assert explorer.answer == {"block": 0, "layer": 2, "head": 5}
    assert shape.looks == shape.looked_at == list(way.tokens.strings[0]) and shape.same
    assert (shape.layers, shape.heads) == (6, 12)
    for layer in range(6):
        sheet = explorer.sheet if layer == 2 else heard(explorer, 0, layer)
        thumbnails, weights = opened(sheet, shape)
        theirs = way.layers[layer].attention.weights[0].numpy()
        assert weights.shape == theirs.shape
        assert np.abs(weights - theirs).max() <= HALF_A_STEP
        assert np.abs(thumbnails - 255 * np.sqrt(theirs)).max() <= 0.5 + 1e-4  # 16 tokens: a cell each


def test_bart_has_three_kinds_of_attention(bart):
    way = trace(bart, "one day I will see the world", "This example is travel.")
    explorer = explore.attention(way, names=("premise", "hypothesis"))
    assert [(each.name, each.layers, each.heads, each.same) for each in explorer._blocks] == [
        ("encoder self-attention", 6, 12, True),
        ("decoder self-attention", 2, 12, True),
        ("decoder cross-attention", 2, 12, False),
    ]
    encoder, own, cross = explorer._blocks
    assert own.looks == list(way.decoder.tokens.strings[0]) and own.looks[0] == "</s>"
    assert cross.looks == own.looks and cross.looked_at == encoder.looks
    assert cross.looks_sides == way.decoder.tokens.sides[0].tolist()
    assert cross.looked_at_sides == way.encoder.tokens.sides[0].tolist() and 1 in cross.looked_at_sides
    layer = way.decoder.layers[1]
    for at, theirs in ((1, layer.self_attention), (2, layer.cross_attention)):
        ask(explorer, block=at, layer=1)
        assert explorer.problem == ""
        assert np.abs(opened(explorer.sheet, explorer._blocks[at])[1] - theirs.weights[0].numpy()).max() <= HALF_A_STEP


def test_one_text_of_a_batch_is_shown_without_its_padding(bert, bart):
    texts = [TEXT, "Snow is white."]
    way = trace(bert, texts)
    explorer = explore.attention(way, text=1, layer=3)
    (shape,) = explorer._blocks
    assert shape.looks == ["[CLS]", "snow", "is", "white", ".", "[SEP]"]
    assert shape.looks_sides == [-1, 0, 0, 0, 0, -1]
    weights = opened(explorer.sheet, shape)[1]
    assert np.abs(weights - way.layers[3].attention.weights[1, :, :6, :6].numpy()).max() <= HALF_A_STEP
    assert np.abs(weights.sum(-1) - 1).max() < 6 * HALF_A_STEP + 1e-5

    both = explore.attention(trace(bart, texts), text=1)
    assert [len(each.looks) for each in both._blocks] == [7, 7, 7]  # "<s>Snow is white.</s>"
    assert "<pad>" not in both._blocks[1].looks


@pytest.mark.parametrize("looks, looked_at", [(5, 7), (127, 31), (131, 137), (23, 151)])
def test_thumbnails_keep_the_strongest_weight_of_each_block(looks, looked_at):
    shape = block(looks, looked_at)
    explorer = made(shape, layer=1, head=2)
    thumbnails, weights = opened(explorer.sheet, shape)
    theirs = weights_of(shape, 0, 1)
    size = -(-max(looks, looked_at) // 24)
    assert thumbnails.shape == (3, -(-looks // size), -(-looked_at // size)) and max(thumbnails.shape) <= 24
    for r, c in np.ndindex(thumbnails.shape[1:]):
        strongest = theirs[:, r * size : (r + 1) * size, c * size : (c + 1) * size].max(axis=(1, 2))
        assert np.abs(thumbnails[:, r, c] - 255 * np.sqrt(strongest)).max() <= 0.5 + 1e-9
    if max(looks, looked_at) <= 128:
        assert np.abs(weights - theirs).max() <= HALF_A_STEP
    else:  # a long text: the chosen head only
        assert weights.shape == (1, looks, looked_at)
        assert np.abs(weights[0] - theirs[2]).max() <= HALF_A_STEP


def test_only_what_is_looked_at_is_worked_out():
    calls = []
    explorer = made(block(), block(), calls=calls, layer=1)
    assert calls == [(0, 1)]
    ask(explorer, head=2)  # another head of the same layer
    explorer.still()
    assert calls == [(0, 1)]
    ask(explorer, block=1, layer=0)
    assert calls == [(0, 1), (1, 0)]


def test_when_the_page_has_every_layer_a_short_text_s_stay_in_the_state():
    shapes = [block(5, 7), block(5, 5, layers=3)]
    explorer = made(*shapes)
    for at, layer in ((0, 1), (1, 2), (1, 0)):
        heard(explorer, at, layer)
        assert explorer.every_sheet == b""
    heard(explorer, 1, 1)
    wanted = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]
    start = 0
    for at, layer in wanted:
        sheet = explorer.every_sheet[start : start + shapes[at].sheet_bytes]
        assert np.abs(opened(sheet, shapes[at])[1] - weights_of(shapes[at], at, layer)).max() <= HALF_A_STEP
        start += shapes[at].sheet_bytes
    assert start == len(explorer.every_sheet)


def test_a_large_model_s_layers_do_not_all_stay_in_the_state():
    shape = block(127, 127, layers=5, heads=3)
    explorer = made(shape)
    for layer in range(5):
        heard(explorer, 0, layer)
    assert explorer.every_sheet == b"" and explorer._sheets == {}
    assert len(explorer.sheet) < 400_000


def test_of_a_long_text_the_thumbnails_and_one_head_stay_in_the_state():
    shape = block(131, 137, layers=3, heads=5)
    explorer = made(shape, head=4)
    sheets = [explorer.sheet[: shape.sheet_bytes], heard(explorer, 0, 1), heard(explorer, 0, 2)]
    assert explorer.every_sheet == b"".join(sheets)
    assert {len(sheet) for sheet in sheets} == {shape.sheet_bytes}
    assert opened(sheets[1], shape)[1].size == 0


@pytest.mark.parametrize("tokens, heads_kept", [(31, 5), (131, 0)])
def test_a_saved_page_holds_every_head_of_a_short_text(tokens, heads_kept, tmp_path):
    shape = block(tokens, 29, layers=3, heads=5)
    explorer = made(shape)
    before = explorer.get_state()
    every = explorer.page_state()["every_sheet"]
    assert explorer.get_state() == before  # nothing travels to a page that is open
    for layer in range(3):
        thumbnails, weights = opened(every[layer * shape.sheet_bytes : (layer + 1) * shape.sheet_bytes], shape)
        assert len(thumbnails) == 5 and len(weights) == heads_kept
        if heads_kept:
            assert np.abs(weights - weights_of(shape, 0, layer)).max() <= HALF_A_STEP
    page = explorer.save(tmp_path / "saved.html").read_text(encoding="utf-8")
    assert base64.b64encode(every).decode() in page


@pytest.mark.parametrize(
    "given, error, sentence",
    [
        ({"trace": "a text"}, TypeError, "needs a trace, and this is str"),
        ({"text": 1}, ValueError, "there is no text 1; this trace has 1, numbered 0 to 0"),
        ({"text": -1}, ValueError, "there is no text -1"),
        ({"layer": 6}, ValueError, "there is no layer 6; there are 6, numbered 0 to 5"),
        ({"layer": -1}, ValueError, "there is no layer -1"),
        ({"head": 12}, ValueError, "there is no head 12; there are 12, numbered 0 to 11"),
    ],
)
def test_what_is_wrong_is_said(bert, given, error, sentence):
    given = {"trace": trace(bert, "Snow is white."), **given}
    with pytest.raises(error, match=re.escape(sentence)):
        explore.attention(**given)


def test_half_a_trace_is_refused(bart):
    with pytest.raises(TypeError, match="the decoder's half"):
        explore.attention(trace(bart, "Snow is white.").decoder)


def test_a_head_that_is_not_there_keeps_the_last_one():
    explorer = made(block(), head=1)
    before = explorer.answer, explorer.sheet
    for wrong in ({"layer": 2}, {"head": 3}, {"block": 1}, {"head": -1}):
        explorer.set_state({**wrong, "asked": explorer.asked + 1})
        (name,) = wrong
        assert name in explorer.problem and "numbered 0 to" in explorer.problem
        assert (explorer.answer, explorer.sheet) == before
        explorer.set_state({"block": 0, "layer": 0, "head": 1, "asked": explorer.asked + 1})
        assert explorer.problem == ""


def test_the_still_form_has_the_numbers_and_runs_nothing():
    hostile = "</td><script>window.hacked=1</script><img src=x onerror=alert(1)>"
    tokens = [hostile, "b", "c"]
    shape = AttentionBlock(hostile, 1, 2, tokens, tokens, [0, 0, 0], [0, 0, 0], True)
    weights = np.array([[[0.1, 0.2, 0.7], [1, 0, 0], [0.25, 0.5, 0.25]]] * 2)
    still = AttentionExplorer(lambda at, layer: weights, [shape], head=1).still()
    assert "<script" not in still and "onerror=alert(1)>" not in still
    picture = base64.b64decode(re.search(r"base64,([^\"]+)", still)[1]).decode()
    assert "<script" not in picture and picture.count("<path") == 6  # five shades, and the frame
    cells = re.findall(r"<td>(.*?)</td>", still)
    assert cells == ["0", html.escape(hostile), "c (2)", "0.700",
                     "1", "b", f"{html.escape(hostile)} (0)", "1.000",
                     "2", "c", "b (1)", "0.500"]  # fmt: skip
    assert "layer 0, head 1" in re.search(r'alt="([^"]*)"', still)[1]


def test_the_still_form_follows_the_head_and_stays_small(bert):
    long = " ".join([TEXT] * 30)
    explorer = explore.attention(trace(bert, long), layer=1)
    first = explorer.still()
    assert "strongest of" in first and len(first) < 30_000
    ask(explorer, head=3)
    assert "layer 1, head 3" in explorer.still() != first
    assert explorer.still() == explorer.still()


def test_fifty_heads_leave_nothing_behind():
    explorer = made(block(61, 67, layers=7, heads=5))
    for round_ in range(2):
        for i in range(50):
            ask(explorer, layer=i % 7, head=i % 5)
            heard(explorer, 0, i % 7)
        gc.collect()
        if round_ == 0:
            tracemalloc.start()
            before = tracemalloc.get_traced_memory()[0]
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 1_000_000 and explorer.problem == ""  # a layer of this text is 330 kB


def test_it_takes_float64_and_other_devices_as_they_come():
    tensor = torch.full((2, 3, 3), 1 / 3, dtype=torch.float64)
    tokens = ["a", "b", "c"]
    shape = AttentionBlock("self-attention", 1, 2, tokens, tokens, [0] * 3, [0] * 3, True)
    explorer = AttentionExplorer(lambda at, layer: tensor.numpy(), [shape])
    assert np.abs(opened(explorer.sheet, shape)[1] - 1 / 3).max() <= HALF_A_STEP
