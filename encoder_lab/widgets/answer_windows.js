/** The question-answering explorer's windows: one strip each, with where it lies in the context and its best span. */

import { digits, make, percent, worded } from "./explorer.js";
import { targets } from "./targets.js";

/** The strips, hidden while there is one window; `chosen(window)` is told which one to look at. Returns { element, paint }. */
export function windowStrips(chosen, { frozen, phrases }) {
  const hint = make("p", { class: "qa-hint" });
  const strip = make("div", { class: "qa-strip", role: "group", "aria-label": phrases.windows });
  const element = make("div", {}, hint, strip);
  const fill = targets(strip, () => {});

  function paint({ windows, window: at, spans, length }) {
    element.hidden = windows.length === 1;
    hint.textContent = worded(phrases.windows_hint, { count: windows.length });
    const draw = ([start, end, best, score], i) => make("button", {
      type: "button", "data-at": i, "aria-pressed": String(i === at), disabled: frozen, onclick: () => chosen(i),
    },
      make("span", { class: "qa-name", text: worded(i === spans[0]?.window ? phrases.best_window : phrases.window, { window: i }) }),
      make("span", { class: "qa-track" },
        make("span", { style: `left: ${percent(start / length)}%; width: ${percent((end - start) / length)}%` })),
      make("span", { class: "el-number", text: digits(score) }), make("span", { class: "qa-found", text: best }));
    fill(windows.map(draw), at);
  }
  return { element, paint };
}
