/** The question-answering explorer's text: under each token its start and its end, and one line of numbers below. */

import { digits, hundredths, make, percent, worded } from "./explorer.js";
import { named, touches, words } from "./answer_numbers.js";
import { targets } from "./targets.js";

/**
 * The window that is looked at, token by token.
 *
 * Returns { text, readout, paint, silence, point }: the two elements, `paint(answer)`, `silence(true)` while nothing is
 * answered, and `point(first, last)`, which marks the tokens of a span that is pointed at elsewhere, or none.
 */
export function answerText(phrases) {
  const text = make("div", { class: "qa-text", role: "group", "aria-label": phrases.text });
  const readout = make("p", { class: "qa-readout" });
  const fill = targets(text, say);
  let shown; // the window's tokens and their numbers

  function paint({ shown: tokens, spans, windows, window: at, length }) {
    shown = tokens;
    const best = shown.spans.map((span) => touches(span, spans[0]));
    const children = words(shown).flatMap((word) => [shown.gaps[word[0]], drawWord(word, best), endsLine(word) ? "\n" : ""]);
    children.splice(3, 0, windows[at][0] > 0 ? " … " : " "); // after the token that stands for no answer
    if (windows[at][1] < length && at < windows.length - 1) children.push(" …");
    const first = best.indexOf(true);
    fill(children, Math.max(0, first));
    scrollTo(text.querySelector(`[data-at="${first}"]`));
    say(undefined);
  }
  const endsLine = (word) => word.some((i) => shown.texts[i].includes("\n"));
  const drawWord = (word, best) => make("span", { class: "qa-word" }, ...word.map((i) => drawToken(i, best[i])));
  function drawToken(i, best) {
    const lane = ["start", "end"].map((which) => make("i", { class: `qa-${which}`, style: `height: ${percent(shown[which][i])}%` }));
    return make("span", {
      class: best ? "qa-token qa-best" : "qa-token", role: "img", "data-at": i,
      "aria-label": worded(phrases.token, {
        token: i ? named(shown.texts[i]) : phrases.no_answer, start: digits(shown.start[i]), end: digits(shown.end[i]),
      }),
    }, make("span", { text: named(shown.texts[i]) }), make("span", { class: "qa-lane" }, ...lane));
  }
  function scrollTo(best) {
    text.scrollTop = best ? Math.max(0, best.offsetTop + 2 * best.offsetHeight - text.clientHeight) : 0;
  }
  function say(at) {
    if (at === undefined) {
      readout.textContent = phrases.point_at_token;
      return;
    }
    readout.textContent = worded(at ? phrases.token_numbers : phrases.first_token_numbers, {
      position: shown.positions[at], token: named(shown.texts[at]),
      start: digits(shown.start[at]), start_logit: hundredths(shown.start_logits[at]),
      end: digits(shown.end[at]), end_logit: hundredths(shown.end_logits[at]),
    });
  }
  function point(first, last) {
    for (const token of text.querySelectorAll("[data-at]"))
      token.classList.toggle("qa-pointed", token.dataset.at >= first && token.dataset.at <= last);
  }
  return { text, readout, paint, point, silence: (silent) => text.classList.toggle("qa-silent", silent) };
}
