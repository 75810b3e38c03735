"""The promises of layout and typing in three engines, as a table: `python -m tests.browser.engines`."""

import argparse
import json
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.browser.engines.engines import Chromium, Firefox, WebKit
from tests.browser.explorers import EXPLORERS, title
from tests.browser.stand_in import DARK, MODEL, packed

ENGINES = {"Chromium": Chromium, "Firefox": Firefox, "WebKit": WebKit}
PLAIN = [(width, theme) for width in (360, 1280) for theme in ("light", "dark")]
LAYOUT = ("sideways", "outside", "stray", "overlapping", "clipped", "broken", "small", "faint")
NOT_DRIVEN = """Not driven in Firefox and WebKit: JupyterLab, forced colors, input methods, printing, axe. Nor undo in
WebKit, where no box undoes by Selenium's keys. In no engine: a screen reader's voice, Windows' own high contrast."""
PATIENCE = 30  # seconds


def write(folder: Path, each: object, theme: str) -> Path:
    """Write an explorer as a plain page whose kernel is silent."""
    state = json.dumps(packed(each.made().get_state())).replace("<", "\\u003c")
    promises = (Path(__file__).parents[1] / "promises.js").read_text(encoding="utf-8")
    file = folder / f"{title(each)} {theme}.html"
    file.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>plain</title>'
        f"<style>{DARK if theme == 'dark' else ''}</style></head>"
        f'<body data-jp-theme-light="{str(theme == "light").lower()}"><main></main><script>{promises}</script>'
        f'<script type="application/json">{state}</script><script type="module">'
        'window.toPython = async () => "{}"; window.sayToPython = async () => \'{ "said": [], "update": {} }\';'
        f'await ({MODEL})(JSON.parse(document.querySelector("script[type=\\"application/json\\"]").textContent));'
        "window.ready = true;</script></body></html>",
        encoding="utf-8",
    )
    return file


def typed_and_undone(engine: Chromium | Firefox | WebKit) -> tuple[bool, bool]:
    """Type into the focused box and take it back: whether the letters were there, and whether they are gone."""
    before = engine.evaluate("document.activeElement.value")
    engine.press("End")
    engine.type("dd")
    there = engine.evaluate("document.activeElement.value") == f"{before}dd"
    for _ in range(2):
        if engine.evaluate("document.activeElement.value") != before:
            engine.press("Control", "z")
    return there, engine.evaluate("document.activeElement.value") == before


def typing(engine: Chromium | Firefox | WebKit) -> list[str]:
    """List what of typing goes wrong: letters that are lost, undo that fails, keys that are heard outside."""
    engine.evaluate("document.body.append(document.createElement('textarea')), document.body.lastChild.focus()")
    _, driven = typed_and_undone(engine)  # in a box that is no explorer's
    engine.evaluate(
        "(() => { document.body.lastChild.remove(); window.heard = [];"
        " document.addEventListener('keydown', (event) => window.heard.push(event.key));"
        " document.querySelector('main :is(textarea, input[type=text], input[type=search])').focus(); })()"
    )
    there, undone = typed_and_undone(engine)
    wrong = [] if there else ["letters are lost"]
    if driven and not undone:
        wrong.append("undo takes nothing back")
    return wrong + [f"heard: {key}" for key in engine.evaluate("window.heard")]


def main() -> None:
    """Try every explorer in the engines named, and print one row a promise; ends with 1 if one was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.engines", description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, help="a folder in which a picture of each is kept")
    parser.add_argument("engines", nargs="*", default=list(ENGINES), help="all if none is named")
    chosen = parser.parse_args()
    broken: dict[str, dict[str, list[str]]] = {promise: {} for promise in (*LAYOUT, "typing")}
    with tempfile.TemporaryDirectory() as name:
        for engine_name in chosen.engines:
            with closing(ENGINES[engine_name]()) as engine:
                for each in EXPLORERS:
                    for width, theme in PLAIN:
                        where = f"{title(each)} {width} {theme}"
                        engine.open(write(Path(name), each, theme).as_uri(), width, 800)
                        end = time.monotonic() + PATIENCE
                        while not engine.evaluate("window.ready === true") and time.monotonic() < end:
                            time.sleep(0.1)
                        if chosen.pictures:
                            engine.photograph(chosen.pictures.resolve() / f"{engine_name} {where}.png")
                        found = {promise: engine.evaluate(f"promises.{promise}()") for promise in LAYOUT}
                        found["typing"] = typing(engine)
                        for promise, wrong in found.items():
                            broken[promise].setdefault(engine_name, []).extend(f"{where}: {what}" for what in wrong)
    print(f"{'promise':12}" + "".join(f"{engine:>10}" for engine in chosen.engines))
    for promise, found in broken.items():
        print(f"{promise:12}" + "".join(f"{len(found[engine]) or 'kept':>10}" for engine in chosen.engines))
    wrong = [f"{engine}, {promise}: {what}" for promise, found in broken.items() for engine in found
             for what in found[engine]]  # fmt: skip
    print("\n".join([NOT_DRIVEN, *wrong]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
