"""An explorer on a bare page with its Python in this process: as in JupyterLab, without JupyterLab.

The page's model does what ipywidgets' does: what is set travels as one message, while an answer is under way
only the newest state is kept back, and bytes arrive as DataViews.
"""

import base64
import json

from playwright.sync_api import Locator, Page

from encoder_lab.widgets.explorer import Explorer

MODEL = """
async (start) => {
  const unpack = (value) => value && value.base64 !== undefined
    ? new DataView(Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0)).buffer) : value;
  const state = Object.fromEntries(Object.entries(start).map(([name, value]) => [name, unpack(value)]));
  const listeners = [];
  let changed = {}, under_way = false;
  async function flush() {
    if (under_way || Object.keys(changed).length === 0) return;
    under_way = true;
    const message = changed;
    changed = {};
    receive(JSON.parse(await window.toPython(JSON.stringify(message))));
    under_way = false;
    flush();
  }
  function receive(update) {
    for (const [name, value] of Object.entries(update)) state[name] = unpack(value);
    for (const name of Object.keys(update)) fire(`change:${name}`);
  }
  const fire = (event, ...given) => {
    for (const each of listeners.filter((one) => one.event === event)) each.call(...given);
  };
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; changed[name] = value; },
    save_changes: flush,
    send: async (content) => {
      const { said, update } = JSON.parse(await window.sayToPython(JSON.stringify(content)));
      receive(update);
      for (const [words, buffers] of said) fire("msg:custom", words, buffers.map(unpack));
    },
    on: (event, call) => listeners.push({ event, call }),
    off: (event, call) => {
      const gone = listeners.filter((each) => each.event === event && (!call || each.call === call));
      for (const each of gone) listeners.splice(listeners.indexOf(each), 1);
    },
  };
  const style = document.createElement("style");
  style.textContent = state._css;
  document.head.append(style);
  const code = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const explorer = (await import(code)).default;
  const close = await explorer.render({ model, el: document.querySelector("main") });
  Object.assign(window, { model, receive, listeners, explorer, close });
}
"""

DARK = (
    ":root { --jp-layout-color1: #212121; --jp-layout-color2: #424242;"
    " --jp-content-font-color0: #ffffff; --jp-content-font-color1: #e6e6e6; } body { background: #212121; }"
)  # fmt: skip

# The same model without a kernel: what a notebook holds that was closed and opened again.
REOPENED = """
async (update) => {
  close();
  Object.assign(model, { save_changes() {}, send() {} });
  receive(update);
  window.close = await explorer.render({ model, el: document.querySelector("main") });
}
"""

# A second view; with changes it is of a model of its own, which no kernel answers.
BESIDE = """
async (changes) => {
  const state = new Map(Object.entries(changes));
  const other = {
    get: (name) => state.has(name) ? state.get(name) : model.get(name), set: (name, value) => state.set(name, value),
    save_changes() {}, send() {}, on() {}, off() {},
  };
  const el = document.body.appendChild(document.createElement("aside"));
  window.closeBeside = await explorer.render({ model: changes.same ? model : other, el });
}
"""


class StandIn:
    """An explorer on a page; `page` is Playwright's page, `model` on it is what the explorer's ES module was given."""

    def __init__(self, page: Page, explorer: Explorer, theme: str = "light") -> None:
        self.page, self.explorer = page, explorer
        self.said = []  # custom messages from Python, waiting to be fetched
        explorer.send = lambda content, buffers=None: self.said.append((content, buffers or []))
        page.expose_function("toPython", self._set)
        page.expose_function("sayToPython", self._hear)
        light = str(theme == "light").lower()
        colours = "" if theme == "light" else DARK
        page.set_content(
            f'<!doctype html><html lang="en"><head><title>stand-in</title><style>{colours}</style></head>'
            f'<body data-jp-theme-light="{light}"><main></main></body></html>'
        )
        page.evaluate(MODEL, packed(explorer.get_state()))

    def settled(self) -> None:
        """Wait until the page has painted the answer to what it asked last."""
        self.page.wait_for_function("!document.querySelector('.encoder-lab').classList.contains('el-busy')")

    def reopened(self, **changed: object) -> None:
        """Draw the explorer anew from its state, some of it changed, with no kernel behind it."""
        self.page.evaluate(REOPENED, changed)

    def beside(self, **changed: object) -> Locator:
        """Draw it once more on the same page: the same model if `same`, else another that begins as this one."""
        self.page.evaluate(BESIDE, changed)
        return self.page.locator("aside")

    def call(self, name: str, *given: object) -> object:
        """Call a function that the explorer's ES module exports, in the page."""
        return self.page.evaluate(
            """async ([name, ...given]) => (await import(URL.createObjectURL(
                new Blob([model.get("_esm")], { type: "text/javascript" }))))[name](...given)""",
            [name, *given],
        )

    def _set(self, message: str) -> str:
        """Take what the page set, as a kernel does; give back every trait that is different from what the page has."""
        before = self.explorer.get_state()
        given = json.loads(message)
        self.explorer.set_state(given)
        told = packed(given)  # ipywidgets does not send back what it was sent, so no old echo meets newer typing
        return json.dumps({name: value for name, value in self._changed(before).items() if told.get(name) != value})

    def _hear(self, message: str) -> str:
        """Take a custom message, as a kernel does; give back the messages that Python sent, and changed traits."""
        before = self.explorer.get_state()
        self.explorer._handle_custom_msg(json.loads(message), [])
        said, self.said = self.said, []
        packed = [[content, [_pack(buffer) for buffer in buffers]] for content, buffers in said]
        return json.dumps({"said": packed, "update": self._changed(before)})

    def _changed(self, before: dict) -> dict:
        after = self.explorer.get_state()
        return packed({name: value for name, value in after.items() if value != before[name]})


def packed(state: dict) -> dict:
    """Write a state as JSON holds it, bytes as base64."""
    return {
        name: _pack(value) if isinstance(value, bytes | memoryview) else value
        for name, value in state.items()
        if name != "layout"
    }


def _pack(value: bytes | memoryview) -> dict:
    return {"base64": base64.b64encode(value).decode("ascii")}
