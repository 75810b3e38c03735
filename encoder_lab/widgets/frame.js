/** The frame of every explorer: its title, what is going on, its notes; it asks Python, and says each outcome once. */

import { make } from "./explorer.js";
import { keepTyping, textBox } from "./typing.js";
import { watchWaiting } from "./waiting.js";

const QUIET = 120; // milliseconds without a keystroke after which what was typed is asked

/**
 * The frame of an explorer: a section with its title, a body, one line that says what is going on, one for problems.
 * `paint(answer, { typing })` is called with each new answer, oldest first, and returns the outcome in one sentence,
 * which a screen reader hears once, when nothing more is under way. A closed view leaves nothing behind.
 *
 * Returns { body, ask, look, box, closed … }: `ask(changes, wait)` sends inputs to Python (`wait`: only after a pause in
 * typing), `look(changes)` sets what the page itself can paint, also on a saved page (`looks` names those traits),
 * `box(name)` is a box for a text among the inputs, `closed` is the clean-up function that `render` returns.
 */
export function frame({ model, el }, paint, looks = []) {
  const frozen = Boolean(model.get("frozen"));
  const presenter = Boolean(model.get("presenter"));
  const phrases = model.get("phrases");
  const body = make("div", { class: "el-body" });
  const status = make("span", { class: "el-status" });
  const again = make("button", { type: "button", class: "el-again", text: phrases.ask_again, hidden: true, onclick: () => ask({}) });
  const said = make("p", { class: "el-said", role: "status" }); // for the ear alone
  const problem = make("p", { class: "el-problem" });
  const notes = make("div", { class: "el-notes" });
  const root = make("section", {
    class: `encoder-lab el-${model.get("kind")}${presenter ? " el-presenter" : ""}`, "aria-label": model.get("title"),
  }, make("header", { class: "el-title" }, make("strong", { text: model.get("title") }), status, again), problem, body, notes, said);
  el.replaceChildren(root);

  const composing = keepTyping(root);
  const boxes = [];
  let waiting = {};
  let quiet = 0;
  let mine = model.get("asked"); // the newest question of this view: an old echo may set the model's count back
  const wait = watchWaiting({ model, el }, (why) => tell(why || phrases.working, why !== ""));

  const underWay = () => quiet !== 0 || model.get("answered") < Math.max(mine, model.get("asked"));
  function tell(text, stuck) {
    status.textContent = text;
    again.hidden = !stuck;
    if (stuck) hear(text);
  }
  function hear(text) {
    if (said.textContent !== text) said.textContent = text;
  }
  function busy() {
    const still = underWay();
    if (still && !root.classList.contains("el-busy")) tell(phrases.working, false);
    if (!still) tell(frozen ? phrases.saved_page : "", false);
    root.classList.toggle("el-busy", still);
    wait(still);
  }
  function send() {
    clearTimeout(quiet);
    quiet = 0;
    for (const [name, value] of Object.entries(waiting)) model.set(name, value);
    waiting = {};
    mine = Math.max(mine, model.get("asked")) + 1;
    model.set("asked", mine);
    model.save_changes();
    busy();
  }
  function ask(changes, pause = false) {
    if (frozen) return;
    waiting = { ...waiting, ...changes };
    clearTimeout(quiet);
    quiet = setTimeout(send, pause ? QUIET : 0);
    busy();
  }
  function show() {
    const typing = underWay();
    problem.textContent = model.get("problem");
    notes.replaceChildren(...model.get("notes").map((text) => make("p", { text })));
    busy();
    if (!typing && !composing()) for (const each of boxes) each.follow();
    const outcome = paint(model.get("answer"), { typing });
    if (!typing) {
      hear(problem.textContent || outcome);
      again.hidden = problem.textContent !== phrases.interrupted;
    }
    root.dataset.shown = model.get("shown");
  }
  function look(changes) {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
    show();
  }
  function box(name, options) {
    const made = textBox({ model, explorer }, name, options);
    boxes.push(made);
    return made;
  }
  const repainting = ["shown", ...looks].map((name) => `change:${name}`);
  for (const event of repainting) model.on(event, show);
  const closed = () => {
    if (quiet) send(); // the last words typed are not lost with the view
    wait(false);
    for (const event of repainting) model.off(event, show);
  };
  const explorer = { body, ask, look, box, closed, show, frozen, phrases, presenter, waits: underWay };
  return explorer;
}
