"""One notebook in JupyterLab, started as `make lab` starts it, on a page that tests can look at and click in."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Page

START = "import sys, pathlib, encoder_lab.lab; encoder_lab.lab.start(pathlib.Path(sys.argv[1]))"
PATIENCE = 60  # seconds for any one step, so that a busy machine is slow and not wrong
SETTINGS = {
    # tests bring their own browser, and ask JupyterLab in the page when a run has ended
    "jupyter_server_config.json": {"ServerApp": {"open_browser": False}},
    "jupyter_lab_config.json": {"LabApp": {"expose_app_in_browser": True}},
    # every cell stays in the page, also those out of view
    "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}


class OpenedNotebook:
    """A notebook on a page. `file` is its path; `page` is Playwright's page, for everything not named here."""

    def __init__(self, page: Page, file: Path, address: str):
        self.page = page
        self.file = file
        page.goto(address)
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        self.wait_for("jupyterapp.shell.currentWidget.context.ready")
        self.wait_for("jupyterapp.shell.currentWidget.sessionContext.ready")

    def run_all(self) -> None:
        """Run every cell, and wait until the last one has ended."""
        self.wait_for("jupyterapp.commands.execute('notebook:run-all-cells')")

    def saved(self) -> nbformat.NotebookNode:
        """Save, and read what was saved."""
        self.wait_for("jupyterapp.commands.execute('docmanager:save')")
        return nbformat.read(self.file, as_version=4)

    def wait_for(self, promise: str) -> None:
        """Wait until JupyterLab has kept a promise, given as JavaScript."""
        late = f"new Promise((_, fail) => setTimeout(() => fail(new Error('too late')), {1000 * PATIENCE}))"
        self.page.evaluate(f"() => Promise.race([{promise}, {late}]).then(() => null)")


@contextmanager
def jupyterlab(notebook: Path, settings: Path) -> Iterator[str]:
    """Run JupyterLab on a notebook's folder; gives the address it prints, token and all.

    Args:
        notebook: what it opens first.
        settings: an empty folder for its settings and the files it keeps while it runs.
    """
    for name, content in SETTINGS.items():
        (settings / name).parent.mkdir(parents=True, exist_ok=True)
        (settings / name).write_text(json.dumps(content), encoding="utf-8")
    folders = {f"JUPYTER_{kind}_DIR": str(settings) for kind in ("CONFIG", "DATA", "RUNTIME")}
    server = subprocess.Popen(
        [sys.executable, "-c", START, str(notebook)],
        env={**os.environ, **folders},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    with server:
        stop = threading.Timer(PATIENCE, server.kill)  # a server that never answers ends the loop below
        stop.start()
        said, address = [], None
        for line in server.stdout:
            said.append(line)
            if address := re.search(r"http://127\.0\.0\.1:(\d+)/\S+token=\w+", line):
                break
        stop.cancel()
        rest = threading.Thread(target=server.stdout.read)  # a full pipe would make the server wait
        rest.start()
        try:
            if not address:
                raise RuntimeError("JupyterLab did not start:\n" + "".join(said))
            wait_for_port(int(address[1]))
            yield address[0]
        finally:
            server.terminate()
            rest.join(15)
            server.kill()  # now and then a thread of its own keeps one that has shut down from ending


def wait_for_port(port: int) -> None:
    """Wait until somebody listens: JupyterLab prints its address a moment before it does."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
