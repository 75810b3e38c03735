"""What the browser tests share: Chromium, a page that tells on itself, and notebooks opened in JupyterLab."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.opened_notebook import OpenedNotebook, jupyterlab
from tests.browser.watched import watched_page

CHROMIUM = Path(os.environ.get("ENCODER_LAB_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",  # Chromium's sandbox refuses to run as root, which CI is
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for each test file; without one the tests are skipped, or fail where a browser is required."""
    if not CHROMIUM.is_file():
        missing = f"there is no browser at {CHROMIUM}; install Chromium, or set ENCODER_LAB_CHROMIUM to where it is"
        if os.environ.get("ENCODER_LAB_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page; the test fails at its end if the console had an error or a request left this machine."""
    with watched_page(browser) as opened:
        yield opened


@pytest.fixture
def open_notebook(page: Page, tmp_path: Path) -> Iterator[Callable[[Path], OpenedNotebook]]:
    """A function that opens a copy of a notebook in a JupyterLab of its own, which ends with the test."""
    with ExitStack() as servers:

        def opened(notebook: Path) -> OpenedNotebook:
            folder = tmp_path / notebook.stem / "notebooks"
            folder.mkdir(parents=True)
            copy = Path(shutil.copy(notebook, folder))
            address = servers.enter_context(jupyterlab(copy, folder.parent / "settings"))
            servers.callback(page.close)  # before its server, or it complains that the server is gone
            return OpenedNotebook(page, copy, address)

        yield opened
