/** The question-answering explorer: start and end under each word, the grid of spans, windows, a threshold for silence. */

const EDGE = 20; // the scale of null margins runs from -20 to 20

/** Whether a margin lets the model answer; above the threshold it stays silent. Pure. */
export function speaks(margin, threshold) {
  return margin <= threshold;
}

/** Where a margin stands on the scale, 0 to 1; what lies beyond stands at its edge. Pure. */
export function place(margin) {
  return Math.min(1, Math.max(0, (margin + EDGE) / (2 * EDGE)));
}

/** Which of `count` targets, `columns` to a row, a key leads to; undefined for any other key. Pure. */
export function step(key, at, count, columns = 1) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  if (by === undefined) return undefined;
  const leaves = columns > 1 && Math.abs(by) === 1 && Math.floor((at + by) / columns) !== Math.floor(at / columns);
  return at + by < 0 || at + by >= count || leaves ? at : at + by;
}

/** The text from one token to another, as it stands in the context. Pure. */
export function spanText({ texts, gaps }, first, last) {
  let text = texts[first];
  for (let at = first + 1; at <= last; at++) text += gaps[at] + texts[at];
  return text;
}

/** Why a start and an end make no span, or "" if they make one. Pure. */
export function reason(start, end, longest) {
  if (end < start) return "the end lies before the start";
  const length = end - start + 1;
  return length > longest ? `${length} tokens, longer than the longest answer (${longest})` : "";
}

/** The tokens as words: lists of places. One that follows another without a gap or a line break belongs to its word. Pure. */
export function words({ texts, gaps }) {
  const found = [];
  gaps.forEach((gap, at) => {
    if (gap || at <= 1 || (texts[at - 1] + texts[at]).includes("\n")) found.push([at]);
    else found.at(-1).push(at);
  });
  return found;
}

/** Whether a token's characters touch a span's. Pure. */
export function touches([start, end], span) {
  return span !== undefined && start < span.end && end > span.start;
}

/** A token on one line, with a sign where it has no characters of its own. Pure. */
export function named(text) {
  return text.replaceAll("\n", "⏎").trim() || "·";
}

/** A probability for a small cell: two digits without the zero in front, nothing for what rounds to 0. Pure. */
export function short(value) {
  const written = digits(value, 2);
  return written === "0.00" ? "" : written.replace(/^0/, "").replace(".00", "");
}

/**
 * A box of elements that carry `data-at`. Tab reaches one of them, arrow keys move on; `pointed` is told which one the
 * pointer or the focus is on, or undefined. Returns a function that fills the box; a focus in it stays at its place.
 */
function targets(box, pointed, columns = () => 1) {
  const all = () => [...box.querySelectorAll("[data-at]")];
  const tell = (event) => {
    const one = event.target.closest("[data-at]");
    if (one) pointed(Number(one.dataset.at));
  };
  for (const event of ["pointerover", "focusin"]) box.addEventListener(event, tell);
  for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, () => pointed(undefined));
  box.addEventListener("keydown", (event) => {
    const found = all();
    const at = found.indexOf(event.target.closest("[data-at]"));
    const to = at < 0 ? undefined : step(event.key, at, found.length, columns());
    if (to === undefined) return;
    event.preventDefault();
    found[at].tabIndex = -1;
    found[to].tabIndex = 0;
    found[to].focus();
  });
  return (children, start) => {
    const focused = all().indexOf(document.activeElement);
    box.replaceChildren(...children);
    const found = all();
    const at = Math.min(focused < 0 ? start : focused, found.length - 1);
    found.forEach((each, i) => { each.tabIndex = i === at ? 0 : -1; });
    if (focused >= 0) found[at].focus();
  };
}

/** The sign of a value on the scale: it points at its place, or beyond the edge. Pure. */
export function sign(value, inside) {
  return value < -EDGE ? "◀" : value > EDGE ? "▶" : inside;
}

/** Put a value on the scale of margins, its words on the side that has room. */
function mark(line, value, inside, text) {
  line.style.setProperty("--qa-at", place(value));
  line.replaceChildren(make("span", { text: sign(value, inside), "aria-hidden": "true" }), make("span", { text, class: place(value) < 0.5 ? "qa-after" : "qa-before" }));
}

function render({ model, el }) {
  let painted; // the answer that stands there; a new threshold leaves it alone
  const explorer = frame({ model, el }, paint, ["threshold"]);
  const typed = () => explorer.ask({ question: question.value, context: context.value, window: -1 }, true);
  const question = make("input", { type: "text", spellcheck: "false", disabled: explorer.frozen, oninput: typed });
  const context = make("textarea", { rows: 2, "aria-label": "context", spellcheck: "false", disabled: explorer.frozen, oninput: typed });
  const longest = make("input", {
    type: "range", min: 1, max: 30, step: 1, disabled: explorer.frozen,
    oninput: () => { shownLongest.textContent = `${longest.value} tokens`; explorer.ask({ max_answer_len: Number(longest.value) }, true); },
  });
  const shownLongest = make("span");
  const threshold = make("input", {
    type: "range", min: -EDGE, max: EDGE, step: 0.1, "aria-label": "threshold for no answer", oninput: () => explorer.look({ threshold: Number(threshold.value) }),
  });
  const chosen = make("div", { class: "qa-mark" });
  const verdict = make("p", { class: "qa-verdict", "aria-live": "polite" });
  const margin = make("div", { class: "qa-mark" });
  const text = make("div", { class: "qa-text", role: "group", "aria-label": "the text, token by token: arrow keys move" });
  const token = make("p", { class: "qa-readout" });
  const strip = make("div", { class: "qa-strip", role: "group", "aria-label": "windows: arrow keys move, Enter looks" });
  const windows = make("div", {}, make("p", { class: "qa-hint" }), strip);
  const answers = make("div", { class: "qa-answers" });
  const grid = make("div");
  const span = make("p", { class: "qa-readout" });
  const fillText = targets(text, pointToken);
  const fillStrip = targets(strip, () => {});
  const fillGrid = targets(grid, pointSpan, () => painted.shown.columns.length);
  const asked = labelled("question", question);
  const switches = headSwitches({ model }, explorer);
  asked.classList.add("el-wide");
  explorer.body.append(
    asked,
    make("details", { open: !explorer.presenter }, make("summary", { text: "context" }), context),
    make("div", { class: "qa-place" }, make("div", { class: "qa-columns" },
      make("div", { class: "qa-read" },
        make("p", { class: "qa-hint" }, make("span", { text: "under each token: " }), make("i", { class: "qa-start" }), make("span", { text: " start (left, filled) and " }),
          make("i", { class: "qa-end" }), make("span", { text: " end (right, hollow), 0 to 1" })),
        text, token, windows),
      make("div", {},
        verdict, make("div", { class: "qa-scale" }, margin, threshold, chosen, make("div", { class: "qa-mark qa-ticks", "aria-hidden": "true" },
          ...[-EDGE, -EDGE / 2, 0, EDGE / 2, EDGE].map((at) => make("span", { text: `${at}`.replace("-", "−"), style: `--qa-at: ${place(at)}` }))))),
      answers,
      make("div", { class: "el-aside" }, labelled("longest answer", longest, shownLongest), grid, span))),
    switches.group,
  );
  explorer.show();

  function paint(seen, { typing }) {
    if (!typing) {
      for (const [box, name] of [[question, "question"], [context, "context"], [longest, "max_answer_len"]]) box.value = model.get(name);
      shownLongest.textContent = `${model.get("max_answer_len")} tokens`;
    }
    decide(seen);
    if (seen === painted) return;
    painted = seen;
    paintText(seen);
    paintStrip(seen);
    answers.replaceChildren(bars(`ranked answers: score (start × end), characters${seen.windows.length > 1 ? ", window" : ""}`, [
      ...seen.spans.map((one, rank) => ({ name: one.text, value: one.score, number: digits(one.score), marked: rank === 0,
        note: `${one.start}–${one.end}${seen.windows.length > 1 ? `, w ${one.window}` : ""}` })),
      { name: "(no answer)", value: seen.null_score, number: digits(seen.null_score), note: "null score" }]));
    paintGrid(seen);
    switches.show(seen.without);
    pointToken(undefined);
    pointSpan(undefined);
  }
  function decide({ null_margin, spans }) {
    const at = model.get("threshold");
    const answer = speaks(null_margin, at) && spans.length > 0;
    threshold.value = at;
    verdict.replaceChildren(make("strong", { text: answer ? `answers: ${spans[0].text}` : "no answer" }),
      make("span", { text: ` — null margin ${hundredths(null_margin)} is ${speaks(null_margin, at) ? "not " : ""}above the threshold ${hundredths(at)}` }));
    mark(margin, null_margin, "▼", `null margin ${hundredths(null_margin)}`);
    mark(chosen, at, "▲", `threshold ${hundredths(at)}`);
    text.classList.toggle("qa-silent", !answer);
  }
  function paintText({ shown, spans, windows: all, window: at, length }) {
    const one = (i) => make("span", {
      class: touches(shown.spans[i], spans[0]) ? "qa-token qa-best" : "qa-token", role: "img", "data-at": i,
      "aria-label": `${i ? named(shown.texts[i]) : "no answer"}: start ${digits(shown.start[i])}, end ${digits(shown.end[i])}`,
    }, make("span", { text: named(shown.texts[i]) }), make("span", { class: "qa-lane" },
      make("i", { class: "qa-start", style: `height: ${percent(shown.start[i])}%` }), make("i", { class: "qa-end", style: `height: ${percent(shown.end[i])}%` })));
    const children = words(shown).flatMap((word) => [shown.gaps[word[0]], make("span", { class: "qa-word" }, ...word.map(one)),
      word.some((i) => shown.texts[i].includes("\n")) ? "\n" : ""]);
    children.splice(3, 0, all[at][0] > 0 ? " … " : " ");
    if (all[at][1] < length && at < all.length - 1) children.push(" …");
    const first = shown.spans.findIndex((each) => touches(each, spans[0]));
    fillText(children, Math.max(0, first));
    const best = first < 0 ? undefined : text.querySelector(`[data-at="${first}"]`);
    text.scrollTop = best ? Math.max(0, best.offsetTop + 2 * best.offsetHeight - text.clientHeight) : 0;
  }
  function paintStrip({ windows: all, window: at, spans, length }) {
    windows.hidden = all.length === 1;
    windows.firstChild.textContent = `${all.length} windows; ▶ has the best answer; choose one to look at it`;
    fillStrip(all.map(([start, end, best, score], i) => make("button", {
      type: "button", "data-at": i, "aria-pressed": String(i === at), disabled: explorer.frozen, onclick: () => explorer.ask({ window: i }),
    }, make("span", { class: "qa-name", text: `${i === spans[0]?.window ? "▶ " : ""}window ${i}` }), make("span", { class: "qa-track" },
      make("span", { style: `left: ${percent(start / length)}%; width: ${percent((end - start) / length)}%` })),
    make("span", { class: "el-number", text: digits(score) }), make("span", { class: "qa-found", text: best }))), at);
  }
  function paintGrid({ shown: { rows, columns, grid: values, texts, positions }, shown, max_answer_len }) {
    const best = order(values.flat())[0];
    const head = (at, scope) => make("th", { scope, title: `position ${positions[at]}` }, make("span", { text: named(texts[at]) }));
    const cell = (row, column, at) => {
      const why = reason(row, column, max_answer_len);
      const value = values.flat()[at];
      const colours = why ? "" : `background: ${shade(value).fill}; color: ${shade(value).ink}`;
      return make("td", { "data-at": at, class: why ? "qa-none" : at === best ? "qa-chosen" : "", style: colours, text: why ? "" : short(value),
        "aria-label": why || `${spanText(shown, row, column)}: ${digits(value)}` });
    };
    const all = rows.length === texts.length - 1;
    fillGrid([make("table", { class: "qa-grid", role: "grid" },
      make("caption", { text: `row: start, column: end${all ? "" : `; the likeliest of ${texts.length - 1} tokens`}` }),
      make("thead", {}, make("tr", {}, make("td", {}), ...columns.map((at) => head(at, "col")))),
      make("tbody", {}, ...rows.map((row, r) => make("tr", {}, head(row, "row"), ...columns.map((column, c) => cell(row, column, r * columns.length + c))))))], best);
  }
  function pointToken(at) {
    const { positions, texts, start, end, start_logits, end_logits } = painted.shown;
    token.textContent = at === undefined ? "Point at a token, or move with the arrow keys: its numbers stand here."
      : `position ${positions[at]}, ${named(texts[at])}${at ? "" : " (no answer)"}: start ${digits(start[at])} (logit ${hundredths(start_logits[at])}), end ${digits(end[at])} (logit ${hundredths(end_logits[at])})`;
  }
  function pointSpan(at) {
    const { rows, columns, grid: values, start, end, positions } = painted.shown;
    const [row, column] = at === undefined ? [] : [rows[Math.floor(at / columns.length)], columns[at % columns.length]];
    const why = at === undefined ? "" : reason(row, column, painted.max_answer_len);
    span.textContent = at === undefined ? "Point at a cell, or move with the arrow keys: its span stands here."
      : why ? `positions ${positions[row]} to ${positions[column]}: no span, ${why}`
        : `${digits(values.flat()[at])} = ${digits(start[row])} × ${digits(end[column])}, positions ${positions[row]} to ${positions[column]}: ${spanText(painted.shown, row, column)}`;
    for (const each of text.querySelectorAll("[data-at]")) each.classList.toggle("qa-pointed", at !== undefined && !why && each.dataset.at >= row && each.dataset.at <= column);
  }
  return explorer.closed;
}
export default { render };
