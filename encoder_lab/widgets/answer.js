/** The question-answering explorer: start and end under each word, the grid of spans, windows, a threshold for silence. */

import { bars, digits, frame, labelled, make } from "./explorer.js";
import { answerText } from "./answer_text.js";
import { headSwitches } from "./head_switches.js";
import { spanGrid } from "./answer_grid.js";
import { thresholdScale } from "./answer_threshold.js";
import { windowStrips } from "./answer_windows.js";

/** What the two bars under a token stand for. */
const key = () => make("p", { class: "qa-hint" },
  make("span", { text: "under each token: " }), make("i", { class: "qa-start" }), make("span", { text: " start (left, filled) and " }),
  make("i", { class: "qa-end" }), make("span", { text: " end (right, hollow), 0 to 1" }));

/** The ranked answers and no answer, as bars. */
function rankedAnswers({ spans, windows, null_score }) {
  const many = windows.length > 1;
  const rows = spans.map(({ text, score, start, end, window }, rank) => (
    { name: text, value: score, number: digits(score), marked: rank === 0, note: `${start}–${end}${many ? `, w ${window}` : ""}` }));
  const none = { name: "(no answer)", value: null_score, number: digits(null_score), note: "null score" };
  return bars(`ranked answers: score (start × end), characters${many ? ", window" : ""}`, [...rows, none]);
}

function render({ model, el }) {
  let painted; // the answer that stands there; a new threshold leaves it alone
  const explorer = frame({ model, el }, paint, ["threshold"]);
  const { frozen } = explorer;
  const typed = () => explorer.ask({ question: question.value, context: context.value, window: -1 }, true);
  const question = make("input", { type: "text", spellcheck: "false", disabled: frozen, oninput: typed });
  const context = make("textarea", { rows: 2, "aria-label": "context", spellcheck: "false", disabled: frozen, oninput: typed });
  const shownLongest = make("span");
  const longest = make("input", {
    type: "range", min: 1, max: 30, step: 1, disabled: frozen,
    oninput: () => { shownLongest.textContent = `${longest.value} tokens`; explorer.ask({ max_answer_len: Number(longest.value) }, true); },
  });
  const threshold = thresholdScale((value) => explorer.look({ threshold: value }));
  const reading = answerText();
  const windows = windowStrips((window) => explorer.ask({ window }), frozen);
  const spans = spanGrid(reading.point);
  const answers = make("div", { class: "qa-answers" });
  const switches = headSwitches({ model }, explorer);
  const asked = labelled("question", question);
  asked.classList.add("el-wide");
  explorer.body.append(
    asked,
    make("details", { open: !explorer.presenter }, make("summary", { text: "context" }), context),
    make("div", { class: "qa-place" }, make("div", { class: "qa-columns" },
      make("div", { class: "qa-read" }, key(), reading.text, reading.readout, windows.element),
      make("div", {}, threshold.verdict, threshold.scale),
      answers,
      make("div", { class: "el-aside" }, labelled("longest answer", longest, shownLongest), spans.grid, spans.readout))),
    switches.group,
  );
  explorer.show();

  function paint(seen, { typing }) {
    if (!typing) {
      for (const [box, name] of [[question, "question"], [context, "context"], [longest, "max_answer_len"]]) box.value = model.get(name);
      shownLongest.textContent = `${model.get("max_answer_len")} tokens`;
    }
    reading.silence(!threshold.paint(seen, model.get("threshold")));
    if (seen === painted) return;
    painted = seen;
    for (const view of [reading, windows, spans]) view.paint(seen);
    answers.replaceChildren(rankedAnswers(seen));
    switches.show(seen.without);
  }
  return explorer.closed;
}
export default { render };
