/** The question-answering explorer's verdict: null margin and threshold on one line, and on it what is answered. */

import { hundredths, make, worded } from "./explorer.js";
import { EDGE, place, sign, speaks } from "./answer_numbers.js";

/** Put a value on the line, its words on the side that has room. */
function mark(row, value, inside, ...words) {
  row.style.setProperty("--qa-at", place(value));
  row.replaceChildren(make("span", { text: sign(value, inside), "aria-hidden": "true" }),
    make("span", { class: place(value) < 0.5 ? "qa-after" : "qa-before" }, ...words));
}

/**
 * A slider for the threshold; above it the null margin with what is answered. `put(threshold)` is told where it was put.
 *
 * Returns { scale, verdict, paint }: two elements, and `paint(answer, threshold)`, which gives { answers, outcome }.
 */
export function thresholdScale(put, phrases) {
  const margin = make("div", { class: "qa-mark qa-margin" });
  const slider = make("input", {
    type: "range", min: -EDGE, max: EDGE, step: 0.1, "aria-label": phrases.threshold, class: "el-fill", oninput: () => put(Number(slider.value)),
  });
  const chosen = make("div", { class: "qa-mark" });
  const edge = (value) => make("span", { class: "qa-edge", text: `${value}`.replace("-", "−"), "aria-hidden": "true" });
  const scale = make("div", { class: "qa-scale" }, margin, edge(-EDGE), slider, edge(EDGE), chosen);
  const verdict = make("p", { class: "qa-verdict" });

  function paint({ null_margin, spans }, threshold) {
    const below = speaks(null_margin, threshold);
    const answers = below && spans.length > 0;
    const at = { margin: hundredths(null_margin), threshold: hundredths(threshold) };
    const said = answers ? worded(phrases.answers, { text: spans[0].text }) : phrases.no_answer;
    const why = worded(below ? phrases.not_above : phrases.above, at);
    slider.value = threshold;
    slider.setAttribute("aria-valuetext", `${at.threshold}: ${said}`);
    mark(margin, null_margin, "▼", make("strong", { text: answers ? spans[0].text : phrases.no_answer }));
    mark(chosen, threshold, "▲", worded(phrases.threshold_at, at));
    verdict.textContent = why;
    return { answers, outcome: `${said}: ${why}` };
  }
  return { scale, verdict, paint };
}
