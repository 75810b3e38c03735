/** The classification explorer: all labels ranked, a threshold, and what changed since the sentence before. */

import { bar, choice, digits, hundredths, labelled, listed, make, order, percent, rowName, signed, worded } from "./explorer.js";
import { frame } from "./frame.js";

const FEW = 6; // labels a projector shows
const ONE_COLUMN = 10; // more labels than this stand in two columns

/** One row a label, likeliest first; `change` is undefined if there is no sentence before. Pure. */
export function ranked({ now, before }, chosen) {
  return order(now[chosen]).map((i) => ({
    label: now.labels[i],
    probability: now[chosen][i],
    logit: now.logits[i],
    change: before ? now[chosen][i] - before[chosen][i] : undefined,
  }));
}

/** How many rows reach the threshold. Pure. */
export function passing(rows, threshold) {
  return rows.filter(({ probability }) => probability >= threshold).length;
}

/** The rows that changed most in either direction; what rounds to no change is left out. Pure. */
export function moved(rows, count) {
  const most = order(rows.map(({ change }) => Math.abs(change))).slice(0, count);
  return most.map((i) => rows[i]).filter(({ change }) => Number(digits(change, 2)) !== 0);
}

/** What the threshold says under one function: a share of 1 has no natural line. Pure. */
export function verdict(rows, chosen, threshold, phrases) {
  if (chosen === "softmax") return phrases.no_threshold;
  return worded(phrases.passing, { count: passing(rows, threshold), all: rows.length, threshold: digits(threshold, 2) });
}

/** Some rows as a table; `above` marks what reaches the threshold, with a sign as well as in bold. */
function table(caption, by, rows, above, phrases) {
  const compared = rows[0].change !== undefined;
  const head = [phrases[by], phrases.logit, ...(compared ? [phrases.change] : [])].map((text) => make("th", { scope: "col", class: "el-number", text }));
  return make("table", { class: "el-bars cl-labels" }, make("caption", { text: caption }),
    make("thead", {}, make("tr", {}, make("th", { scope: "col", text: phrases.label }), ...head, make("td"))),
    make("tbody", {}, ...rows.map(({ label, probability, logit, change }) => make("tr", above(probability) ? { class: "el-marked" } : {},
      rowName((above(probability) ? "✓ " : "") + label, probability),
      ...[digits(probability), hundredths(logit), ...(compared ? [signed(change)] : [])].map((text) => make("td", { class: "el-number", text })),
      bar(probability)))));
}

function render({ model, el }) {
  let editing = false; // from the first keystroke until Enter or until the box is left, one sentence stays the one before
  const explorer = frame({ model, el }, paint, ["function", "threshold"]);
  const { phrases } = explorer;
  const { element: text } = explorer.box("text", {
    rows: 2,
    also: () => {
      const before = editing ? {} : { before: model.get("answer").now.text };
      editing = true;
      return before;
    },
    onchange: () => { editing = false; },
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      editing = false;
    },
  });
  const compared = make("p", { class: "cl-compared" });
  const chosen = choice(phrases.probability_by, [["sigmoid", phrases.sigmoid], ["softmax", phrases.softmax]], (value) => explorer.look({ function: value }));
  const line = make("input", {
    type: "range", min: 0, max: 1, step: 0.01, oninput: () => explorer.look({ threshold: Number(line.value) }),
  });
  const shownLine = make("output");
  const count = make("p", { class: "cl-count" });
  const tables = make("div", { class: "el-columns" });
  const sentence = labelled(phrases.sentence, text);
  sentence.classList.add("el-wide");
  explorer.body.append(sentence, compared,
    make("div", { class: "el-row el-aside" }, chosen.group, labelled(phrases.threshold, line, shownLine)), count, tables);
  explorer.show();

  function paint(seen) {
    const [by, threshold] = [model.get("function"), model.get("threshold")];
    const rows = ranked(seen, by);
    chosen.set(by);
    line.value = threshold;
    line.disabled = by === "softmax";
    shownLine.textContent = digits(threshold, 2);
    count.textContent = verdict(rows, by, threshold, phrases);
    tables.classList.toggle("cl-line", by === "sigmoid");
    tables.style.setProperty("--cl-threshold", `${percent(threshold)}%`);
    compare(seen, rows);

    const shown = explorer.presenter ? rows.slice(0, FEW) : rows;
    const half = shown.length > ONE_COLUMN ? Math.ceil(shown.length / 2) : shown.length;
    const above = (probability) => by === "sigmoid" && probability >= threshold;
    tables.replaceChildren(...[shown.slice(0, half), shown.slice(half)].filter((part) => part.length).map((part, i) =>
      table(worded(phrases.ranked, { first: i * half + 1, last: i * half + part.length, all: rows.length }), by, part, above, phrases)));
    return `${listed(rows.map(({ label, probability }) => [label, probability]))}; ${count.textContent}`;
  }
  function compare({ before }, rows) {
    if (!before) {
      compared.textContent = explorer.frozen ? "" : phrases.hint;
      return;
    }
    const changes = moved(rows, 3).map(({ label, change }) => `${label} ${signed(change)}`);
    compared.replaceChildren(make("span", { text: phrases.compared_with }), make("q", { text: before.text }),
      make("span", { text: changes.length ? worded(phrases.changed_most, { changes: changes.join(", ") }) : phrases.nothing_changed }));
  }
  return explorer.closed;
}
export default { render };
