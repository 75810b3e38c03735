"""What the promises ask of a page: what is seen and reached on it, and what was attached outside an explorer."""

from playwright.sync_api import Page

from tests.browser.stand_in import StandIn
from tests.browser.wrong import HOSTILE

# What a view attaches outside its element is written down, and struck out when it is taken back.
WATCH_OUTSIDE = """() => {
  window.outside = [];
  const ours = () => new Error().stack.includes("blob:"); // the explorer's module, and not what drives this browser
  const far = (target) => [window, document, document.documentElement, document.body].includes(target) && ours();
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (event, ...rest) {
    if (far(this)) outside.push(event);
    return add.call(this, event, ...rest);
  };
  EventTarget.prototype.removeEventListener = function (event, ...rest) {
    if (far(this)) outside.splice(outside.indexOf(event), 1);
    return remove.call(this, event, ...rest);
  };
  for (const kind of [ResizeObserver, MutationObserver, IntersectionObserver]) {
    const { observe, disconnect } = kind.prototype;
    kind.prototype.observe = function (...given) { if (ours()) outside.push(this); return observe.apply(this, given); };
    kind.prototype.disconnect = function () {
      outside = outside.filter((one) => one !== this);
      return disconnect.call(this);
    };
  }
}"""
# Whatever stands on the page is pointed at; gives how much of it is not text any more.
POINT_AT_ALL = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const one of document.querySelectorAll(".encoder-lab *"))
    for (const event of ["pointerover", "pointerenter"]) one.dispatchEvent(new PointerEvent(event, { bubbles: true }));
  return document.querySelectorAll(".encoder-lab img, .encoder-lab script").length + Number(window.hacked ?? 0);
}"""
CONTROLS = "button, input, select, textarea, summary, [tabindex]"
# Each control by its place: whether Tab stops there, and whether the group it is in has such a place.
REACHED = f"""() => {{
  const open = (one) => one.checkVisibility() && !one.disabled;
  const all = [...document.querySelectorAll(".encoder-lab :is({CONTROLS})")].filter(open);
  const stops = (one) => window.stopped.has(one)
    || (one.type === "radio" && all.some((other) => other.form === one.form && window.stopped.has(other)));
  const led = (one) => one.tabIndex < 0 && all.some((other) => window.stopped.has(other)
    && other.closest("[role=group], [role=grid], details") === one.closest("[role=group], [role=grid], details"));
  const beside = (one) => one.closest("details")?.querySelector(":is(button, [tabindex])") && one.tabIndex < 0;
  return all.filter((one) => !stops(one) && !led(one) && !beside(one)).map((one) => one.outerHTML.slice(0, 120));
}}"""
STOP = """() => {
  const one = document.activeElement;
  if (!one.closest(".encoder-lab")) return null;
  (window.stopped ??= new Set()).add(one);
  return getComputedStyle(one).outlineStyle;
}"""


def shown(page: Page) -> list:
    """What a reader sees: the words and numbers, and what stands in the boxes."""
    return page.locator("main section").evaluate("""(section) => [section.innerText.split(/\\s+/),
        ...[...section.querySelectorAll("input, textarea, select")].map((one) => one.checked ?? one.value)]""")


def drawn(on: StandIn) -> None:
    """Wait until the explorer shows all it has to show, layers that come behind included."""
    on.settled()
    on.page.wait_for_function("document.querySelectorAll('.at-thumbnail:not(.at-there)').length === 0")


def with_markup(value: object) -> object:
    """The same lists and dictionaries, each text replaced by markup."""
    if isinstance(value, dict):
        return {name: with_markup(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [with_markup(inner) for inner in value]
    return HOSTILE if isinstance(value, str) else value


def open_all(page: Page) -> None:
    """Open whatever is folded away."""
    page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
