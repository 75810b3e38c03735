/** The question-answering explorer's verdict: the null margin and the threshold on one scale, and what is answered. */

import { hundredths, make, worded } from "./explorer.js";
import { EDGE, place, sign, speaks } from "./answer_numbers.js";

/** Put a value on the scale of margins, its words on the side that has room. */
function mark(line, value, inside, text) {
  line.style.setProperty("--qa-at", place(value));
  line.replaceChildren(make("span", { text: sign(value, inside), "aria-hidden": "true" }), make("span", { text, class: place(value) < 0.5 ? "qa-after" : "qa-before" }));
}

/**
 * The verdict above a slider for the threshold; `put(threshold)` is told where it was put.
 *
 * Returns { verdict, scale, paint }: two elements, and `paint(answer, threshold)`, which says whether there is an answer.
 */
export function thresholdScale(put, phrases) {
  const verdict = make("p", { class: "qa-verdict", "aria-live": "polite" });
  const margin = make("div", { class: "qa-mark" });
  const slider = make("input", {
    type: "range", min: -EDGE, max: EDGE, step: 0.1, "aria-label": phrases.threshold, oninput: () => put(Number(slider.value)),
  });
  const chosen = make("div", { class: "qa-mark" });
  const ticks = [-EDGE, -EDGE / 2, 0, EDGE / 2, EDGE].map((at) => make("span", { text: `${at}`.replace("-", "−"), style: `--qa-at: ${place(at)}` }));
  const scale = make("div", { class: "qa-scale" }, margin, slider, chosen, make("div", { class: "qa-mark qa-ticks", "aria-hidden": "true" }, ...ticks));

  function paint({ null_margin, spans }, threshold) {
    const below = speaks(null_margin, threshold);
    const answers = below && spans.length > 0;
    slider.value = threshold;
    const at = { margin: hundredths(null_margin), threshold: hundredths(threshold) };
    verdict.replaceChildren(make("strong", { text: answers ? worded(phrases.answers, { text: spans[0].text }) : phrases.no_answer }),
      make("span", { text: worded(below ? phrases.not_above : phrases.above, at) }));
    mark(margin, null_margin, "▼", worded(phrases.margin_at, at));
    mark(chosen, threshold, "▲", worded(phrases.threshold_at, at));
    return answers;
  }
  return { verdict, scale, paint };
}
