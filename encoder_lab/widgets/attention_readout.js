/** The attention explorer's readout: what the token pointed at sees and who sees it, in tables and in one sentence. */

import { bars, digits } from "./explorer.js";
import { columnOf, rowOf, strongest } from "./attention_numbers.js";

const BARS = 6;

/** The table of the largest values, each with the token it belongs to. */
function strongestTokens(caption, values, positions, tokens, precision) {
  return bars(caption, strongest(values, BARS).map((at) => (
    { name: tokens[positions[at]], value: values[at], number: digits(values[at], precision), note: `position ${positions[at]}` })));
}

/** The table of a whole head's largest weights. */
function strongestPairs({ block, shown: { rows, columns, values }, precision }) {
  return bars("the strongest weights of this head", strongest(values, BARS).map((at) => {
    const [from, to] = [rows[Math.floor(at / columns.length)], columns[at % columns.length]];
    return { name: `${block.looks[from]} → ${block.looked_at[to]}`, value: values[at], number: digits(values[at], precision), note: `${from} → ${to}` };
  }));
}

/** What a row's sum says where not every token is shown; nothing where it is always 1. */
function shareShown(row, { shown, pairs, special }, at) {
  if (pairs === "all" && !special) return "";
  const share = `: ${digits(row.reduce((sum, value) => sum + value, 0))} of its weight is shown`;
  return special ? `${share}; before the division ${digits(shown.hidden[shown.rows.indexOf(at)])} went to special tokens` : share;
}

/**
 * Tables for the tokens at `cursor` {row, column}: where the one looks and who looks at the other; without a cursor, the
 * head's strongest weights. `head` is { block, shown, precision, pairs, special }.
 */
export function tables(head, cursor) {
  const { block, shown, precision } = head;
  const [row, column] = [rowOf(shown, cursor.row), columnOf(shown, cursor.column)];
  if (!row && !column) return [strongestPairs(head)];
  const found = [];
  if (row) {
    const caption = `where “${block.looks[cursor.row]}” (position ${cursor.row}) looks${shareShown(row, head, cursor.row)}`;
    found.push(strongestTokens(caption, row, shown.columns, block.looked_at, precision));
  }
  if (column) {
    const caption = `who looks at “${block.looked_at[cursor.column]}” (position ${cursor.column})`;
    found.push(strongestTokens(caption, column, shown.rows, block.looks, precision));
  }
  return found;
}

/** The same in one sentence; on a map (`cell`) a row and a column are one cell, in the lists one token may be both. Pure. */
export function sentence({ block: { looks, looked_at: lookedAt }, shown, precision }, cursor, cell) {
  const [row, column] = [rowOf(shown, cursor.row), columnOf(shown, cursor.column)];
  const token = (tokens, at) => `“${tokens[at]}” (${at})`;
  const most = (values, positions, tokens) => {
    const [at] = strongest(values, 1);
    return at === undefined ? "nothing that is shown" : `${token(tokens, positions[at])}: ${digits(values[at], precision)}`;
  };
  if (row && column && (cell || cursor.row !== cursor.column)) {
    const weight = digits(row[shown.columns.indexOf(cursor.column)], precision);
    return `${token(looks, cursor.row)} looks at ${token(lookedAt, cursor.column)}: ${weight}.`;
  }
  const parts = [];
  if (row) parts.push(`${token(looks, cursor.row)} looks most at ${most(row, shown.columns, lookedAt)}.`);
  if (column) parts.push(`${token(lookedAt, cursor.column)} is looked at most by ${most(column, shown.rows, looks)}.`);
  return parts.join(" ") || "Point at a token, or reach one with Tab and the arrow keys; a click holds it.";
}
