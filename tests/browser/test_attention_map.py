"""The attention explorer's map of a long text: what is under pointer and focus is named, and drawn where it is."""

import numpy as np
import pytest

from encoder_lab.widgets.attention import AttentionExplorer
from tests.browser.heads import LONG, filled, head, made, put, said, self_block, strongest, table, weights_of
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser


def test_a_long_text_is_a_map_whose_cell_under_the_pointer_is_named(page):
    put(page, self_block(LONG), head=2)
    assert page.locator(".at-list:visible").count() == 0
    box = page.locator(".at-map").bounding_box()
    letter = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.at-map')).fontSize)")
    left, top = 7 * letter, 6 * letter
    w = weights_of(0, 0, 5, LONG, LONG)[2]
    for row, column in [(0, 0), (13, 71), (96, 5), (96, 96)]:
        page.mouse.move(box["x"] + left + (column + 0.5) * (box["width"] - left - 1) / LONG,
                           box["y"] + top + (row + 0.5) * (box["height"] - top - 1) / LONG)  # fmt: skip
        assert said(page) == f"“w{row}” ({row}) looks at “w{column}” ({column}): {w[row, column]:.4f}."
    names = [f"w{i}" for i in range(LONG)]
    assert table(page, 0)[1] == strongest(w[96], names, range(LONG), 4)
    assert table(page, 1)[1] == strongest(w[:, 96], names, range(LONG), 4)


def test_the_map_is_moved_and_zoomed_by_keys(page):
    put(page, self_block(LONG))
    page.locator(".at-map").focus()
    keyboard = page.keyboard
    keyboard.press("ArrowDown")
    keyboard.press("Shift+ArrowDown")
    keyboard.press("Shift+ArrowRight")
    assert "“w11” (11) looks at “w10” (10)" in said(page)
    before = pixels(page)
    keyboard.press("+")
    keyboard.press("+")
    zoomed = pixels(page)
    assert zoomed != before
    for _ in range(5):
        keyboard.press("Shift+ArrowDown")  # out of the window: it follows
    assert "“w61” (61)" in said(page) and pixels(page) != zoomed
    keyboard.press("End")
    assert "looks at “w96” (96)" in said(page)
    keyboard.press("Home")
    assert "looks at “w0” (0)" in said(page)
    keyboard.press("0")
    keyboard.press("Escape")
    keyboard.press("Enter")
    assert table(page, 0)[0] == "the strongest weights of this head"


def pixels(page):
    return page.evaluate("document.querySelector('.at-map').toDataURL()")


def test_the_map_is_zoomed_by_buttons_and_wheel_and_dragged(page):
    put(page, self_block(LONG))
    whole = pixels(page)
    page.get_by_role("button", name="+: zoom in").click()
    assert pixels(page) != whole
    page.get_by_role("button", name="all: whole map").click()
    assert pixels(page) == whole
    place = page.locator(".at-map")
    place.hover(position={"x": 200, "y": 200})
    hovered = pixels(page)
    page.mouse.wheel(0, -200)
    assert pixels(page) == hovered  # not clicked yet: the page's own wheel
    place.click(position={"x": 200, "y": 200})
    held = pixels(page)
    page.mouse.wheel(0, -200)
    page.wait_for_function("before => document.querySelector('.at-map').toDataURL() !== before", arg=held)
    zoomed = pixels(page)
    page.mouse.down()
    page.mouse.move(150, 900)
    page.mouse.up()
    assert pixels(page) != zoomed and "Held" in said(page)  # a drag does not let go


def test_the_map_shows_the_weights_where_they_are(page):
    """One strong weight: its cell is dark, the cell mirrored at the diagonal is not."""
    w = np.full((2, LONG, LONG), 0.1 / LONG)
    w[:, 20, 70] = 0.9
    shape = self_block(LONG, layers=1, heads=2)
    StandIn(page, AttentionExplorer(lambda at, layer: w, [shape]))
    filled(page)
    colour = """([row, column]) => {
        const canvas = document.querySelector(".at-map"), scale = canvas.width / canvas.clientWidth;
        const letter = parseFloat(getComputedStyle(canvas).fontSize), [left, top] = [7 * letter, 6 * letter];
        const x = left + (column + 0.5) * (canvas.clientWidth - left - 1) / 97;
        const y = top + (row + 0.5) * (canvas.clientHeight - top - 1) / 97;
        return Array.from(canvas.getContext("2d").getImageData(scale * x, scale * y, 1, 1).data);
    }"""
    dark, light = (page.evaluate(colour, cell) for cell in ([20, 70], [70, 20]))
    assert dark[0] < 60 and light[0] > 200
    (thumbnail,) = page.evaluate("""() => [document.querySelector(".at-thumbnail canvas")].map((canvas) =>
        Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data))""")
    cells = np.array(thumbnail).reshape(20, 20, 4)[..., 0]  # blocks of five tokens
    assert np.argwhere(cells < 60).tolist() == [[4, 14]]


def test_a_filter_that_leaves_few_tokens_shows_lists(page):
    put(page, self_block(LONG, pair=True))
    assert page.locator(".at-map").count() == 1
    page.get_by_label("who looks at whom").select_option("first text → second text")
    assert page.locator(".at-map").count() == 0
    assert page.locator(".at-list").first.get_by_role("button").count() == LONG // 2 - 1


def test_of_a_very_long_text_each_head_is_fetched_when_chosen(page):
    on = put(page, self_block(131))
    head(page, 1, 3).click()
    on.settled()
    place = page.locator(".at-map")
    place.focus()
    page.keyboard.press("ArrowDown")
    w = weights_of(0, 1, 5, 131, 131)[3]
    assert said(page) == f"“w1” (1) looks at “w0” (0): {w[1, 0]:.4f}."


def test_pictures_are_as_sharp_as_the_screen(browser):
    with browser.new_context(device_scale_factor=2) as context:
        for size, canvas in ((7, ".at-lines canvas"), (LONG, ".at-map")):
            page = context.new_page()
            StandIn(page, made(self_block(size)))
            ratio = page.evaluate(f"(c => c.width / c.clientWidth)(document.querySelector('{canvas}'))")
            assert ratio == pytest.approx(2, abs=0.02)


def test_the_map_is_drawn_anew_when_the_window_changes(page):
    put(page, self_block(LONG))
    page.set_viewport_size({"width": 600, "height": 800})
    page.wait_for_function("(c => Math.abs(c.width - c.clientWidth) <= 1)(document.querySelector('.at-map'))")
