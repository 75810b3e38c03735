/** The question-answering explorer's text in whole words: over each a band for its start and one for its end. */

import { digits, hundredths, make, worded } from "./explorer.js";
import { named, sum, touches, words } from "./answer_numbers.js";
import { targets } from "./targets.js";

const LEAST = 0.01; // probability under which there is no band

/**
 * The window that is looked at, word by word.
 *
 * Returns { text, readout, paint, silence, point }: the two elements, `paint(answer)`, `silence(true)` while nothing is
 * answered, and `point(first, last)`, which marks the words of a span of tokens that is pointed at elsewhere, or none.
 */
export function answerText(phrases) {
  const text = make("div", { class: "qa-text", role: "group", "aria-label": phrases.text });
  const readout = make("p", { class: "qa-readout" });
  const fill = targets(text, say);
  let shown; // the window's tokens and their numbers
  let found; // its words: lists of tokens

  function paint({ shown: tokens, spans, windows, window: at, length }) {
    shown = tokens;
    found = words(shown);
    const best = found.map((word) => word.some((i) => touches(shown.spans[i], spans[0])));
    const children = found.flatMap((word, i) => [shown.gaps[word[0]], drawWord(word, i, best[i]), endsLine(word) ? "\n" : ""]);
    children.splice(3, 0, windows[at][0] > 0 ? " … " : " "); // after the token that stands for no answer
    if (windows[at][1] < length && at < windows.length - 1) children.push(" …");
    const first = best.indexOf(true);
    fill(children, Math.max(0, first));
    scrollTo(text.querySelector(`[data-at="${first}"]`));
    say(undefined);
  }
  const endsLine = (word) => word.some((i) => shown.texts[i].includes("\n"));
  const written = (word) => word.map((i) => named(shown.texts[i])).join("");
  function drawWord(word, at, best) {
    const [start, end] = ["start", "end"].map((which) => sum(shown[which], word));
    const band = (which, value) => make("i", { class: `qa-${which} el-fill${value < LEAST ? " qa-nothing" : ""}`, style: `--qa-share: ${digits(value)}` });
    return make("span", {
      class: best ? "qa-word qa-best" : "qa-word", role: "img", "data-at": at,
      "aria-label": worded(phrases.token, { token: at ? written(word) : phrases.no_answer, start: digits(start), end: digits(end) }),
    }, band("start", start), band("end", end), make("span", { text: written(word) }));
  }
  function scrollTo(best) {
    text.scrollTop = best ? Math.max(0, best.offsetTop + 2 * best.offsetHeight - text.clientHeight) : 0;
  }
  function numbers(at) {
    return worded(at ? phrases.token_numbers : phrases.first_token_numbers, {
      position: shown.positions[at], token: named(shown.texts[at]),
      start: digits(shown.start[at]), start_logit: hundredths(shown.start_logits[at]),
      end: digits(shown.end[at]), end_logit: hundredths(shown.end_logits[at]),
    });
  }
  function say(at) {
    const word = found[at];
    if (!word) readout.textContent = phrases.point_at_word;
    else if (word.length === 1) readout.textContent = numbers(word[0]);
    else readout.textContent = worded(phrases.word_numbers, {
      word: written(word), start: digits(sum(shown.start, word)), end: digits(sum(shown.end, word)), tokens: word.map(numbers).join("; "),
    });
  }
  function point(first, last) {
    text.querySelectorAll("[data-at]").forEach((word, at) =>
      word.classList.toggle("qa-pointed", found[at].at(-1) >= first && found[at][0] <= last));
  }
  return { text, readout, paint, point, silence: (silent) => text.classList.toggle("qa-silent", silent) };
}
