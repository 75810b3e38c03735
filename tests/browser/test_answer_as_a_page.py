"""The question-answering explorer as a page: by keyboard alone, for everybody, at every width, closed and saved."""

import pytest

from encoder_lab import explore
from encoder_lab.explore.answer import CONTEXT
from tests.browser.answer_page import WINDOWS, readout
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("question-answering")


@pytest.fixture
def opened(page, checkpoint):
    """A function that puts the explorer on the page."""
    return lambda theme="light", **given: StandIn(page, explore.answer(checkpoint, **given), theme)


def test_it_works_from_the_keyboard_alone(opened):
    on = opened(**WINDOWS)
    keyboard, focused = on.page.keyboard, "document.activeElement."
    keyboard.press("Tab")
    keyboard.press("End")
    keyboard.type(" And why?")
    on.settled()
    assert on.explorer.question.endswith("opened? And why?")
    for _ in range(2):  # the button for the context, the text
        keyboard.press("Tab")
    assert "qa-best" in on.page.evaluate(focused + "className")
    at = int(on.page.evaluate(focused + "dataset.at"))
    keyboard.press("ArrowRight")
    assert on.page.evaluate(focused + "dataset.at") == str(at + 1)
    (first, *_) = on.call("words", on.explorer.answer["shown"])[at + 1]
    assert f"position {on.explorer.answer['shown']['positions'][first]}, " in readout(on.page)
    keyboard.press("Home")
    assert readout(on.page).startswith("position 0, <s> (no answer)")
    assert on.page.evaluate(f"getComputedStyle({focused[:-1]}).outlineStyle") != "none"
    keyboard.press("Tab")
    won = on.explorer.answer["window"]
    assert f"▶ window {won}" in on.page.evaluate(focused + "textContent")
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    on.settled()
    assert on.explorer.answer["window"] == won - 1
    assert f"window {won - 1}" in on.page.evaluate(focused + "textContent")
    keyboard.press("Tab")
    keyboard.press("ArrowRight")
    on.page.wait_for_function("model.get('threshold') === -6.6")
    keyboard.press("Tab")
    keyboard.press("Enter")  # the button for the grid
    keyboard.press("Tab")
    keyboard.press("ArrowLeft")
    on.settled()
    assert on.explorer.max_answer_len == 14
    keyboard.press("Tab")
    assert "qa-chosen" in on.page.evaluate(focused + "className")
    at, columns = int(on.page.evaluate(focused + "dataset.at")), len(on.explorer.answer["shown"]["columns"])
    keyboard.press("ArrowUp")
    assert on.page.evaluate(focused + "dataset.at") == str(at - columns)
    assert "Point at" not in readout(on.page, 1)


def test_the_text_stands_there_as_it_was_typed(opened):
    context = "Two  spaces, 👩‍🚀 «naïvely» 日本.\n\nA new line\tand a tab."
    on = opened(context=context)
    text = on.page.locator(".qa-text").text_content()
    assert text.replace("⏎\n", "\n").replace("·", "") == f"<s> {context}".replace("\t", "")


def test_the_context_is_behind_a_button(opened):
    page = opened().page
    context = page.get_by_role("textbox", name="context")
    assert not context.is_visible()
    page.get_by_text("change the text").click()
    assert context.is_visible()


@pytest.mark.parametrize(("width", "height"), [(1050, 540), (850, 600)])
def test_it_fits_a_laptop_s_screen(opened, width, height):
    on = opened("light", question="What burned down in 1893?")  # five long answers
    on.page.set_viewport_size({"width": width, "height": 700})
    assert on.page.locator(".encoder-lab").bounding_box()["height"] < height


def test_a_long_window_scrolls_to_its_answer(opened):
    on = opened(context=f"{'Nothing happened that year. ' * 60}{CONTEXT}")
    box, best = on.page.locator(".qa-text").bounding_box(), on.page.locator(".qa-best").first.bounding_box()
    assert box["y"] <= best["y"] <= box["y"] + box["height"] - best["height"]
    assert box["height"] <= 300 and "… " in on.page.locator(".qa-text").inner_text()
