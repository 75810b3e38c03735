"""An exported notebook as a reader has it: drawn with no network, turned by arrow keys, printed."""

import pytest
from playwright.sync_api import Browser

from encoder_lab.export import export
from tests.browser.conftest import CHROMIUM
from tests.test_export import write

pytestmark = pytest.mark.browser


@pytest.fixture
def notebook(tmp_path):
    return write(tmp_path)


def test_pages_are_drawn_with_no_network_and_slides_go_on_by_arrow_key(browser: Browser, notebook):
    with browser.new_context(offline=True, viewport={"width": 900, "height": 600}) as context:
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.goto(export(notebook).as_uri())
        assert page.locator("math").nth(1).bounding_box()["height"] > 20  # a fraction stands, its TeX would not
        page.goto(export(notebook, "slides").as_uri())
        assert page.locator(".slide").count() == 2
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelectorAll('.slide')[1].getBoundingClientRect().top < 3")
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_paper_has_all_of_it(browser: Browser, notebook, monkeypatch):
    monkeypatch.setenv("ENCODER_LAB_CHROMIUM", str(CHROMIUM))
    written = export(notebook, "pdf").read_bytes()
    assert written.startswith(b"%PDF-") and len(written) > 5000
