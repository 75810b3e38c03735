"""Zero-shot: the table of three logits, templates, and what labels cost."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from encoder_lab import plots
from tests.plots.pictures import EYE, TWO
from tests.plots.pictures_of_labels import logits

PAIR = [[[3.0, -1, -6], [0.5, 1, -2], [-3, -2, -1]], [[0, 0.25, 6], [-1, 2, 1], [1, -1, 0]]]  # 2 premises, 3 labels


def cells(ax) -> dict:
    """(row, column) -> its three bars, from the top: their length and their colour."""
    found = {}
    for bar in ax.patches:
        place = (round(bar.get_y() + bar.get_height() / 2), round(bar.get_x() + bar.get_width()))
        found.setdefault(place, []).append((bar.get_y(), bar.get_width(), bar.get_facecolor()))
    return {place: [rest for _, *rest in sorted(bars)] for place, bars in found.items()}


def test_nli_table_draws_each_pair_s_three_logits_on_one_scale_around_0():
    ax = plots.nli_table(["p", "q"], ["x", "y", "z"], PAIR, title="pairs")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["p", "q"] and ax.yaxis_inverted()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["x", "y", "z"]
    assert ax.get_ylabel() == "premise" and "hypothesis" in ax.get_xlabel() and "longest 6.00" in ax.get_xlabel()
    drawn = cells(ax)
    assert len(drawn) == 6
    for (row, column), bars in drawn.items():
        np.testing.assert_allclose([width * 6 / 0.25 for width, _ in bars], PAIR[row][column])
    zeros = {round(line.get_xdata()[0] - column, 9) for line, column in zip(ax.lines, [0, 1, 2] * 2, strict=True)}
    assert len(zeros) == 1  # every cell has its zero at the same place


def test_nli_table_marks_the_largest_of_three_without_colour():
    ax = plots.nli_table(["p", "q"], ["x", "y", "z"], PAIR)
    heads = sorted((round(t.get_position()[1]), round(t.get_position()[0]), round(t.get_position()[1] % 1, 2))
                   for t in ax.texts if t.get_text() == "▶")  # fmt: skip
    place = {0: 0.72, 1: 0.0, 2: 0.28}  # of the three in a cell, from the top
    wanted = [(row, column, place[int(np.argmax(PAIR[row][column]))]) for row in range(2) for column in range(3)]
    assert heads == wanted
    bold = sorted(text.get_text() for text in ax.texts if text.get_weight() == "bold" and text.get_text() != "▶")
    assert bold == sorted(["3.00", "1.00", "−1.00", "6.00", "2.00", "1.00"])
    darkness = [[3 - sum(colour[:3]) for _, colour in bars] for bars in cells(ax).values()]
    for bars, (row, column) in zip(darkness, cells(ax), strict=True):
        assert np.argmax(bars) == np.argmax(PAIR[row][column])


def test_nli_table_names_the_three_once_a_row_and_in_the_legend():
    ax = plots.nli_table(["p", "q"], ["x", "y", "z"], PAIR, ["entailment", "neutral", "contradiction"])
    assert [text.get_text() for text in ax.texts if text.get_text() in "CNE"] == ["E", "N", "C"] * 2
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["E: entailment", "N: neutral", "C: contradiction", "largest of the three"]
    ax = plots.nli_table(["p"], ["x"], [[[1, 2, 3]]], ["LABEL_0", "LABEL_1", "LABEL_2"])
    assert [text.get_text() for text in ax.get_legend().get_texts()][:3] == ["1: LABEL_0", "2: LABEL_1", "3: LABEL_2"]


def test_nli_table_draws_two_logits_where_a_model_has_no_neutral():
    pairs = [[[3, -1], [-2, 0.5]]]
    ax = plots.nli_table(["p"], ["x", "y"], pairs, ["entailment", "not_entailment"])
    for (row, column), bars in cells(ax).items():
        np.testing.assert_allclose([width * 3 / 0.25 for width, _ in bars], pairs[row][column])
    assert [text.get_text() for text in ax.texts if text.get_text() in "EN"] == ["E", "N"]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["E: entailment", "N: not_entailment", "largest of the two"]


def test_long_premises_and_hypotheses_are_wrapped_and_cut():
    hypothesis = "This example is about " + "a long topic " * 20
    ax = plots.nli_table(["on and on " * 40] * 2, [hypothesis] * 6, logits(2, 6, 3))
    down, across = ax.get_yticklabels()[0].get_text(), ax.get_xticklabels()[0].get_text()
    assert down.count("\n") == 3 and down.endswith("…") and max(map(len, down.split("\n"))) <= 24
    assert across.count("\n") == 2 and across.endswith("…")


def test_template_sensitivity_follows_each_label_down_the_templates():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]])
    ax = plots.template_sensitivity(["It is {}.", "{}"], ["travel", "cooking", "$"], probabilities, title="a text")
    marks = [line for line in ax.lines if line.get_label() in ("travel", "cooking", r"\$")]
    assert [line.get_xdata().tolist() for line in marks] == probabilities.T.tolist()
    assert all(line.get_ydata().tolist() == [0, 1] for line in marks) and ax.yaxis_inverted()
    assert len({line.get_marker() for line in marks}) == 3  # told apart in grey
    assert len({line.get_color() for line in marks}) == 3
    texts = [label.get_text() for label in ax.get_yticklabels()]
    assert texts == ["It is {}.\n▶ travel 0.7000", "{}\n▶ cooking 0.6000"]
    (rings,) = [line for line in ax.lines if line.get_label() == "winner of the template"]
    assert rings.get_xydata().tolist() == [[0.7, 0], [0.6, 1]]
    low, high = ax.get_xlim()
    assert low <= 0 and high >= 1 and high - low < 1.1


def test_ten_labels_have_ten_marks():
    ax = plots.template_sensitivity(["{}"], [str(n) for n in range(10)], logits(1, 10) * 0 + 0.1)
    marks = [line for line in ax.lines if line.get_label().isdigit()]
    assert len({line.get_marker() for line in marks}) == len({line.get_color() for line in marks}) == 10


def test_cost_has_passes_at_the_left_and_seconds_at_the_right_both_from_0():
    ax = plots.cost([1, 5, 20], [0.2, 0.5, 1.4], [2, 10, 40], title="two texts", xlabel="labels for $two$ texts")
    (right,) = [other for other in ax.figure.axes if other is not ax]
    assert ax.lines[0].get_xydata().tolist() == [[1, 2], [5, 10], [20, 40]]
    assert right.lines[0].get_xydata().tolist() == [[1, 0.2], [5, 0.5], [20, 1.4]]
    assert "passes" in ax.get_ylabel() and "seconds" in right.get_ylabel()
    assert (ax.yaxis.get_label_position(), right.yaxis.get_label_position()) == ("left", "right")
    assert ax.get_ylim()[0] == right.get_ylim()[0] == ax.get_xlim()[0] == 0
    for most, high in ((40, ax.get_ylim()[1]), (1.4, right.get_ylim()[1]), (20, ax.get_xlim()[1])):
        assert most < high < 1.1 * most
    styles = {(line.get_marker(), line.get_linestyle()) for line in (ax.lines[0], right.lines[0])}
    assert len({marker for marker, _ in styles}) == len({line for _, line in styles}) == 2  # told apart in grey
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["passes (left)", "seconds (right)"]
    assert ax.get_xlabel() == r"labels for \$two\$ texts" and ax.get_title() == "two texts"


def test_cost_of_nothing_is_drawn():
    plots.cost([0], [0], [0]).figure.canvas.draw()


def test_given_axes_are_drawn_on_and_nothing_else_is_opened():
    _, (left, right) = plt.subplots(1, 2)
    assert plots.nli_table(TWO, TWO, logits(2, 2, 3), ax=left) is left
    assert plots.template_sensitivity(TWO, TWO, EYE, ax=right) is right
    assert plots.cost([1, 2], [1, 2], [1, 2], ax=right) is right
    assert plt.get_fignums() == [1]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.nli_table(TWO, ["x"], PAIR), r"logits are \(2, 3, 3\); 2 rows and 1 columns .* \(2, 1, 3\)"),
        (lambda: plots.nli_table(TWO, TWO, np.zeros((2, 2, 2))), r"logits are \(2, 2, 2\); .* need \(2, 2, 3\)"),
        (lambda: plots.nli_table(TWO, ["x"], [[[1, 2, np.nan]]] * 2), r"logits\[0, 0, 2\] is nan; every value must be"),
        (lambda: plots.nli_table(TWO, TWO, logits(2, 2, 3), TWO * 2), "names are 4; each pair has three logits"),
        (lambda: plots.template_sensitivity(TWO, ["x"], EYE), r"probabilities are \(2, 2\); 2 templates and 1 labels"),
        (lambda: plots.template_sensitivity(TWO, TWO, EYE * 3), r"probabilities\[0, 0\] is 3"),
        (lambda: plots.cost([1, 2], [1], [1, 2]), r"seconds are \(1,\); 2 counts need \(2,\)"),
        (lambda: plots.cost([1, 2], [1, 2], [1, -2]), r"passes\[1\] is -2"),
        (lambda: plots.cost([2, 2], [1, 2], [1, 2]), r"counts are \[2.0, 2.0\]; give them in rising order, each once"),
        (lambda: plots.cost([], [], []), r"counts are \(0,\)"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message) as caught:
        draw()
    assert "\n" not in str(caught.value)
    assert plt.get_fignums() == []  # refused before a figure was opened
