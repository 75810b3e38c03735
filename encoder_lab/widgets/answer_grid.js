/** The question-answering explorer's grid of spans: a row for each start, a column for each end, one line below. */

import { digits, make, order, shade, worded } from "./explorer.js";
import { named, reason, short, spanText } from "./answer_numbers.js";
import { targets } from "./targets.js";

/** The grid; `pointed(first, last)` is told the tokens of the span pointed at, or nothing. Returns { grid, readout, paint }. */
export function spanGrid(pointed, phrases) {
  const grid = make("div");
  const readout = make("p", { class: "qa-readout" });
  const fill = targets(grid, say, () => seen.shown.columns.length);
  let seen;   // the answer that stands there
  let values; // its grid, row after row

  function paint(next) {
    seen = next;
    const { rows, columns, texts, positions } = seen.shown;
    values = seen.shown.grid.flat();
    const best = order(values)[0];
    const head = (at, scope) => make("th", { scope, title: worded(phrases.position, { position: positions[at] }) }, make("span", { text: named(texts[at]) }));
    const count = texts.length - 1; // the first token, no answer, is part of no span
    fill([make("table", { class: "qa-grid", role: "grid" },
      make("caption", { text: rows.length === count ? phrases.grid : worded(phrases.grid_likeliest, { count }) }),
      make("thead", {}, make("tr", {}, make("td", {}), ...columns.map((at) => head(at, "col")))),
      make("tbody", {}, ...rows.map((row, r) => make("tr", {}, head(row, "row"),
        ...columns.map((_, c) => drawCell(r * columns.length + c, best))))))], best);
    say(undefined);
  }
  /** The span that a cell stands for: its tokens, and why it is none, or "". */
  function spanOf(at) {
    const { rows, columns } = seen.shown;
    const [start, end] = [rows[Math.floor(at / columns.length)], columns[at % columns.length]];
    return { start, end, why: reason(start, end, seen.max_answer_len, phrases) };
  }
  function drawCell(at, best) {
    const { start, end, why } = spanOf(at);
    if (why) return make("td", { "data-at": at, class: "qa-none", "aria-label": why });
    const { fill: background, ink } = shade(values[at]);
    return make("td", {
      "data-at": at, class: at === best ? "el-fill qa-chosen" : "el-fill", style: `background: ${background}; color: ${ink}`, text: short(values[at]),
      "aria-label": `${spanText(seen.shown, start, end)}: ${digits(values[at])}`,
    });
  }
  function say(at) {
    if (at === undefined) {
      readout.textContent = phrases.point_at_cell;
      return pointed();
    }
    const { start, end, why } = spanOf(at);
    const { shown } = seen;
    const [first, last] = [shown.positions[start], shown.positions[end]];
    readout.textContent = why ? worded(phrases.no_span, { first, last, why }) : worded(phrases.span, {
      first, last, score: digits(values[at]), start: digits(shown.start[start]), end: digits(shown.end[end]), text: spanText(shown, start, end),
    });
    if (why) pointed();
    else pointed(start, end);
  }
  return { grid, readout, paint };
}
