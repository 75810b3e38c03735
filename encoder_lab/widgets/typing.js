/** Typing is the page's own: boxes whose words are never lost, and keys that never reach what stands around an explorer. */

import { make } from "./explorer.js";

const TYPED = ["keydown", "keyup", "keypress", "copy", "cut", "paste", "dragstart", "dragenter", "dragover", "drop"];

/** Whether a key may leave: saving is the notebook's. Pure. */
export function leaves({ type, key, ctrlKey, metaKey, altKey, shiftKey }) {
  return type === "keydown" && (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "s";
}

/**
 * Keep typing within `root`: no key, paste or drop is heard around it, and while an input method composes, its keys are
 * heard by nobody. Returns a function that says whether something is being composed.
 */
export function keepTyping(root) {
  let composing = false;
  root.addEventListener("compositionstart", () => { composing = true; });
  root.addEventListener("compositionend", () => { composing = false; });
  root.addEventListener("keydown", (event) => { // 229: WebKit's key that ends a composition comes after its end
    if (composing || event.isComposing || event.keyCode === 229) event.stopPropagation();
  }, true);
  for (const name of TYPED) root.addEventListener(name, (event) => { if (!leaves(event)) event.stopPropagation(); });
  return () => composing;
}

/**
 * A box bound to the text `name` of the model. Typing asks, with what `also()` gives besides; `rows` above 1 make it
 * several lines. It takes over what others set once nothing typed here is under way: an answer on its way, or an old
 * echo of what was typed, changes no word.
 *
 * Returns { element, put, follow }: `put(text, changes)` writes and asks at once.
 */
export function textBox({ model, explorer }, name, { rows = 1, also = () => ({}), ...attributes } = {}) {
  let known = model.get(name); // what the box and the model last agreed on
  const shape = rows > 1 ? { rows } : { type: "text" };
  const element = make(rows > 1 ? "textarea" : "input", {
    ...shape, spellcheck: "false", autocomplete: "off", disabled: explorer.frozen, ...attributes,
    oninput: () => {
      known = element.value;
      explorer.ask({ [name]: known, ...also() }, true);
    },
  });
  element.value = known ?? "";
  function put(text, changes) {
    element.value = known = text;
    explorer.ask({ [name]: text, ...changes });
  }
  function follow() {
    const now = model.get(name);
    if (now === known) return;
    known = now;
    if (now !== null && now !== element.value) element.value = now;
  }
  return { element, put, follow };
}
