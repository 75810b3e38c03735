"""Whatever a student types is drawn by a font that has it, or named by its code point, and never a box."""

import matplotlib
import pytest
from matplotlib.font_manager import fontManager, get_font

from encoder_lab import fonts

matplotlib.use("Agg")


@pytest.fixture
def nothing_installed(monkeypatch):
    """A machine with no fonts but matplotlib's and the package's."""
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: [])
    monkeypatch.setattr(fonts, "_used", [fonts.FIRST])
    _forget()
    yield
    _forget()


def _forget():
    fonts._installed.cache_clear()
    fonts._drawable.cache_clear()


def test_the_packages_font_has_all_of_hangul_and_is_small():
    assert fonts.HANGUL.stat().st_size < 2_500_000
    has = get_font(fonts.HANGUL).get_charmap().keys()
    whole = [range(0xAC00, 0xD7A4), range(0x1100, 0x1200), range(0x3131, 0x318F), range(0x3001, 0x3018)]
    assert [f"{code:X}" for each in whole for code in each if code not in has] == []
    assert len(whole[0]) == 11_172
    licence = (fonts.HANGUL.parent / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence and "recipes/hangul_font.py" in licence
    assert get_font(fonts.HANGUL).family_name == "Encoder Lab Hangul"  # a changed font has a name of its own


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hello", "hello"), ("한국어", "한국어"), ("\u1112\u1161\u11ab", "\u1112\u1161\u11ab"), ("السلام", "السلام"),
        ("\u0e01", "U+0E01"), ("北", "U+5317"), ("\u0915\u094d", "U+0915U+094D"), ("👩", "U+1F469"), ("😀", "😀"),
        ("👩\u200d🔬", "U+1F469U+200DU+1F52C"), ("ب\u200dب", "ب\u200dب"), ("\u200d", "U+200D"),
        ("👍🏽", "U+1F44DU+1F3FD"),
        ("a\u202eb", "aU+202Eb"), ("\ud83d", "U+D83D"), ("\x00", "U+0000"), ("a\tb", "a b"), ("", ""),
    ],
)  # fmt: skip
def test_what_no_font_draws_is_named_by_its_code_point(nothing_installed, text, shown):
    before = matplotlib.rcParams.copy()
    assert fonts.drawn(text, 40) == shown
    assert fonts.families() == [fonts.FIRST, *["Encoder Lab Hangul"] * (shown[:1] in "한\u1112" and shown != "")]
    assert matplotlib.rcParams == before


def test_an_installed_font_that_has_a_character_draws_it(nothing_installed, monkeypatch, tmp_path):
    assert fonts.drawn("\uf8ff", 10) == "U+F8FF"
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    colour, boxes = tmp_path / "NotoColorEmoji.ttf", tmp_path / "hangul.otf"
    colour.write_bytes(b"")
    boxes.write_bytes(fonts.HANGUL.read_bytes())
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: [str(tmp_path / "broken.ttf"), str(colour), str(boxes)])
    monkeypatch.setattr(fonts, "HANGUL", fontManager.findfont(fonts.FIRST))  # as if the package had none
    _forget()
    assert fonts.drawn("한", 10) == "한" and fonts.families()[-1] == "Encoder Lab Hangul"


def test_a_text_is_cut_between_characters_and_hangul_is_two_letters_wide(nothing_installed):
    assert fonts.drawn("한국어한국어", 12) == "한국어한국어"
    assert fonts.drawn("한국어한국어", 11) == "한국어한국…"
    assert fonts.drawn("한국어한국어", 10) == "한국어한…"
    assert fonts.drawn("\u0e01\u0e33", 12) == "U+0E01U+0E33" and fonts.drawn("\u0e01\u0e33", 11) == "U+0E01…"
    assert fonts.drawn("\u0e01", 3) == "…"
    assert fonts.width("a한\u0e01") == 4


def test_an_outline_is_as_wide_as_its_letters_and_runs_from_right_to_left():
    shape, wide = fonts.outline(fonts.drawn("한국", 10), 10)
    assert shape.startswith("M") and 17 < wide < 20
    assert fonts.outline("한국한국", 10)[1] == pytest.approx(2 * wide)
    left, right = fonts.outline("\u05d9", 10)[0], fonts.outline("\u05d0", 10)[0]  # yod, alef
    assert left[:9] != right[:9] and fonts.outline("\u05d0\u05d9", 10)[0].startswith(left)  # alef is read first
