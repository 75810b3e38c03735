/** The fill-mask explorer: tokens to click, bars at one position, and each layer's own answer there. */

import { bars, digits, labelled, listed, make, worded } from "./explorer.js";
import { frame } from "./frame.js";
import { headSwitches } from "./head_switches.js";

/** The text with one token's characters replaced by the mask. Pure. Python counts an emoji as one character, so do we. */
export function mask(text, [start, end], spelled) {
  const letters = Array.from(text);
  return [...letters.slice(0, start), spelled, ...letters.slice(end)].join("");
}

/** Where a span of one text stands in a newer one that begins or ends alike; undefined if it cannot be told. Pure. */
export function found([start, end], text, newest) {
  const [before, after] = [Array.from(text), Array.from(newest)];
  const later = after.length - before.length;
  if (after.slice(0, end).join("") === before.slice(0, end).join("")) return [start, end];
  if (start + later >= 0 && after.slice(start + later).join("") === before.slice(start).join("")) return [start + later, end + later];
  return undefined;
}

/** Which token a key leads to: arrows step, Home and End jump; undefined for any other key. Pure. */
export function stepped(key, at, count) {
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
}

function render({ model, el }) {
  const words = new Map(); // what stood where a mask is now, by the text that holds the mask: a second click brings it back
  const explorer = frame({ model, el }, paint);
  const { phrases } = explorer;
  const typed = explorer.box("text", { rows: 2, also: () => ({ position: -1 }) });
  const text = typed.element;
  const warmth = make("input", {
    type: "range", min: 0.1, max: 3, step: 0.1,
    oninput: () => { shownWarmth.textContent = digits(warmth.value, 1); explorer.ask({ temperature: Number(warmth.value) }, true); },
  });
  const shownWarmth = make("span");
  const tokens = make("div", { class: "el-tokens", role: "group", "aria-label": phrases.tokens });
  const here = make("div");
  const layers = make("div", { class: "el-aside" });
  const switches = headSwitches({ model }, explorer);
  explorer.body.append(
    labelled(phrases.sentence, text), make("p", { class: "el-hint", text: phrases.hint }),
    tokens, make("div", { class: "el-row" }, labelled(phrases.temperature, warmth, shownWarmth)),
    make("div", { class: "el-columns" }, here, layers), switches.group,
  );
  text.closest("label").classList.add("el-wide");
  warmth.disabled = explorer.frozen;
  explorer.show();

  function click(seen, at) {
    const newest = text.value; // more may have been typed than what is seen
    const before = words.get(newest);
    const span = seen.spans[at][1] > 0 && !seen.masked.includes(at) && found(seen.spans[at], seen.text, newest);
    if (seen.masked.includes(at) && before !== undefined) typed.put(before, { position: at });
    else if (span) {
      const masked = mask(newest, span, seen.mask);
      words.set(masked, newest);
      typed.put(masked, { position: at });
    } else explorer.ask({ position: at }); // [CLS] and [SEP] are not the reader's words
  }
  function paint(seen, { typing }) {
    if (!typing) {
      warmth.value = model.get("temperature");
      shownWarmth.textContent = digits(warmth.value, 1);
    }
    const focused = tokens.contains(document.activeElement);
    tokens.replaceChildren(...seen.tokens.map((token, at) => make("button", {
      type: "button", class: "fm-token", tabindex: at === seen.position ? 0 : -1, "aria-pressed": String(at === seen.position),
      "aria-label": worded(phrases.token, { token, position: at, best: seen.best[at] }),
      onclick: () => click(seen, at),
      onkeydown: (event) => {
        const to = stepped(event.key, at, seen.tokens.length);
        if (to === undefined) return;
        event.preventDefault();
        explorer.ask({ position: to });
      },
    }, make("span", { text: token }), make("small", { text: seen.best[at] }))));
    if (focused) tokens.children[seen.position].focus();
    here.replaceChildren(bars(worded(phrases.likeliest_words, { position: seen.position, token: seen.tokens[seen.position] }),
      seen.choices.map(([name, value, logit]) => ({ name, value, number: digits(value), note: worded(phrases.logit, { logit: digits(logit, 1) }) }))));
    layers.replaceChildren(bars(phrases.after_each_layer,
      seen.layers.map(([word, value], i) => ({ name: i ? worded(phrases.layer_word, { layer: i, word }) : worded(phrases.embeddings_word, { word }), value, number: digits(value) }))));
    switches.show(seen.without);
    return worded(phrases.outcome, { position: seen.position, token: seen.tokens[seen.position], words: listed(seen.choices) });
  }
  return explorer.closed;
}
export default { render };
