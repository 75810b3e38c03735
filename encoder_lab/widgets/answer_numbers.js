/** The question-answering explorer's arithmetic: margins on their scale, spans of tokens, tokens as words. */

import { digits, worded } from "./explorer.js";

export const EDGE = 20; // the scale of null margins runs from -20 to 20

/** Whether a margin lets the model answer; above the threshold it stays silent. Pure. */
export function speaks(margin, threshold) {
  return margin <= threshold;
}

/** Where a margin stands on the scale, 0 to 1; what lies beyond stands at its edge. Pure. */
export function place(margin) {
  return Math.min(1, Math.max(0, (margin + EDGE) / (2 * EDGE)));
}

/** The sign of a value on the scale: it points at its place, or beyond the edge. Pure. */
export function sign(value, inside) {
  return value < -EDGE ? "◀" : value > EDGE ? "▶" : inside;
}

/** The text from one token to another, as it stands in the context. Pure. */
export function spanText({ texts, gaps }, first, last) {
  let text = texts[first];
  for (let at = first + 1; at <= last; at++) text += gaps[at] + texts[at];
  return text;
}

/** Why a start and an end make no span, or "" if they make one. Pure. */
export function reason(start, end, longest, phrases) {
  if (end < start) return phrases.end_before_start;
  const length = end - start + 1;
  return length > longest ? worded(phrases.too_long, { length, longest }) : "";
}

const ALONE = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}]/u; // scripts that set no gap between words

/**
 * The tokens as words: lists of places. One that follows another without a gap or a line break belongs to its word,
 * unless its script sets no gaps. Pure.
 */
export function words({ texts, gaps }) {
  const found = [];
  gaps.forEach((gap, at) => {
    if (gap || at <= 1 || (texts[at - 1] + texts[at]).includes("\n") || ALONE.test(texts[at])) found.push([at]);
    else found.at(-1).push(at);
  });
  return found;
}

/** The sum of the values at some places. Pure. */
export function sum(values, places) {
  return places.reduce((total, at) => total + values[at], 0);
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
