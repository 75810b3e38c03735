"""A page that tells on itself: an error in the console, or a request that leaves this machine, fails the test."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.browser.opened_notebook import PATIENCE

HERE = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:", "file:")


@contextmanager
def watched_page(browser: Browser, known: str | None = None) -> Iterator[Page]:
    """Open an empty page; leaving the block fails if the console had an error or a request left this machine.

    Args:
        browser: Chromium.
        known: an error that JupyterLab or ipywidgets has by itself, whole.
    """
    complaints = []

    def watch(url: str) -> None:
        if not url.startswith(HERE):
            complaints.append(f"left this machine: {url}")

    with browser.new_context(viewport={"width": 1100, "height": 1400}) as context:
        context.set_default_timeout(1000 * PATIENCE)
        opened = context.new_page()
        opened.on("console", lambda said: said.type == "error" and complaints.append(f"console: {said.text}"))
        opened.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
        opened.on("request", lambda request: watch(request.url))
        opened.on("websocket", lambda socket: watch(socket.url))
        yield opened
    complaints = [each for each in complaints if each != known]
    assert complaints == [], complaints
