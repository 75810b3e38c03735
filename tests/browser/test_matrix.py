"""Every explorer at every width, in every way of seeing: nothing overlaps, no word is cut or broken, all can be hit."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.explorers import EXPLORERS, title
from tests.browser.seen import drawn, open_all
from tests.browser.watched import watched_page
from tests.browser.wrong import violations

pytestmark = pytest.mark.browser

PROMISES = (Path(__file__).parent / "promises.js").read_text(encoding="utf-8")
KEPT = (
    "sideways",
    "outside",
    "stray",
    "overlapping",
    "clipped",
    "broken",
    "small",
    "faint",
)  # each lists what is wrong
SCREENS = {1280: (720, 599), 1366: (768, 647), 1920: (1080, 959)}  # width -> height, and what JupyterLab leaves of it
PRESENTERS = [pytest.param(width, marks=() if width == 1280 else pytest.mark.more) for width in SCREENS]
WIDTHS = [360, 504, 768, 1280]
CELLS = [
    pytest.param(width, theme, marks=() if theme == "light" and width in (360, 1280) else pytest.mark.more)
    for width in (320, *WIDTHS, 1920)
    for theme in ("light", "dark", "forced colors")
]
PICTURES = os.environ.get("ENCODER_LAB_PICTURES")  # a folder in which a picture of each is kept


@pytest.mark.parametrize("each", EXPLORERS, ids=title)
@pytest.mark.parametrize(("width", "theme"), CELLS)
def test_it_is_whole(browser: Browser, each, width, theme, tmp_path):
    with watched_page(browser) as page:
        page.emulate_media(forced_colors="active" if theme.startswith("forced") else None, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        on = each.put(page, "dark" if theme == "dark" else "light")
        drawn(on)
        if each.box:
            each.typed(page).fill(each.words)
            on.settled()
        open_all(page)
        folder = Path(PICTURES or tmp_path)
        page.screenshot(path=folder / f"{title(each)} {width} {theme}.png", full_page=True)
        page.evaluate(PROMISES)
        assert {name: wrong for name in KEPT if (wrong := page.evaluate(f"promises.{name}()"))} == {}
        assert violations(page) == []
        moving = "() => document.getAnimations().length + [...document.querySelectorAll('main *')].filter((one) => "
        assert page.evaluate(f"{moving} parseFloat(getComputedStyle(one).transitionDuration) > 0).length") == 0


@pytest.mark.parametrize("each", EXPLORERS, ids=title)
@pytest.mark.parametrize("width", PRESENTERS)
def test_a_presenter_sees_all_of_it_in_large_type(page, each, width):
    height, left = SCREENS[width]
    page.set_viewport_size({"width": width, "height": height})
    on = each.put(page, presenter=True)
    drawn(on)
    assert page.locator("main .encoder-lab").bounding_box()["height"] <= left
    sizes = """() => [...document.querySelectorAll(".encoder-lab *")].filter((one) => one.checkVisibility()
        && !one.closest(".el-said") && one.innerText?.trim())
        .map((one) => parseFloat(getComputedStyle(one).fontSize))"""
    assert min(page.evaluate(sizes)) >= 16
