/** The attention explorer's readout: what the token pointed at sees and who sees it, in tables and in one sentence. */

import { bars, digits, worded } from "./explorer.js";
import { columnOf, rowOf, strongest } from "./attention_numbers.js";
import { strongestSquares } from "./attention_long.js";

const BARS = 6;

/** The table of the largest values, each with the token it belongs to. */
function strongestTokens(caption, values, positions, tokens, { precision, phrases }) {
  return bars(caption, strongest(values, BARS).map((at) => (
    { name: tokens[positions[at]], value: values[at], number: digits(values[at], precision), note: worded(phrases.position, { position: positions[at] }) })));
}

/** The table of a whole head's largest weights. */
function strongestPairs({ block, shown: { rows, columns, values }, precision }, phrases) {
  return bars(phrases.strongest, strongest(values, BARS).map((at) => {
    const [from, to] = [rows[Math.floor(at / columns.length)], columns[at % columns.length]];
    return { name: `${block.looks[from]} → ${block.looked_at[to]}`, value: values[at], number: digits(values[at], precision), note: `${from} → ${to}` };
  }));
}

/** What a row's sum says where not every token is shown; nothing where it is always 1. */
function shareShown(row, { shown, pairs, special }, at, phrases) {
  if (pairs === "all" && !special) return "";
  const share = digits(row.reduce((sum, value) => sum + value, 0));
  if (!special) return worded(phrases.share_shown, { share });
  return worded(phrases.share_special, { share, special: digits(shown.hidden[shown.rows.indexOf(at)]) });
}

/**
 * Tables for the tokens at `cursor` {row, column}: where the one looks and who looks at the other; without a cursor, the
 * head's strongest weights. `head` is { block, shown, precision, pairs, special }.
 */
export function tables(head, cursor, phrases) {
  const { block, shown } = head;
  const written = { precision: head.precision, phrases };
  const [row, column] = [rowOf(shown, cursor.row), columnOf(shown, cursor.column)];
  if (!row && !column) return [shown.exact ? strongestSquares(head, phrases) : strongestPairs(head, phrases)];
  const found = [];
  if (row) {
    const caption = worded(phrases.where_looks, {
      token: block.looks[cursor.row], position: cursor.row, share: shareShown(row, head, cursor.row, phrases),
    });
    found.push(strongestTokens(caption, row, shown.columns, block.looked_at, written));
  }
  if (column) {
    const caption = worded(phrases.who_looks, { token: block.looked_at[cursor.column], position: cursor.column });
    found.push(strongestTokens(caption, column, shown.rows, block.looks, written));
  }
  return found;
}

/** The same in one sentence; on a map (`cell`) a row and a column are one cell, in the lists one token may be both. Pure. */
export function sentence({ block: { looks, looked_at: lookedAt }, shown, precision }, cursor, cell, phrases) {
  const [row, column] = [rowOf(shown, cursor.row), columnOf(shown, cursor.column)];
  const token = (tokens, at) => worded(phrases.token, { token: tokens[at], position: at });
  const most = (values, positions, tokens) => {
    const [at] = strongest(values, 1);
    if (at === undefined) return phrases.nothing_shown;
    return worded(phrases.token_weight, { token: token(tokens, positions[at]), weight: digits(values[at], precision) });
  };
  const single = row && (column || shown.exact) && cursor.column !== undefined;
  if (single && (cell || cursor.row !== cursor.column)) {
    const weight = digits(row[shown.columns.indexOf(cursor.column)], precision);
    return worded(phrases.looks_at, { token: token(looks, cursor.row), other: token(lookedAt, cursor.column), weight });
  }
  const parts = [];
  if (row) parts.push(worded(phrases.looks_most, { token: token(looks, cursor.row), most: most(row, shown.columns, lookedAt) }));
  if (column) parts.push(worded(phrases.looked_at_most, { token: token(lookedAt, cursor.column), most: most(column, shown.rows, looks) }));
  return parts.join(" ") || phrases.point_at_token;
}
