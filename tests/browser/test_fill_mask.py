"""The fill-mask explorer in Chromium: typed into, clicked, driven by keyboard alone, saved, not fooled by text."""

import pytest

from encoder_lab import explore
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("fill-mask")


@pytest.fixture
def opened(page, checkpoint):
    """A function that puts the explorer on the page."""
    return lambda theme="light", **given: StandIn(page, explore.fill_mask(checkpoint, **given), theme)


def tokens(page):
    return page.locator(".fm-token > span").all_inner_texts()


def pressed(page):
    return page.locator(".fm-token[aria-pressed=true] > span").inner_text()


def bar_names(page, table=0):
    return page.locator(".el-bars").nth(table).get_by_role("rowheader").all_inner_texts()


def test_it_shows_the_first_sentence(opened):
    on = opened(text="Paris is the [MASK] of France.")
    assert tokens(on.page) == ["[CLS]", "paris", "is", "the", "[MASK]", "of", "france", ".", "[SEP]"]
    assert pressed(on.page) == "[MASK]"
    assert bar_names(on.page) == [word for word, *_ in on.explorer.answer["choices"]]
    depths = [name.split(":")[0] for name in bar_names(on.page, 1)]
    assert depths == ["embeddings", *(f"layer {i}" for i in range(1, 7))]
    written = on.page.locator(".el-bars .el-number").first.inner_text()
    assert written == f"{on.explorer.answer['choices'][0][1]:.3f}"


def test_it_answers_what_is_typed(opened):
    on = opened()
    on.page.get_by_label("sentence").fill("A dog chased the [MASK].")
    on.settled()
    assert tokens(on.page)[1:3] == ["a", "dog"]
    assert bar_names(on.page) == [word for word, *_ in on.explorer.answer["choices"]]


def test_a_click_masks_a_token_and_a_second_click_brings_it_back(opened):
    on = opened(text="Snow is white.")
    on.page.get_by_role("button", name="white, position 3").click()
    on.settled()
    assert on.explorer.text == "Snow is [MASK]."
    assert pressed(on.page) == "[MASK]" and on.explorer.answer["position"] == 3
    on.page.get_by_role("button", name="[MASK], position 3").click()
    on.settled()
    assert on.explorer.text == "Snow is white."
    on.page.get_by_role("button", name="[CLS]").click()  # not a word: looked at, never masked
    on.settled()
    assert on.explorer.text == "Snow is white." and pressed(on.page) == "[CLS]"


def test_it_works_from_the_keyboard_alone(opened):
    on = opened(text="Snow is white.")
    keyboard = on.page.keyboard
    keyboard.press("Tab")
    keyboard.press("End")
    keyboard.type(" Grass too.")
    on.settled()
    assert on.explorer.text == "Snow is white. Grass too."
    keyboard.press("Tab")
    assert on.page.evaluate("document.activeElement.className") == "fm-token"
    for key, position in [("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("Home", 0), ("End", 8)]:
        keyboard.press(key)
        on.settled()
        assert on.explorer.answer["position"] == position, key
        assert on.page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    keyboard.press("ArrowLeft")
    on.settled()
    keyboard.press("ArrowLeft")
    on.settled()
    keyboard.press("Enter")
    on.settled()
    assert on.explorer.text == "Snow is white. Grass [MASK]."
    keyboard.press("Tab")
    keyboard.press("ArrowRight")
    on.settled()
    assert on.explorer.temperature == pytest.approx(1.1)
    seen = "getComputedStyle(document.activeElement).outlineStyle"
    assert on.page.evaluate(seen) != "none"


def test_heads_are_switched_off_and_on_from_the_keyboard(opened):
    on = opened(text="Paris is the [MASK] of France.")
    before = bar_names(on.page)
    on.page.locator("summary").click()
    on.page.get_by_role("button", name="layer 0, head 0 off").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        on.page.keyboard.press(key)
    on.settled()
    assert on.explorer.off == [[2, 1]]
    assert on.page.locator("summary").inner_text() == "switch heads off (1 of 72 heads off)"
    assert f"with all heads on: {on.explorer.answer['without']}" in on.page.locator(".hs-switches").inner_text()
    on.page.get_by_role("button", name="all on").click()
    on.settled()
    assert on.explorer.off == [] and bar_names(on.page) == before


@pytest.mark.parametrize("width", [700, 1600])
def test_it_fits_a_screen(opened, width):
    on = opened(text="The quick brown fox jumps over the [MASK] dog and runs away from the hunter today.")
    on.page.set_viewport_size({"width": width, "height": 700})
    assert on.page.locator(".encoder-lab").bounding_box()["height"] < 620
