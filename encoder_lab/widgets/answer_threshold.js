/** The question-answering explorer's verdict: the null margin and the threshold on one scale, and what is answered. */

import { hundredths, make } from "./explorer.js";
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
export function thresholdScale(put) {
  const verdict = make("p", { class: "qa-verdict", "aria-live": "polite" });
  const margin = make("div", { class: "qa-mark" });
  const slider = make("input", {
    type: "range", min: -EDGE, max: EDGE, step: 0.1, "aria-label": "threshold for no answer", oninput: () => put(Number(slider.value)),
  });
  const chosen = make("div", { class: "qa-mark" });
  const ticks = [-EDGE, -EDGE / 2, 0, EDGE / 2, EDGE].map((at) => make("span", { text: `${at}`.replace("-", "−"), style: `--qa-at: ${place(at)}` }));
  const scale = make("div", { class: "qa-scale" }, margin, slider, chosen, make("div", { class: "qa-mark qa-ticks", "aria-hidden": "true" }, ...ticks));

  function paint({ null_margin, spans }, threshold) {
    const below = speaks(null_margin, threshold);
    const answers = below && spans.length > 0;
    slider.value = threshold;
    verdict.replaceChildren(make("strong", { text: answers ? `answers: ${spans[0].text}` : "no answer" }),
      make("span", { text: ` — null margin ${hundredths(null_margin)} is ${below ? "not " : ""}above the threshold ${hundredths(threshold)}` }));
    mark(margin, null_margin, "▼", `null margin ${hundredths(null_margin)}`);
    mark(chosen, threshold, "▲", `threshold ${hundredths(threshold)}`);
    return answers;
  }
  return { verdict, scale, paint };
}
