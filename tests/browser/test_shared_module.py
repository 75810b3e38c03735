"""What all explorers' ES modules share: their arithmetic, on its own in Chromium, and colours that can be read."""

import pytest

from encoder_lab.texts import below
from encoder_lab.widgets.modules import joined

pytestmark = pytest.mark.browser

SWITCHES = below("explorers.head_switches")
CALL = """async ([code, name, ...given]) => {
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    return (await import(url))[name](...given);
}"""


def test_pure_functions(page):
    code = joined("fill_mask")[0]
    for name, given, wanted in [
        ("mask", ["Snow is white.", [8, 13], "[MASK]"], "Snow is [MASK]."),
        ("mask", ["😀 Snow is white.", [10, 15], "[MASK]"], "😀 Snow is [MASK]."),
        ("stepped", ["ArrowRight", 3, 5], 4),
        ("stepped", ["ArrowRight", 4, 5], 4),
        ("stepped", ["ArrowLeft", 0, 5], 0),
        ("stepped", ["End", 1, 5], 4),
        ("stepped", ["Home", 3, 5], 0),
        ("stepped", ["a", 3, 5], None),
        ("turned", [[[2, 1]], 0, 3], [[0, 3], [2, 1]]),
        ("turned", [[[0, 3], [2, 1]], 2, 1], [[0, 3]]),
        ("turned", [[[10, 0]], 2, 0], [[2, 0], [10, 0]]),
        ("neighbour", ["ArrowDown", [0, 3], [6, 12]], [1, 3]),
        ("neighbour", ["ArrowDown", [5, 3], [6, 12]], [5, 3]),
        ("neighbour", ["ArrowRight", [2, 11], [6, 12]], [2, 11]),
        ("neighbour", ["Enter", [2, 11], [6, 12]], None),
        ("counted", [[], [6, 12], SWITCHES], "all heads on"),
        ("counted", [[[0, 1]], [6, 12], SWITCHES], "1 of 72 heads off"),
        ("worded", ["{b} and {a}, {b}", {"a": "$1", "b": "{a}"}], "{a} and $1, {a}"),
        ("percent", [0.12345], 12.3),
        ("percent", [7], 100),
        ("percent", [-1], 0),
        ("digits", [0.5, 2], "0.50"),
        ("signed", [-0.126], "\u22120.13"),
        ("signed", [0.126], "+0.13"),
        ("signed", [-0.001], "0.00"),
        ("hundredths", [-1.5], "\u22121.50"),
        ("order", [[1, 3, 3, 2]], [1, 2, 3, 0]),
        ("shade", [0], {"fill": "rgb(247, 251, 255)", "ink": "#000000"}),
        ("shade", [1], {"fill": "rgb(8, 48, 107)", "ink": "#ffffff"}),
    ]:
        assert page.evaluate(CALL, [code, name, *given]) == wanted, (name, given)


def test_every_shade_can_be_read(page):
    """WCAG AA: 4.5 : 1 between ink and fill."""
    code = joined("fill_mask")[0]
    for pair in [page.evaluate(CALL, [code, "shade", i / 100]) for i in range(101)]:
        dark, bright = sorted(luminance(pair[name]) for name in ("fill", "ink"))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, pair


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb or rgb(r, g, b), as WCAG 2.2 defines it."""
    if colour.startswith("#"):
        parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    else:
        parts = [int(part) for part in colour[4:-1].split(",")]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in (part / 255 for part in parts)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
