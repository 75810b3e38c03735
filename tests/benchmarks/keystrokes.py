"""From a keystroke to the new picture, in a real JupyterLab: `python -m tests.benchmarks.keystrokes`.

Each explorer of a bundled checkpoint stands in one notebook in JupyterLab in Chromium. Its text is edited 50 times;
each time counts from the end of the pause that is waited for after a keystroke to the frame that shows the answer.
Then what the page and the kernel keep after 50 edits more: the page's heap once its garbage is collected, and the
kernel's resident memory (from psutil).
"""

import argparse
import re
import statistics
import tempfile
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.opened_notebook import OpenedNotebook, jupyterlab

EDITS = 50
TEXT = "The old man walked slowly down to the harbour and looked at the boats and birds in {} rain."  # 20 tokens or so
CONTEXT = " ".join(
    f"In {year} the {thing} by the river was built by the carpenter Jonas Weber, and it stood there for many years."
    for year, thing in [(1820, "bridge"), (1831, "mill"), (1848, "school"), (1862, "station"), (1875, "inn")]
)
# explorer -> how it is opened, the box that is typed into, the edits' text, milliseconds aimed at
EXPLORERS = {
    "Fill-mask explorer": ('explore.fill_mask(load("fill-mask"))', "sentence", TEXT, 150),
    "Classification explorer": ('explore.classify(load("text-classification"))', "sentence", TEXT, 150),
    "Zero-shot explorer": ('explore.zero_shot(load("zero-shot-classification"))', "text", TEXT, 150),
    "Question-answering explorer": (
        f'explore.answer(load("question-answering"), context={CONTEXT!r})', "question", "Who built the {}?", 300,
    ),
}  # fmt: skip
WORDS = ("soft", "cold", "heavy", "summer", "mill")

EDIT = """([title, label, text]) => new Promise((done) => {
  const root = document.querySelector(`section[aria-label="${title}"]`);
  const named = (box) => box.getAttribute("aria-label") === label || box.labels[0]?.firstChild.textContent === label;
  const box = [...root.querySelectorAll("input, textarea")].find(named);
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));  // painted
  });
  seen.observe(root, { attributes: true, attributeFilter: ["data-shown"] });
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  const start = performance.now();
})"""


def edit(page: Page, title: str, turn: int) -> float:
    """Change an explorer's text; gives the milliseconds until the answer was painted."""
    _, label, text, _ = EXPLORERS[title]
    return page.evaluate(EDIT, [title, label, text.format(WORDS[turn % len(WORDS)])])


def heap(devtools: CDPSession) -> int:
    """Collect the page's garbage; gives the bytes that are left."""
    devtools.send("HeapProfiler.collectGarbage")
    return devtools.send("Runtime.getHeapUsage")["usedSize"]


def pause() -> float:
    """The milliseconds an explorer waits after a keystroke."""
    module = Path(__file__).parents[2] / "encoder_lab" / "widgets" / "frame.js"
    return float(re.search(r"const QUIET = (\d+)", module.read_text(encoding="utf-8"))[1])


def main() -> None:
    """Open the notebook, edit, and print one row an explorer."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.keystrokes", description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=EDITS, help=f"edits of each text; {EDITS} if not given")
    edits = parser.parse_args().edits
    calls = [call for call, *_ in EXPLORERS.values()]
    cells = ["import os; from encoder_lab import explore, load; os.getpid()", *calls]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "notebooks" / "explorers.ipynb"
        file.parent.mkdir()
        nbformat.write(notebook, file)
        with jupyterlab(file, Path(folder) / "settings") as address:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1100, "height": 1400})
            opened = OpenedNotebook(page, file, address)
            opened.run_all()
            kernel = psutil.Process(int(opened.saved().cells[0].outputs[0].data["text/plain"]))
            devtools = page.context.new_cdp_session(page)
            print(f"{'':28}  median   aim  slowest   page keeps  kernel keeps   ({edits} edits)")
            for title, (*_, aim) in EXPLORERS.items():
                page.locator(f"section[aria-label='{title}'][data-shown]").wait_for()
                times = [edit(page, title, turn) - pause() for turn in range(edits)]
                held, resident = heap(devtools), kernel.memory_info().rss
                for turn in range(edits):
                    edit(page, title, turn)
                kept, more = heap(devtools) - held, kernel.memory_info().rss - resident
                print(
                    f"{title:28} {statistics.median(times):4.0f} ms  {aim:4} {max(times):5.0f} ms"
                    f"  {kept / 1e3:8.0f} kB  {more / 1e6:9.1f} MB"
                )
            browser.close()


if __name__ == "__main__":
    main()
