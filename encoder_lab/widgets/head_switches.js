/** Heads as switches: one row a layer, pressed means off. */

import { make, neighbour, worded } from "./explorer.js";

/** The heads that are off after one was turned: pairs of [layer, head], in order. Pure. */
export function turned(off, layer, head) {
  const others = off.filter(([one, other]) => one !== layer || other !== head);
  const found = others.length === off.length ? [...off, [layer, head]] : others;
  return found.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
}

/** How many heads are off, in words. Pure. */
export function counted(off, [layers, heads], phrases) {
  return off.length ? worded(phrases.some_off, { off: off.length, all: layers * heads }) : phrases.all_on;
}

/**
 * The grid of switches, closed until somebody wants it. Python answers each turn with the changed model.
 *
 * Returns { group, show }: `show(without)` sets the switches from the model's `off`; `without` says what the model
 * answers with all heads on.
 */
export function headSwitches({ model }, explorer) {
  const shape = model.get("heads");
  const [layers, heads] = shape;
  const { phrases } = explorer;
  const summary = make("summary", { text: phrases.switch_off });
  const aside = make("p", { class: "hs-aside" });
  const buttons = Array.from({ length: layers }, (_, layer) => Array.from({ length: heads }, (_, head) => make("button", {
    type: "button", text: String(head), tabindex: layer + head ? -1 : 0, disabled: explorer.frozen, "aria-label": worded(phrases.head_off, { layer, head }),
    onclick: () => explorer.ask({ off: turned(model.get("off"), layer, head) }),
    onkeydown: (event) => {
      const to = neighbour(event.key, [layer, head], shape);
      if (!to) return;
      event.preventDefault();
      event.currentTarget.tabIndex = -1;
      buttons[to[0]][to[1]].tabIndex = 0;
      buttons[to[0]][to[1]].focus();
    },
  })));
  const rows = buttons.map((row, layer) => make("div", { class: "hs-row", role: "group", "aria-label": worded(phrases.layer, { layer }) },
    make("span", { class: "hs-layer", text: worded(phrases.layer, { layer }) }), ...row));
  const none = make("button", { type: "button", text: phrases.turn_all_on, disabled: explorer.frozen, onclick: () => explorer.ask({ off: [] }) });
  const group = make("details", { class: "hs-switches el-aside", open: model.get("off").length > 0 }, summary, ...rows, none, aside);

  function show(without) {
    const off = new Set(model.get("off").map(String));
    buttons.forEach((row, layer) => row.forEach((button, head) => button.setAttribute("aria-pressed", String(off.has(String([layer, head]))))));
    summary.textContent = worded(phrases.switched_off, { count: counted(model.get("off"), shape, phrases) });
    const said = off.size ? worded(phrases.with_all_on, { answer: without }) : phrases.pressed_is_off;
    aside.textContent = model.get("shared_layers") ? `${said} ${phrases.shared}` : said;
  }
  return { group, show };
}
