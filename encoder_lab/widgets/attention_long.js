/** The attention explorer on a long text: block maxima stand for weights, and what is looked at is asked for bit by bit. */

import { bars, digits, make, worded } from "./explorer.js";
import { strongest, windowCells } from "./attention_numbers.js";

const EXACT = 256; // tokens a side of a window from which on its exact square is asked for
const KEPT = 64;   // exact rows that the page keeps
const ROWS = 6;

/** A head of a long text as it is shown: its cells, 0 to 1, each the strongest of `side` by `side` tokens. Pure. */
export function longHead(codes, { looks, looked_at, cells, side }, exact) {
  const count = (tokens) => tokens.map((_, at) => at);
  return { rows: count(looks), columns: count(looked_at), values: weightsOf(codes), cells, side, exact };
}

/** 16-bit numbers as weights, 0 to 1. Pure. */
export function weightsOf(codes) {
  return Float64Array.from(codes, (code) => code / 65535);
}

/** The cells of a window: of the exact square if that holds it, else of the block maxima; see `windowCells`. Pure. */
export function longCells({ values, cells, side }, square, down, across, [high, wide]) {
  if (square) {
    const inside = (window, { start }) => ({ start: window.start - start, size: window.size });
    const drawn = windowCells(square.values, square.across.size, inside(down, square.down), inside(across, square.across), 1);
    return { ...drawn, row: down.start, column: across.start };
  }
  const of = ({ start, size }) => ({ start: Math.floor(start / side), size: Math.ceil((start + size) / side) - Math.floor(start / side) });
  const [rows, columns] = [of(down), of(across)];
  const drawn = windowCells(values, cells[1], rows, columns, Math.max(1, Math.ceil(rows.size / high), Math.ceil(columns.size / wide)));
  return { ...drawn, block: drawn.block * side, row: rows.start * side, column: columns.start * side };
}

/** The table of a whole head's strongest squares. */
export function strongestSquares({ block, shown: { values, cells, side, exact }, precision }, phrases) {
  return bars(worded(phrases.strongest_squares, { side }), strongest(values, ROWS).map((at) => {
    const [from, to] = [Math.floor(at / cells[1]), at % cells[1]];
    const name = `${block.looks[from * side]} … → ${block.looked_at[to * side]} …`;
    return { name, value: values[at], number: digits(values[at], precision), note: `${from * side} → ${to * side}` };
  }));
}

/**
 * Asks Python for what is looked at, one thing at a time: first the exact row of the token pointed at, then the exact
 * square of a window that is small enough, then some more rows for the block maxima, until all are in or it is stopped.
 * `changed(what)` is called when something came: "row", "square" or "maxima".
 */
export function bitByBit(model, explorer, changed) {
  const { phrases } = explorer;
  const count = model.get("blocks")[0].looks.length;
  const rows = new Map(); // "layer head row" -> weights
  let square;             // { layer, head, down, across, values }
  let shown = {};         // the answer: { layer, exact, done, … }
  let at = {};            // { layer, head } on view
  let wanted = {};        // { row, down, across }
  let asking = false;
  let stopped = false;

  const bar = make("progress", { max: count, value: 0, "aria-label": phrases.maxima_progress });
  const told = make("span", { role: "status" });
  const button = make("button", { type: "button", onclick: () => { stopped = !stopped; tell(); next(); } });
  const element = make("div", { class: "el-row at-progress" }, bar, told, button);

  const rowKey = (row) => `${at.layer} ${at.head} ${row}`;
  const within = (window, { start, size }) => window.start >= start && window.start + window.size <= start + size;
  const squareOf = (down, across) => square && square.layer === at.layer && square.head === at.head
    && within(down, square.down) && within(across, square.across) ? square : undefined;
  const behind = () => shown.layer !== at.layer; // the layer on view is being worked out

  function question() {
    const { row, down, across } = wanted;
    if (row !== undefined && !rows.has(rowKey(row))) return { want: "row", row };
    if (down && down.size <= EXACT && across.size <= EXACT && !squareOf(down, across)) return { want: "square", down: middle(down), across: middle(across) };
    return shown.exact || stopped ? undefined : { want: "maxima" };
  }
  const middle = ({ start, size }) => Math.round(start - (EXACT - size) / 2);
  function next() {
    if (explorer.frozen || asking || behind() || model.get("answered") < model.get("asked")) return;
    const what = question();
    if (!what) return;
    asking = true;
    model.send({ ...what, layer: at.layer, head: at.head });
  }
  function heard(words, buffer) {
    asking = false;
    if (words.want === "maxima" && words.layer === shown.layer) Object.assign(shown, { done: words.done, exact: words.exact });
    const values = buffer && weightsOf(new Uint16Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength)));
    if (words.want === "row") {
      rows.set(`${words.layer} ${words.head} ${words.row}`, values);
      if (rows.size > KEPT) rows.delete(rows.keys().next().value);
    }
    const window = ([start, size]) => ({ start, size });
    if (words.want === "square") square = { layer: words.layer, head: words.head, values, down: window(words.down), across: window(words.across) };
    tell();
    changed(words.want);
    next();
  }
  function answered(answer) {
    if (answer.layer !== shown.layer) stopped = false;
    shown = { ...answer };
    tell();
  }
  function tell() {
    bar.value = shown.done;
    element.hidden = Boolean(shown.exact) || explorer.frozen;
    told.textContent = worded(stopped ? phrases.maxima_stopped : phrases.maxima_working, { done: shown.done, count, step: shown.step });
    button.textContent = stopped ? phrases.maxima_go_on : phrases.maxima_stop;
  }
  function look({ layer, head }, { row }) {
    at = { layer, head };
    wanted.row = row;
    next();
  }
  function zoom(down, across) {
    Object.assign(wanted, { down, across });
    next();
  }
  /** What the map shows: the exact weights of a small window, or block maxima, of which rows. */
  function said() {
    const of = { side: model.get("blocks")[0].side, step: shown.step };
    const map = wanted.down && squareOf(wanted.down, wanted.across) ? phrases.square_exact : shown.exact ? phrases.maxima_exact : phrases.maxima_sampled;
    return `${worded(map, of)} ${worded(phrases.long_text, { step: shown.thumbnail_step })}`;
  }
  return {
    element, heard, answered, look, zoom, said, square: squareOf,
    row: (row) => row === undefined ? undefined : rows.get(rowKey(row)),
    busy: () => asking || question() !== undefined,
  };
}
