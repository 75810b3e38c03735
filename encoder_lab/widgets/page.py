"""An explorer as one self-contained page: its ES module, its style and its state, with no outside request."""

import base64
import json
from html import escape

# The page's own model: it holds the state and asks nobody. Buffers come back as DataViews, as in JupyterLab.
START = """
const state = JSON.parse(document.querySelector("script[type='application/json']").textContent);
const code = state._esm;
const unpack = (value) => value && value.base64 !== undefined && Object.keys(value).length === 1
  ? new DataView(Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0)).buffer) : value;
for (const name of Object.keys(state)) state[name] = unpack(state[name]);
const model = {
  get: (name) => state[name], set: (name, value) => { state[name] = value; },
  on() {}, off() {}, save_changes() {}, send() {},
};
const { default: explorer } = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
explorer.render({ model, el: document.querySelector("main") });
"""

POLICY = "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data: blob:"


def page(title: str, code: str, style: str, state: dict) -> str:
    """Lay out the page.

    Args:
        title: of the page, as typed.
        code: the ES module; its default export has `render({model, el})`.
        style: the style sheet.
        state: the model's traits: what JSON holds, and bytes.

    Returns:
        HTML. The state stands in it as JSON in which no `<` is left, so that nothing typed can end the script.
    """
    kept = {name: value for name, value in state.items() if not name.startswith("_") and name != "layout"}
    kept |= {"_esm": code, "frozen": True}
    packed = json.dumps(kept, default=_pack, ensure_ascii=False).replace("<", "\\u003c")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n<body><main></main>"
        f'<script type="application/json">{packed}</script>\n<script type="module">{START}</script></body></html>\n'
    )


def _pack(value: object) -> dict:
    """Write bytes as base64; JSON holds everything else an explorer's state has."""
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"an explorer's state holds no {type(value).__name__}")
