"""plots: what is drawn, on which scale and under which labels; at any length, with any text, and without traces."""

import ast
import io
import warnings
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend first)
from matplotlib.colors import to_rgba  # noqa: E402
from PIL import Image  # noqa: E402

from encoder_lab import plots  # noqa: E402
from encoder_lab.plots.labels import drawable_codes, hundredths, probability_text, readable  # noqa: E402

ODD = [
    "$x^2$", r"$\frac{$", "a$b", r"\$", "😀👩‍🔬", "北京", "שלום", "", " ", "\x00", "a\nb\tc", "\ud800", "<b>&",
    "x_1", "{}%s", "Donaudampfschifffahrtsgesellschaftskapitän", "##ing", "·world",
]  # fmt: skip


def words(size: int) -> list[str]:
    """Words as long as English ones, now and then a very long one."""
    return ["internationalization"[: 20 if place % 13 == 3 else 1 + 7 * place % 9] for place in range(size)]


def attention(*shape: int) -> np.ndarray:
    """Weights as heads have them: a band beside the diagonal, much on the first token, rows that sum to 1."""
    rows, columns = shape[-2:]
    if not rows:
        return np.zeros(shape)
    scores = np.random.default_rng(0).normal(size=shape) - np.abs(np.arange(rows)[:, None] - np.arange(columns)) / 3
    scores[..., 0] += 2
    weights = np.exp(scores)
    return weights / weights.sum(axis=-1, keepdims=True)


def distribution(size: int, depth: int = 5) -> np.ndarray:
    """Ranked probabilities of `depth` answers at each position, most positions sure of theirs."""
    noise = np.random.default_rng(1)
    sure = np.where(noise.random(size) < 0.6, noise.uniform(0.9, 1, size), noise.uniform(0.2, 0.8, size))
    rest = noise.dirichlet(np.full(2 * depth, 0.5), size) * (1 - sure)[:, None]
    return np.sort(np.column_stack([sure, rest]))[:, ::-1][:, :depth]


def draw_parts(tokens, **more):
    word, position, segment = np.random.default_rng(2).normal(0, 0.05, (3, len(tokens), 24))
    total = word + position + segment
    return plots.embedding_parts(tokens, word, position, segment, total, 20 * total, **more)[0]


def similarities(size: int) -> np.ndarray:
    vectors = np.random.default_rng(3).normal(0.3, 1, (size, 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors @ vectors.T


DRAW = {  # each picture from its labels alone
    "attention_map": lambda t: plots.attention_map(attention(len(t), len(t)), t),
    "head_grid": lambda t: plots.head_grid(attention(12, len(t), len(t)), t)[8],
    "probability_bars": lambda t: plots.probability_bars(t, np.linspace(1, 0, len(t)) ** 9),
    "position_distribution": lambda t: plots.position_distribution(
        t, [[token, *t[:1] * 4] for token in t], distribution(len(t)), [2][: len(t) - 1]
    ),
    "embedding_parts": draw_parts,
    "embedding_norms": lambda t: plots.embedding_norms(t, {"word": np.arange(len(t)), "sum": np.ones(len(t))}),
    "layer_change": lambda t: plots.layer_change(t, np.random.default_rng(4).random((6, len(t)))),
    "similarity_map": lambda t: plots.similarity_map(t, similarities(len(t))),
}
every_picture = pytest.mark.parametrize("name", DRAW)


@pytest.fixture(autouse=True)
def no_traces():
    """Whatever a picture does, matplotlib's settings stay as they were; and each test closes its figures."""
    before = matplotlib.rcParams.copy()
    yield
    plt.close("all")
    assert matplotlib.rcParams == before


def drawn_labels(axis) -> list:
    return [label for label in axis.get_majorticklabels() if label.get_visible() and label.get_text()]


def overlaps(artists) -> list[tuple[str, str]]:
    boxes = [(artist.get_text(), artist.get_window_extent()) for artist in artists]
    return [
        (text, other)
        for place, (text, box) in enumerate(boxes)
        for other, beside in boxes[place + 1 :]
        if min(box.x1, beside.x1) - max(box.x0, beside.x0) > 0.5
        and min(box.y1, beside.y1) - max(box.y0, beside.y0) > 0.5
    ]


def png(figure) -> bytes:
    """The picture as a notebook saves it."""
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return file.getvalue()


# Every picture, at every length


@every_picture
@pytest.mark.parametrize("size", [1, 5, 30, 300])
def test_a_picture_fits_the_notebook_and_its_labels_fit_the_picture(name, size):
    ax = DRAW[name](words(size))
    data = png(ax.figure)
    width, height = Image.open(io.BytesIO(data)).size
    assert len(data) < 100_000
    assert width <= 900 and height <= 920
    across, down = drawn_labels(ax.xaxis), drawn_labels(ax.yaxis)
    for texts in (across, down, ax.texts):
        assert overlaps(texts) == []
    labels = [label.get_text() for label in down]
    limit = {"head_grid": 10, "similarity_map": 20, "probability_bars": 28}.get(name, 16)
    if size == 5 or name == "probability_bars":  # which draws the 30 best, all with their label
        assert [label.removeprefix("▶ ") for label in labels] == [readable(word, limit) for word in words(size)[:30]]
    if size == 300 and name != "probability_bars":  # thinned, so with the position in front
        places = [int(label.split(" ")[0]) for label in labels]
        assert 5 <= len(labels) <= 45 and places == sorted(places)
        shown = [f"{place} {readable(words(300)[place], limit)}" for place in places]
        assert [label.replace("▶ ", "") for label in labels] == shown


@every_picture
def test_any_text_is_drawn_as_text(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = DRAW[name](ODD)
        ax.figure.canvas.draw()
    assert overlaps(drawn_labels(ax.yaxis)) == []


@every_picture
def test_labels_may_be_any_sequence_of_strings(name):
    DRAW[name](np.array(words(5)).tolist())
    DRAW[name](tuple(words(5)))


@every_picture
@pytest.mark.parametrize(
    ("labels", "message"),
    [("hello", "the one string 'hello'; give a list"), ([], "are empty"), (["a", 5], r"\[1\] is 5, a int; give str")],
)
def test_labels_that_cannot_label(name, labels, message):
    with pytest.raises(ValueError, match=message):
        DRAW[name](labels)


def test_given_axes_are_drawn_on_and_nothing_else_is_opened():
    _, (left, right) = plt.subplots(1, 2)
    two = ["a", "b"]
    assert plots.attention_map(np.eye(2), two, ax=left) is left
    assert plots.similarity_map(two, np.eye(2), ax=right) is right
    assert plots.probability_bars(two, [0.1, 0.2], ax=left) is left
    assert plots.position_distribution(two, [["x"], ["y"]], [[0.1], [0.2]], ax=right) is right
    assert plots.embedding_norms(two, {"word": [1, 2]}, ax=left) is left
    assert plots.layer_change(two, [[0.1, 0.2]], ax=right) is right
    assert plots.layer_similarity({"bank": [1, 0.5]}, ax=left) is left
    plots.head_grid(np.eye(2)[None], two, figure=plt.figure(9))
    plots.embedding_parts(two, *[np.eye(2)] * 5, dimensions=2, figure=plt.figure(9, clear=True))
    assert plt.get_fignums() == [1, 9]


def test_titles_are_text_wrapped_and_cut():
    ax = plots.attention_map(np.eye(3), ["a", "b", "c"], title="$x$ 北 " + "and on and on " * 40)
    lines = ax.get_title().split("\n")
    assert lines[0].startswith(r"\$x\$ □") and len(lines) == 3 and lines[-1].endswith("…")
    ax.figure.canvas.draw()
    assert ax.title.get_window_extent().width <= ax.figure.bbox.width


@pytest.mark.parametrize("module", sorted(Path(plots.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_plots_import_no_stage_and_no_model_library(module):
    known = {"collections", "functools", "math", "textwrap", "numpy", "matplotlib", "encoder_lab.plots"}
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in getattr(node, "names", [])]
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert all(any(name == ok or name.startswith(ok + ".") for ok in known) for name in names), names


# Labels and numbers as text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("##ing", "##ing"), ("·world", "·world"), ("café", "café"), ("$x$", r"\$x\$"), ("", "␣"), ("\n", "␣"),
        ("a\tb", "a b"), ("北京", "□□"), ("\x00", "□"), ("\ud800", "□"), ("internationalization", "internationaliz…"),
    ],
)  # fmt: skip
def test_readable(text, shown):
    assert readable(text) == shown


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(2, 30))
def test_readable_is_short_visible_and_drawable(text, limit):
    shown = readable(text, limit).replace(r"\$", "$")
    assert 1 <= len(shown) <= limit and shown.strip()
    assert all(ord(character) in drawable_codes() and character.isprintable() for character in shown)


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (0, "0"), (1, "1"), (0.98795001, "0.9880"), (0.9999, "0.9999"), (0.999999, ">0.9999"), (0.01115, "0.0112"),
        (0.000701, "0.00070"), (0.000183, "0.00018"), (0.00000527, "5.3 × 10⁻⁶"), (1e-300, "1.0 × 10⁻³⁰⁰"),
    ],
)  # fmt: skip
def test_no_probability_is_written_as_0_or_1_that_is_not(probability, shown):
    assert probability_text(probability) == shown


@pytest.mark.parametrize(("value", "shown"), [(-0.301, "−0.30"), (-0.001, "0.00"), (0.456, "0.46"), (-1, "−1.00")])
def test_hundredths(value, shown):
    assert hundredths(value) == shown


# attention_map and head_grid


def test_attention_map_has_rows_that_look_and_columns_looked_at():
    weights = np.array([[0.9, 0.1, 0.0], [0.25, 0.25, 0.5]])
    ax = plots.attention_map(weights, ["he", "ran"], ["er", "lief", "."], title="cross")
    assert (ax.get_ylabel(), ax.get_xlabel(), ax.get_title()) == ("looks", "looked at", "cross")
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["he", "ran"]
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == ["er", "lief", "."]
    np.testing.assert_array_equal(ax.images[0].get_array(), weights)
    written = {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "0.90", (0, 1): "0.10", (0, 2): "0", (1, 0): "0.25", (1, 1): "0.25", (1, 2): "0.50"}


@pytest.mark.parametrize("weights", [np.full((5, 5), 0.2), np.eye(5), attention(30, 30)[:5, :5]])
def test_attention_is_always_drawn_from_0_to_1_darker_for_more(weights):
    image = plots.attention_map(weights, words(5)).images[0]
    assert image.get_clim() == (0, 1)
    lightness = [sum(image.cmap(image.norm(weight))[:3]) for weight in (0, 0.01, 0.1, 0.3, 0.6, 1)]
    assert lightness == sorted(lightness, reverse=True) and len(set(lightness)) == 6  # told apart in grey


def test_a_lone_strong_weight_is_not_lost_in_a_long_text():
    weights = np.zeros((2, 300, 300))
    weights[:, 299, 1] = 0.9
    for image in [ax.images[0] for ax in plots.head_grid(weights, words(300))]:
        assert image.get_array().max() == 0.9
        assert image.get_array()[-1, 0] == 0.9
    ax = plots.attention_map(weights[0], words(300))
    assert ax.images[0].get_array()[-1, 0] == 0.9 and ax.texts[:] == []
    assert "strongest of each 4 × 4 tokens" in ax.figure.axes[-1].get_ylabel()


@pytest.mark.parametrize("heads", [1, 3, 4, 5, 12, 16])
def test_head_grid_draws_every_head_once_on_one_scale(heads):
    weights = attention(heads, 7, 5)
    axes = plots.head_grid(weights, words(7), words(5), title="layer 3")
    assert [ax.get_title() for ax in axes] == [f"head {head}" for head in range(heads)]
    for head, ax in enumerate(axes):
        np.testing.assert_array_equal(ax.images[0].get_array(), weights[head])
        assert ax.images[0].get_clim() == (0, 1)
        assert len(drawn_labels(ax.yaxis)) == (7 if head % 4 == 0 else 0)
        assert len(drawn_labels(ax.xaxis)) == (5 if head + 4 >= heads else 0)
    assert len(axes[0].figure.axes) == heads + 1  # and the colour bar
    assert axes[0].figure.get_suptitle() == "layer 3"


# probability_bars and position_distribution


def test_probability_bars_are_ranked_on_0_to_1_with_their_number():
    ax = plots.probability_bars(["no", "it", "yes"], [5.27e-6, 0.95, 0.1745], title="say [MASK]!")
    assert ax.get_xlim() == (0, 1) and "0 to 1" in ax.get_xlabel()
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["it", "yes", "no"]
    assert [bar.get_width() for bar in ax.patches] == [0.95, 0.1745, 5.27e-6]
    assert [text.get_text() for text in ax.texts] == ["0.9500", "0.1745", "5.3 × 10⁻⁶"]
    assert ax.yaxis_inverted()  # the first is on top
    long_bar, number = ax.patches[0].get_window_extent(), ax.texts[0].get_window_extent()
    assert long_bar.x0 < number.x0 and number.x1 < long_bar.x1  # a number beside a long bar would leave the picture


def test_more_than_30_answers_are_counted_not_crammed():
    ax = plots.probability_bars(words(300), np.linspace(0.3, 0.001, 300))
    assert len(ax.patches) == 30 and "270 more answers, none above 0.27" in ax.get_xlabel()
    assert "more" not in plots.probability_bars(words(30), np.full(30, 0.1)).get_xlabel()


def test_position_distribution_lets_the_arg_max_be_read_off_everywhere():
    tokens = ["[CLS]", "say", "[MASK]", "!", "[SEP]"]
    choices = [[".", "the"], ["say", "tell"], ["it", "yes"], ["!", "."], [".", "!"]]
    probabilities = [[0.04, 0.005], [0.83, 0.1], [0.33, 0.004], [0.9999, 0.00001], [0.998, 0.001]]
    ax = plots.position_distribution(tokens, choices, probabilities, [2])
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in drawn_labels(ax.yaxis)] == ["[CLS]", "say", "▶ [MASK]", "!", "[SEP]"]
    texts = [text.get_text() for text in ax.texts]
    assert texts == [".", "0.04", "say", "0.83", "tell", "0.10", "it", "0.33", "yes", "<0.01", "!", "1.00", ".", "1.00"]
    frame = ax.patches[-1]
    assert (frame.get_y(), frame.get_height()) == (1.5, 1) and frame.get_edgecolor() == to_rgba("#d55e00")


def test_a_long_text_keeps_its_masks_and_the_arg_max_beside_the_labels():
    tokens = words(300)
    choices = [[f"best{place}", "other"] for place in range(300)]
    ax = plots.position_distribution(tokens, choices, distribution(300, 2), [101, 203])
    ax.figure.canvas.draw()
    left = [label.get_text() for label in drawn_labels(ax.yaxis)]
    right = [label.get_text() for label in drawn_labels(ax.child_axes[0].yaxis)]
    assert {"101 ▶ " + readable(tokens[101]), "203 ▶ " + readable(tokens[203])} < set(left)
    assert right == [f"{label.split()[0]} best{label.split()[0]}" for label in left]
    assert list(ax.texts) == []


# vectors


def test_embedding_parts_share_a_scale_around_0_and_the_output_has_its_own():
    word, position, segment = np.random.default_rng(5).normal(0, [[[0.05]], [[0.02]], [[0.01]]], (3, 5, 20))
    total = word + position + segment
    axes = plots.embedding_parts(words(5), word, position, segment, total, 9 * total, dimensions=7, title="a pair")
    assert [ax.get_title() for ax in axes] == ["word", "+ position", "+ segment", "= sum", "→ LayerNorm"]
    for ax, values in zip(axes, (word, position, segment, total, 9 * total), strict=True):
        np.testing.assert_allclose(ax.images[0].get_array(), values[:, :7])
    limits = [ax.images[0].get_clim() for ax in axes]
    assert limits[0] == limits[1] == limits[2] == limits[3] == (-limits[0][1], limits[0][1])
    assert limits[4] == (-limits[4][1], limits[4][1]) and limits[4][1] > 5 * limits[0][1]
    negative = {(place, column) for place, column in np.argwhere(word[:, :7] < -0.1 * limits[0][1]).tolist()}
    marks = {(round(row), round(column)) for column, row in axes[0].collections[0].get_offsets()}
    assert marks == negative  # the sign is seen in grey, too
    assert "first 7 of 20" in axes[0].get_xlabel()


def test_embedding_parts_without_segments():
    axes = plots.embedding_parts(
        ["<s>", "hi"], *np.ones((2, 2, 3)), None, np.ones((2, 3)), np.ones((2, 3)), dimensions=3
    )
    assert [ax.get_title() for ax in axes] == ["word", "+ position", "= sum", "→ LayerNorm"]


def test_the_sum_still_holds_where_a_row_is_the_mean_of_neighbours():
    draw_parts(words(301))
    word, position, segment, total = (np.asarray(ax.images[0].get_array()) for ax in plt.gcf().axes[:4])
    assert word.shape == (51, 16)
    np.testing.assert_allclose(word + position + segment, total, atol=1e-12)
    assert plt.gcf().axes[0].get_ylabel() == "each row: mean of 6 neighbouring tokens"


def test_all_zero_vectors_are_drawn():
    axes = plots.embedding_parts(["[PAD]"], *np.zeros((5, 1, 4)), dimensions=4)
    axes[0].figure.canvas.draw()
    plots.embedding_norms(["[PAD]"], {"word": [0.0]}).figure.canvas.draw()


def test_embedding_norms_start_at_0_and_differ_in_marker():
    norms = {name: [1.0, 2, 3] for name in ("word", "position", "segment", "sum", "output", "more")}
    ax = plots.embedding_norms(["a", "b", "c"], norms)
    assert ax.get_xlim()[0] == 0 and "L2 norm" in ax.get_xlabel()
    assert [line.get_label() for line in ax.lines] == list(norms)
    assert len({line.get_marker() for line in ax.lines}) == 6
    assert ax.lines[0].get_xydata().tolist() == [[1, 0], [2, 1], [3, 2]]


def test_similarity_map_is_drawn_from_minus_1_to_1_around_0():
    matrix = [[1, -0.305, 0.2], [-0.305, 1, 0], [0.2, 0, 1]]
    ax = plots.similarity_map(["bank", "bat", "river"], matrix)
    assert ax.images[0].get_clim() == (-1, 1)
    assert [text.get_text() for text in ax.texts][:4] == ["1.00", "−0.30", "0.20", "−0.30"]
    red, green, blue, _ = ax.images[0].cmap(ax.images[0].norm(0))
    assert max(red, green, blue) - min(red, green, blue) < 0.01  # 0 has no colour


def test_what_is_negative_is_marked_where_numbers_have_no_room():
    ax = plots.similarity_map(words(20), similarities(20))
    assert list(ax.texts) == []
    assert len(ax.collections[0].get_offsets()) == (similarities(20) < -0.1).sum() > 0


# depth


def test_layer_change_has_a_row_for_each_token_and_a_column_for_each_layer():
    change = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 1.5]])
    ax = plots.layer_change(["a", "b", "c"], change)
    np.testing.assert_array_equal(ax.images[0].get_array(), change.T)
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == ["0", "1"]
    assert [text.get_text() for text in ax.texts] == ["0.10", "0.40", "0.20", "0.50", "0.30", "1.50"]


def test_layer_similarity_tells_its_curves_apart_without_colour():
    curves = {f"pair {number}": np.linspace(1, 0.9 - number / 5, 7) for number in range(6)}
    ax = plots.layer_similarity(curves, title="bank and bank")
    assert len({(line.get_marker(), line.get_linestyle()) for line in ax.lines[:6]}) == 6
    assert ax.get_ylim()[0] == pytest.approx(-0.28) and ax.get_ylim()[1] == pytest.approx(1.03)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(curves)
    assert [label.get_text() for label in drawn_labels(ax.xaxis)] == ["0\nembeddings", "1", "2", "3", "4", "5", "6"]


def test_layer_similarity_keeps_0_and_1_in_view():
    low, high = plots.layer_similarity({"bank": [0.99, 0.98, 0.97]}).get_ylim()
    assert low <= 0 and high >= 1


# Bad input

TWO = ["a", "b"]
EYE = np.eye(2)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.attention_map(np.eye(3), TWO), r"weights are \(3, 3\); 2 tokens that look and 2 .* \(2, 2\)"),
        (lambda: plots.attention_map(np.eye(2)[None], TWO), r"weights are \(1, 2, 2\)"),
        (lambda: plots.attention_map([[0.5, np.nan], [0, 1]], TWO), r"weights\[0, 1\] is nan; every value must be fin"),
        (lambda: plots.attention_map([[0.5, 0.5], [1.5, 0]], TWO), r"weights\[1, 0\] is 1.5; .* between 0 and 1"),
        (lambda: plots.attention_map([[0.5, -0.5], [1, 0]], TWO), r"weights\[0, 1\] is -0.5"),
        (lambda: plots.attention_map([[1], [1, 2]], TWO), "weights are not an array of real numbers"),
        (lambda: plots.attention_map([["x", "y"]] * 2, TWO), "weights are not an array of real numbers"),
        (lambda: plots.attention_map(EYE * 1j, TWO), "weights are not an array of real numbers"),
        (lambda: plots.head_grid(EYE, TWO), r"weights are \(2, 2\); H heads, .* need \(any, 2, 2\)"),
        (lambda: plots.head_grid(np.zeros((0, 2, 2)), TWO), r"weights are \(0, 2, 2\)"),
        (lambda: plots.probability_bars(TWO, [0.1]), r"probabilities are \(1,\); 2 labels need \(2,\)"),
        (lambda: plots.probability_bars(TWO, [3.1, -2]), r"probabilities\[0\] is 3.1; they must lie between 0 and 1"),
        (lambda: plots.probability_bars(TWO, [0.1, np.inf]), r"probabilities\[1\] is inf"),
        (lambda: plots.position_distribution(TWO, [["x"]], [[1]]), "choices are 1 rows; 2 tokens need 2 rows"),
        (lambda: plots.position_distribution(TWO, [["x"], ["x", "y"]], EYE), "2 rows of one length"),
        (lambda: plots.position_distribution(TWO, ["xy", "xy"], EYE), r"choices\[0\] are the one string 'xy'"),
        (lambda: plots.position_distribution(TWO, [TWO] * 2, [[0.1, 0.2], [1, 0]]), r"probabilities\[0\] rise"),
        (lambda: plots.position_distribution(TWO, [TWO] * 2, [[1, 0]] * 2, [2]), "mask position 2 is outside"),
        (lambda: plots.embedding_parts(TWO, *[EYE] * 4, np.eye(3), dimensions=2), r"output are \(3, 3\); 2 tokens"),
        (lambda: plots.embedding_parts(TWO, *[EYE] * 5), "dimensions is 16; the vectors have 2, so give 1 to 2"),
        (lambda: plots.embedding_parts(TWO, *[EYE] * 5, dimensions=0), "dimensions is 0"),
        (lambda: plots.embedding_norms(TWO, {}), "norms are empty"),
        (lambda: plots.embedding_norms(TWO, {"word": [1, -1]}), r"norms\['word'\]\[1\] is -1"),
        (lambda: plots.embedding_norms(TWO, {str(n): [1, 1] for n in range(7)}), "norms are 7; at most 6"),
        (lambda: plots.layer_change(TWO, np.zeros((2, 3))), r"change are \(2, 3\); L layers and 2 tokens need"),
        (lambda: plots.layer_change(TWO, [[0, 2.5]]), r"change\[0, 1\] is 2.5; they must lie between 0 and 2"),
        (lambda: plots.layer_similarity({"a": [1, 0.5], "b": [1]}), r"curves\['b'\] are \(1,\); 2 hidden states"),
        (lambda: plots.layer_similarity({"a": [1, 1.5]}), r"curves\['a'\]\[1\] is 1.5"),
        (lambda: plots.layer_similarity({}), "curves are empty"),
        (lambda: plots.similarity_map(TWO, np.zeros((2, 3))), r"similarities are \(2, 3\); 2 labels need \(2, 2\)"),
        (lambda: plots.similarity_map(TWO, EYE - 2), r"similarities\[0, 1\] is -2; they must lie between -1 and 1"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message) as caught:
        draw()
    assert "\n" not in str(caught.value)
    assert plt.get_fignums() == []  # refused before a figure was opened


def test_what_rounding_leaves_outside_the_range_is_drawn_on_its_edge():
    image = plots.attention_map([[1.00005, -0.00005], [0, 1]], TWO).images[0]
    assert image.get_array().max() == 1 and image.get_array().min() == 0


def test_anything_numpy_reads_is_an_array():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.eye(2, dtype=np.float16)

    np.testing.assert_array_equal(plots.attention_map(Tensor(), TWO).images[0].get_array(), EYE)
