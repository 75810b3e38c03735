/** The question-answering explorer: start and end under each word, the grid of spans, windows, a threshold for silence. */

import { bars, digits, frame, labelled, make, worded } from "./explorer.js";
import { answerText } from "./answer_text.js";
import { headSwitches } from "./head_switches.js";
import { spanGrid } from "./answer_grid.js";
import { thresholdScale } from "./answer_threshold.js";
import { windowStrips } from "./answer_windows.js";

/** What the two bars under a token stand for. */
const key = (phrases) => make("p", { class: "qa-hint" },
  make("span", { text: phrases.key }), make("i", { class: "qa-start" }), make("span", { text: phrases.key_start }),
  make("i", { class: "qa-end" }), make("span", { text: phrases.key_end }));

/** The ranked answers and no answer, as bars. */
function rankedAnswers({ spans, windows, null_score }, phrases) {
  const many = windows.length > 1;
  const rows = spans.map(({ text, pointed, score, start, end, window }, rank) => ({
    name: text, value: score, number: digits(score), marked: rank === 0,
    note: `${start}–${end}${pointed === text ? "" : worded(phrases.pointed_at, { pointed })}${many ? worded(phrases.in_window, { window }) : ""}`,
  }));
  const none = { name: phrases.no_answer_row, value: null_score, number: digits(null_score), note: phrases.null_score };
  return bars(many ? phrases.ranked_in_windows : phrases.ranked, [...rows, none]);
}

function render({ model, el }) {
  let painted; // the answer that stands there; a new threshold leaves it alone
  const explorer = frame({ model, el }, paint, ["threshold"]);
  const { frozen, phrases } = explorer;
  const typed = () => explorer.ask({ question: question.value, context: context.value, window: -1 }, true);
  const question = make("input", { type: "text", spellcheck: "false", disabled: frozen, oninput: typed });
  const context = make("textarea", { rows: 2, "aria-label": phrases.context, spellcheck: "false", disabled: frozen, oninput: typed });
  const shownLongest = make("span");
  const showLongest = (count) => { shownLongest.textContent = worded(phrases.tokens, { count }); };
  const longest = make("input", {
    type: "range", min: 1, max: 30, step: 1, disabled: frozen,
    oninput: () => { showLongest(longest.value); explorer.ask({ max_answer_len: Number(longest.value) }, true); },
  });
  const threshold = thresholdScale((value) => explorer.look({ threshold: value }), phrases);
  const reading = answerText(phrases);
  const windows = windowStrips((window) => explorer.ask({ window }), explorer);
  const spans = spanGrid(reading.point, phrases);
  const answers = make("div", { class: "qa-answers" });
  const switches = headSwitches({ model }, explorer);
  const asked = labelled(phrases.question, question);
  asked.classList.add("el-wide");
  explorer.body.append(
    asked,
    make("details", { open: !explorer.presenter }, make("summary", { text: phrases.context }), context),
    make("div", { class: "qa-place" }, make("div", { class: "qa-columns" },
      make("div", { class: "qa-read" }, key(phrases), reading.text, reading.readout, windows.element),
      make("div", {}, threshold.verdict, threshold.scale),
      answers,
      make("div", { class: "el-aside" }, labelled(phrases.longest, longest, shownLongest), spans.grid, spans.readout))),
    switches.group,
  );
  explorer.show();

  function paint(seen, { typing }) {
    if (!typing) {
      for (const [box, name] of [[question, "question"], [context, "context"], [longest, "max_answer_len"]]) box.value = model.get(name);
      showLongest(model.get("max_answer_len"));
    }
    reading.silence(!threshold.paint(seen, model.get("threshold")));
    if (seen === painted) return;
    painted = seen;
    for (const view of [reading, windows, spans]) view.paint(seen);
    answers.replaceChildren(rankedAnswers(seen, phrases));
    switches.show(seen.without);
  }
  return explorer.closed;
}
export default { render };
