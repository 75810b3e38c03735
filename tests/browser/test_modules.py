"""The explorers' files of JavaScript: each imports what it uses and opens alone; joined they are the same module."""

import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

import encoder_lab.widgets
from encoder_lab.widgets.modules import joined

FOLDER = Path(encoder_lab.widgets.__file__).parent
FILES = sorted(file.stem for file in FOLDER.glob("*.js"))
NAMES = "async (address) => { const all = await import(address); return Object.keys(all).sort(); }"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder to a blank page and writes no log."""

    extensions_map = {".js": "text/javascript"}

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder() -> Iterator[str]:
    """The address of the folder of modules, served on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=FOLDER)) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def code(name: str) -> str:
    """A file without its comments, its strings and its imports; what stands within `${}` stays."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", (FOLDER / f"{name}.js").read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r'^import .*|"[^"\n]*"', "", text, flags=re.MULTILINE)


def imported(name: str) -> dict[str, str]:
    """What a file imports, each with the file it comes from."""
    text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
    found = re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";', text, re.MULTILINE)
    return {each.strip(): file for names, file in found for each in names.split(",")}


EXPORTS = {name: set(re.findall(r"^export (?:function|const) (\w+)", code(name), re.MULTILINE)) for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_a_file_imports_what_it_uses_and_nothing_else(name):
    text = code(name)
    assert imported(name).keys() <= set(re.findall(r"\w+", text))
    called = set(re.findall(r"(?:\.\.\.|(?<![\w.]))(\w+)\(", text)) | set(re.findall(r"\b[A-Z]{2,}\b", text))
    own = EXPORTS[name] | set(re.findall(r"(?:function|const|let) (\w+)", text))
    others = set().union(*EXPORTS.values()) - own
    assert called & others <= imported(name).keys()


@pytest.mark.browser
@pytest.mark.parametrize("name", FILES)
def test_each_file_opens_alone(page, folder, name):
    names = page.evaluate(NAMES, f"{folder}/{name}.js")
    assert set(names) - {"default"} == EXPORTS[name] and names


@pytest.mark.browser
@pytest.mark.parametrize("name", FILES)
def test_joined_it_imports_nothing_and_exports_what_its_files_do(page, name):
    module, _ = joined(name)
    exported = page.evaluate(
        "async (code) => Object.keys(await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))))",
        module,
    )
    assert not re.search(r"^import ", module, re.MULTILINE)
    assert EXPORTS[name] | set(imported(name)) <= set(exported)
    assert ("default" in exported) == ("export default" in module)
