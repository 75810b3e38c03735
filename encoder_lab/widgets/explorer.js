/** What all explorers are made of: elements that hold text, bars, numbers as they are written. */

const LONG = 18; // letters from which a name beside a bar may take several lines

/** Make an element. Text goes in through textContent only: it is whatever somebody typed. */
export function make(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A control under its label; the label is the control's name for screen readers too. */
export function labelled(words, control, aside = "") {
  return make("label", { class: "el-label" }, make("span", { text: words }), make("span", { class: "el-control" }, control, aside));
}

/** A few answers that exclude one another, as radio buttons; `chosen` gets the value. Returns the group and a way to set it. */
export function choice(words, options, chosen) {
  const radios = options.map(([value]) => make("input", { type: "radio", name: "choice", value, onchange: () => chosen(value) }));
  const group = make("form", { class: "el-choice", onsubmit: (event) => event.preventDefault() }, // a form of its own: other groups stay apart
    make("fieldset", {}, make("legend", { text: words }),
      ...options.map(([, name], i) => make("label", {}, radios[i], make("span", { text: name })))));
  return { group, set: (value) => { for (const radio of radios) radio.checked = radio.value === value; } };
}

/** A phrase with its {placeholders} filled in. Pure. */
export function worded(phrase, values) {
  return phrase.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A value with a fixed number of digits, for numbers that stand under each other. */
export function digits(value, count = 3) {
  return Number(value).toFixed(count);
}

/** A logit: two digits, a true minus. Pure. */
export function hundredths(value) {
  return digits(value, 2).replace("-", "−");
}

/** A difference with its sign, a true minus; what rounds to nothing has none. Pure. */
export function signed(value, count = 2) {
  const written = digits(Math.abs(value), count);
  return Number(written) === 0 ? written : (value > 0 ? "+" : "−") + written;
}

/** The first few of what is ranked, in words: [name, value] each. Pure. */
export function listed(ranked) {
  return ranked.slice(0, 3).map(([name, value]) => `${name} ${digits(value)}`).join(", ");
}

/** The places of the values, largest first; of equals the earlier one. Pure. */
export function order(values) {
  return values.map((_, i) => i).sort((one, other) => values[other] - values[one] || one - other);
}

/** Which place of a grid a key leads to: arrows step, Home and End go to the row's ends; undefined for any other key. Pure. */
export function neighbour(key, [row, column], [rows, columns]) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -columns], End: [0, columns] }[key];
  if (!step) return undefined;
  const within = (value, count) => Math.min(count - 1, Math.max(0, value));
  return [within(row + step[0], rows), within(column + step[1], columns)];
}

/** A share of 1 as a percentage for a bar's width: pure, kept within 0 and 100. */
export function percent(value) {
  return Math.round(1000 * Math.min(1, Math.max(0, value))) / 10;
}

/** One shade of the colour-blind-safe map (white to dark blue) and an ink that can be read on it: value 0 to 1. */
export function shade(value) {
  const at = Math.min(1, Math.max(0, value));
  const stops = [[247, 251, 255], [198, 219, 239], [107, 174, 214], [33, 113, 181], [8, 48, 107]];
  const place = at * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const mixed = stops[low].map((from, i) => Math.round(from + (place - low) * (stops[low + 1][i] - from)));
  return { fill: `rgb(${mixed.join(", ")})`, ink: at < 0.71 ? "#000000" : "#ffffff" };
}

const strips = (values) => values.map((value) => make("span", { class: "el-fill", style: `width: ${percent(value)}%` }));

/** A cell with a bar, or some under each other: shares of 1. Their numbers stand beside them. */
export function bar(...values) {
  return make("td", { class: "el-bar" }, ...strips(values));
}

/** The cell that names a row of bars; where the page is narrow, the bars stand in it, below the name. */
export function rowName(text, ...values) {
  return make("th", { scope: "row", class: text.length > LONG ? "el-long" : "" },
    make("span", { text }), make("span", { class: "el-bar el-under", "aria-hidden": "true" }, ...strips(values)));
}

/** A table of bars: rows of {name, value (0 to 1), number (text), note}. Numbers stand beside the bars, never colour alone. */
export function bars(caption, rows) {
  const table = make("table", { class: "el-bars" }, make("caption", { text: caption }));
  const noted = rows.some(({ note }) => note);
  table.append(make("tbody", {}, ...rows.map(({ name, value, number, note = "", marked = false }) =>
    make("tr", marked ? { class: "el-marked" } : {},
      rowName(name, value),
      make("td", { class: "el-number", text: number }),
      ...(noted ? [make("td", { class: note.length > LONG ? "el-note el-long" : "el-note", text: note })] : []),
      bar(value)))));
  return table;
}
