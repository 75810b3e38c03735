"""Labels and numbers as text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encoder_lab.fonts import width
from encoder_lab.plots.axis_labels import hundredths, probability_text, readable, wrapped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("##ing", "##ing"), ("·world", "·world"), ("café", "café"), ("$x$", r"\$x\$"), ("", "␣"), ("\n", "␣"),
        ("a\tb", "a b"), ("한국어", "한국어"), ("한국어" * 4, "한국어한국어한…"),
        ("\x00", "U+0000"), ("\ud800", "U+D800"),
        ("a\ufffeb", "aU+FFFEb"), ("\U000f0000", "U+F0000"), ("internationalization", "internationaliz…"),
    ],
)  # fmt: skip
def test_readable(text, shown):
    assert readable(text) == shown


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(2, 30))
def test_readable_is_short_visible_and_drawable(text, limit):
    shown = readable(text, limit).replace(r"\$", "$")
    assert 1 <= width(shown) <= limit and shown.strip() and "□" not in shown
    assert all(character.isprintable() or character in "\u200c\u200d" for character in shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one day I will see", "one day\nI will\nsee"), ("one day I will see the world", "one day\nI will\nsee …"),
        ("internationalization", "internat\nionaliza\ntion"), ("", "␣"), ("a\nb", "a b"), ("{} <b>", "{} <b>"),
        ("aaaaaaa$$", "aaaaaaa\\$\n\\$"), (r"\$", r"\\$"),
    ],
)  # fmt: skip
def test_wrapped(text, shown):
    assert wrapped(text, 8, 3) == shown


@settings(deadline=None)
@given(st.text(max_size=120), st.integers(3, 30), st.integers(1, 4))
def test_wrapped_keeps_to_its_lines_and_escapes_every_dollar(text, wide, lines):
    shown = wrapped(text, wide, lines)
    assert shown.count("$") == shown.count(r"\$")
    rows = shown.replace(r"\$", "$").split("\n")
    assert len(rows) <= lines and all(1 <= len(row) <= wide for row in rows)


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
