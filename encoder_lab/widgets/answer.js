/** The question-answering explorer: start and end over each word, the spans they make, windows, a threshold for silence. */

import { bars, digits, labelled, make, worded } from "./explorer.js";
import { frame } from "./frame.js";
import { answerText } from "./answer_text.js";
import { headSwitches } from "./head_switches.js";
import { spanGrid } from "./answer_grid.js";
import { thresholdScale } from "./answer_threshold.js";
import { windowStrips } from "./answer_windows.js";

const FEW = 3; // answers a projector shows

/** What the two bands over a word stand for. */
const key = (phrases) => make("p", { class: "qa-hint" },
  make("i", { class: "qa-start el-fill" }), make("span", { text: phrases.key_start }),
  make("i", { class: "qa-end el-fill" }), make("span", { text: phrases.key_end }));

/** The ranked answers and no answer, as bars. */
function rankedAnswers({ spans, windows, null_score }, { phrases, presenter }) {
  const many = windows.length > 1;
  const rows = spans.slice(0, presenter ? FEW : spans.length).map(({ text, pointed, score, start, end, window }, rank) => ({
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
  const also = () => ({ window: -1 });
  const { element: question } = explorer.box("question", { also });
  const { element: context } = explorer.box("context", { rows: 4, also, "aria-label": phrases.context });
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
    make("details", { class: "qa-context" }, make("summary", { text: phrases.change_context }), context),
    make("div", { class: "qa-columns" },
      make("div", { class: "qa-read" }, key(phrases), reading.text, reading.readout, windows.element),
      make("div", { class: "qa-decide" }, threshold.scale, threshold.verdict, answers)),
    make("details", { class: "qa-spans el-aside" }, make("summary", { text: phrases.grid_button }),
      labelled(phrases.longest, longest, shownLongest), spans.grid, spans.readout),
    switches.group,
  );
  explorer.show();

  function paint(seen, { typing }) {
    if (!typing) {
      longest.value = model.get("max_answer_len");
      showLongest(model.get("max_answer_len"));
    }
    const { answers: speaking, outcome } = threshold.paint(seen, model.get("threshold"));
    reading.silence(!speaking);
    if (seen !== painted) {
      painted = seen;
      for (const view of [reading, windows, spans]) view.paint(seen);
      answers.replaceChildren(rankedAnswers(seen, explorer));
      switches.show(seen.without);
    }
    return outcome;
  }
  return explorer.closed;
}
export default { render };
