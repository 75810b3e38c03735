"""All explorers in one notebook in a real JupyterLab: used, saved, reopened without a kernel, exported, both themes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.explorers import ANSWERING, EXPLORERS
from tests.browser.opened_notebook import PATIENCE, OpenedNotebook, jupyterlab
from tests.browser.watched import watched_page
from tests.browser.wrong import HOSTILE, violations

pytestmark = pytest.mark.browser

CELLS = {each.title: each.call for each in EXPLORERS}
TYPED = {each.title: (each.box, each.words) for each in ANSWERING}

# ipywidgets' manager asks a notebook without a kernel for its kernel: jupyter-widgets/ipywidgets#3970
NO_KERNEL = "uncaught: Cannot read properties of null (reading 'kernel')"
GROWN = "([title, before]) => Number(document.querySelector(`section[aria-label='${title}']`).dataset.shown) > before"


def notebook(cells: list[str]) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def section(page: Page, title: str):
    return page.locator(f"section[aria-label='{title}']")


def settled(page: Page, title: str) -> None:
    """Wait until an explorer has painted the answer to what it was asked last."""
    section(page, title).and_(page.locator(".encoder-lab:not(.el-busy)")).wait_for()


def use(page: Page, title: str, typed: str | None = None) -> None:
    """Type into an explorer and wait until it has answered."""
    before = int(section(page, title).get_attribute("data-shown"))
    label, words = TYPED[title]
    section(page, title).get_by_label(label, exact=True).first.fill(words if typed is None else typed)
    page.wait_for_function(GROWN, arg=[title, before])
    settled(page, title)


def open_without_a_kernel(page: Page, address: str, name: str) -> None:
    """Open a notebook in a JupyterLab that starts no kernel for it."""
    page.goto(re.sub(r"/lab/tree/[^?]*", f"/lab/workspaces/{name.split('.')[0]}", address))  # nothing is open there yet
    page.wait_for_function("window.jupyterapp")
    given = {"path": name, "factory": "Notebook", "kernelPreference": {"shouldStart": False}}
    page.evaluate("() => jupyterapp.restored.then(() => null)")
    page.evaluate("given => jupyterapp.commands.execute('docmanager:open', given).then(() => null)", given)


def stills_are_shown(page: Page) -> None:
    """Wait for the still form of every explorer: painted, and described for who cannot see it."""
    pictures = page.locator(".encoder-lab-still img")
    pictures.nth(len(CELLS) - 1).wait_for()
    assert pictures.count() == len(CELLS)
    assert pictures.evaluate_all("all => all.every((one) => one.naturalWidth > 0 && one.alt)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def server(folder):
    """JupyterLab's address, with all explorers in one notebook."""
    file = folder / "notebooks" / "explorers.ipynb"
    file.parent.mkdir()
    nbformat.write(notebook(["from encoder_lab import explore, load, trace", *CELLS.values()]), file)
    with jupyterlab(file, folder / "settings") as address:
        yield file, address


@pytest.fixture(scope="module")
def lab(browser: Browser, server):
    """The notebook, opened and run."""
    file, address = server
    with watched_page(browser) as page:
        opened = OpenedNotebook(page, file, address)
        opened.run_all()
        for title in CELLS:
            section(page, title).and_(page.locator("[data-shown]")).wait_for()
        yield opened


@pytest.fixture(scope="module")
def saved(lab) -> nbformat.NotebookNode:
    """The notebook as saved after each explorer was used; then its kernel ends."""
    for title in TYPED:
        use(lab.page, title)
    kept = lab.saved()
    lab.wait_for("jupyterapp.serviceManager.sessions.shutdownAll()")
    return kept


def test_every_explorer_is_drawn_and_no_still_form_beside_it(lab):
    for title in CELLS:
        assert section(lab.page, title).is_visible()
    assert lab.page.locator(".encoder-lab-still").count() == len(CELLS)
    assert not any(still.is_visible() for still in lab.page.locator(".encoder-lab-still").all())


@pytest.mark.parametrize("title", TYPED)
def test_it_answers_and_leaves_the_others_alone(lab, title):
    others = {each: section(lab.page, each).get_attribute("data-shown") for each in CELLS if each != title}
    use(lab.page, title)
    assert {each: section(lab.page, each).get_attribute("data-shown") for each in others} == others


def test_jupyterlab_s_one_letter_commands_stay_out(lab):
    count = "document.querySelectorAll('.jp-Cell').length"
    before = lab.page.evaluate(count)
    section(lab.page, "Fill-mask explorer").locator("button").first.focus()
    for key in ("b", "a", "d", "d", "x", "m"):
        lab.page.keyboard.press(key)
    assert lab.page.evaluate(count) == before
    assert lab.page.locator(".jp-MarkdownCell").count() == 0


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing_serious_in_either_theme(lab, theme):
    lab.wait_for(f"jupyterapp.commands.execute('apputils:change-theme', {{ theme: {theme!r} }})")
    light = str(theme.endswith("Light")).lower()
    lab.page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")
    assert violations(lab.page, ".jp-OutputArea") == []


def test_text_is_never_taken_for_html(lab):
    for title in TYPED:
        use(lab.page, title, HOSTILE)
    kept = json.dumps([output for cell in lab.saved().cells for output in cell.outputs])
    assert "<img src=x" not in kept
    assert lab.page.evaluate("window.hacked") is None


def test_what_was_saved_holds_the_last_answers(saved):
    stills = [
        output.data["text/html"]
        for cell in saved.cells
        for output in cell.outputs
        if "encoder-lab-still" in output.get("data", {}).get("text/html", "")
    ]
    assert len(stills) == len(CELLS)
    assert sum("penguin" in still for still in stills) == len(TYPED)
    state = saved.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert sum("shown" in each["state"] for each in state.values()) == len(CELLS)


def test_reopened_without_a_kernel_each_shows_its_still_form(browser, server, saved):
    file, address = server
    with watched_page(browser, NO_KERNEL) as page:
        open_without_a_kernel(page, address, file.name)
        stills_are_shown(page)
        assert page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session") is None
        assert "penguin" in page.locator(".encoder-lab-still").nth(1).inner_text()


def test_reopened_with_a_fresh_kernel_each_is_drawn_from_its_state(browser, server, saved):
    _, address = server
    with watched_page(browser) as page:
        page.goto(address)
        for title in CELLS:
            section(page, title).and_(page.locator("[data-shown]")).wait_for()
        for title, (label, words) in TYPED.items():
            assert section(page, title).get_by_label(label, exact=True).first.input_value() == words


def test_not_trusted_each_shows_its_still_form(browser, server, saved, folder):
    file, address = server
    strange = nbformat.from_dict(saved)
    strange.cells.insert(0, nbformat.v4.new_markdown_cell("from somebody else"))
    nbformat.write(strange, file.with_name("strange.ipynb"))
    with watched_page(browser, NO_KERNEL) as page:
        open_without_a_kernel(page, address, "strange.ipynb")
        stills_are_shown(page)


def test_exported_each_shows_its_still_form_with_no_network(browser, server, saved, folder):
    file, _ = server
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", str(file), "--output-dir", str(folder)],
        check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.goto((folder / "explorers.html").as_uri(), wait_until="domcontentloaded")
        pictures = page.locator(".encoder-lab-still img")
        assert pictures.count() == len(CELLS)
        assert pictures.evaluate_all("all => all.every((one) => one.naturalWidth > 0)")
        assert all(still.is_visible() for still in page.locator(".encoder-lab-still").all())
        assert "Loading widget" not in page.inner_text("body")
