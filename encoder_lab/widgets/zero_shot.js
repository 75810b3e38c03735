/** The zero-shot explorer: labels as chips, one template or two, the three logits of each pair. */

import { choice, digits, frame, hundredths, labelled, make, order, percent, signed } from "./explorer.js";
import { headSwitches } from "./head_switches.js";

const OTHER = "This example is about {}."; // what a second template begins as

/** The place of each value, 1 for the largest; of equals the earlier one comes first. Pure. */
export function places(values) {
  const found = Array(values.length);
  order(values).forEach((i, at) => { found[i] = at + 1; });
  return found;
}

/** One row a label, in the order of the first template's ranking, with what each template makes of it. Pure. */
export function paired({ first, second }, mode) {
  const views = second ? [first, second] : [first];
  const placed = views.map((view) => places(view[mode]));
  return order(first[mode]).map((i) => ({
    label: first.labels[i],
    under: views.map((view, at) => ({
      hypothesis: view.hypotheses[i], place: placed[at][i], probability: view[mode][i], logits: view.logits[i],
    })),
    change: second ? second[mode][i] - first[mode][i] : undefined,
  }));
}

/** How many passes through the model an answer took, as a sum in words. Pure. */
export function passes(labels, templates) {
  const many = (count, word, plural = `${word}s`) => `${count} ${count === 1 ? word : plural}`;
  return many(labels, "label") + (templates > 1 ? ` × ${many(templates, "template")}` : "") + ` = ${many(labels * templates, "pass", "passes")} through the model`;
}

/** Which logits make the probability, and how. Pure. */
export function recipe(mode, labels) {
  if (mode === "exclusive" && labels > 1) return "one label: softmax down the entailment column, over all labels; the other logits are not used";
  return (mode === "exclusive" ? "a single label is judged by itself" : "many labels") + ": in each row, softmax over entailment and contradiction; neutral is not used";
}

/** Which of the three logits the probabilities are made of. Pure. */
export function used({ entailment, contradiction }, mode, labels) {
  return mode === "exclusive" && labels > 1 ? [entailment] : [entailment, contradiction];
}

/** Headings of single columns, and of three columns that belong to one template. */
const columns = (names) => names.map((text) => make("th", { scope: "col", text }));
const groups = (views) => views.map(({ template }) => make("th", { scope: "colgroup", colspan: 3, class: "zs-group", text: template, title: template }));

function render({ model, el }) {
  let labels = model.get("labels");
  const explorer = frame({ model, el }, paint, ["multi_label"]);
  const disabled = explorer.frozen;
  const text = make("textarea", { rows: 2, spellcheck: "false", disabled, oninput: () => explorer.ask({ text: text.value }, true) });
  const chips = make("ul", { class: "zs-chips", "aria-label": "labels" });
  const box = make("input", {
    size: 14, spellcheck: "false", disabled,
    onkeydown: (event) => { if (event.key === "Enter" && !event.isComposing) add(); },
  });
  const template = make("input", { spellcheck: "false", disabled, oninput: () => explorer.ask({ template: template.value }, true) });
  const second = make("input", { spellcheck: "false", disabled, oninput: () => explorer.ask({ second_template: second.value }, true) });
  const opener = make("button", { type: "button", class: "el-aside", text: "compare with a second template", disabled, onclick: () => open(true) });
  const closer = make("button", { type: "button", text: "×", "aria-label": "close the second template", disabled, onclick: () => open(false) });
  const opened = make("div", { class: "zs-template" }, labelled("second template", second), closer);
  const mode = choice("how many labels may be true", [["exclusive", "one"], ["independent", "many"]],
    (value) => explorer.look({ multi_label: value === "independent" }));
  const count = make("p", { class: "zs-count" });
  const tables = make("div", { class: "zs-tables" });
  const sentence = labelled("text", text);
  const switches = headSwitches({ model }, explorer);
  sentence.classList.add("el-wide", "zs-text");
  mode.group.classList.add("zs-mode");
  explorer.body.append(sentence,
    make("div", { class: "el-row" }, chips, make("div", { class: "zs-add" }, labelled("add a label", box), make("button", { type: "button", text: "add", disabled, onclick: add }))),
    make("div", { class: "el-row" }, make("div", { class: "zs-template" }, labelled("template, {} is where the label goes", template)), opened, opener),
    make("div", { class: "el-row" }, mode.group, count), tables, switches.group);
  drawChips();
  explorer.show();

  function add() {
    relabel([...labels, box.value.trim()]);
    box.value = "";
    box.focus();
  }
  function remove(at) {
    relabel(labels.filter((_, i) => i !== at));
    (chips.querySelectorAll("button")[Math.min(at, labels.length - 1)] ?? box).focus(); // the next one, the last one, the box
  }
  function relabel(wanted) {
    labels = wanted;
    drawChips();
    explorer.ask({ labels });
  }
  function drawChips() {
    chips.replaceChildren(...labels.map((label, at) => make("li", {}, make("span", { text: label || "(blank)" }),
      make("button", { type: "button", text: "×", "aria-label": `remove the label ${label || "(blank)"}`, disabled, onclick: () => remove(at) }))));
  }
  function open(wanted) {
    second.value ||= OTHER;
    showSecond(wanted);
    (wanted ? second : opener).focus();
    explorer.ask({ second_template: wanted ? second.value : null });
  }
  function showSecond(wanted) {
    opened.hidden = !wanted;
    opener.hidden = wanted;
  }
  function paint(seen, { typing }) {
    if (!typing) {
      text.value = model.get("text");
      template.value = model.get("template");
      if (model.get("second_template") !== null) second.value = model.get("second_template");
      showSecond(model.get("second_template") !== null);
      if (labels.join("\n") !== model.get("labels").join("\n")) {
        labels = model.get("labels");
        drawChips();
      }
    }
    const by = model.get("multi_label") ? "independent" : "exclusive";
    mode.set(by);
    const views = seen.second ? [seen.first, seen.second] : [seen.first];
    const rows = paired(seen, by);
    count.textContent = [passes(rows.length, views.length), ...seen.first.notes].join("; ");
    switches.show(seen.first.without);
    tables.replaceChildren(probabilities(views, rows), logits(views, rows, by));
  }
  function probabilities(views, rows) {
    return make("table", { class: "el-bars" }, make("caption", { text: views.length > 1 ? "place and probability of each label, ranked by the first template" : "place and probability of each label" }),
      make("thead", {}, make("tr", {}, ...columns(["label"]), ...groups(views), ...columns(views.length > 1 ? ["difference"] : []))),
      make("tbody", {}, ...rows.map(({ label, under, change }) => make("tr", {}, make("th", { scope: "row", text: label, title: label }),
        ...under.flatMap(({ place, probability }) => [
          make("td", { class: "el-number", text: `${place}.` }),
          make("td", { class: "el-bar" }, make("span", { style: `width: ${percent(probability)}%` })),
          make("td", { class: "el-number", text: digits(probability) })]),
        ...(change === undefined ? [] : [make("td", { class: "el-number", text: signed(change) })])))));
  }
  function logits(views, rows, by) {
    const inUse = used(views[0], by, rows.length);
    return make("table", { class: "zs-logits el-aside" }, make("caption", { text: `the three logits of each pair; ${recipe(by, rows.length)}` }),
      make("thead", {}, ...(views.length > 1 ? [make("tr", {}, make("td"), ...groups(views))] : []),
        make("tr", {}, ...columns([views.length > 1 ? "label" : "hypothesis", ...views.flatMap(({ names }) => names)]))),
      make("tbody", {}, ...rows.map(({ label, under }) => make("tr", {},
        make("th", { scope: "row", text: views.length > 1 ? label : under[0].hypothesis, title: under.map(({ hypothesis }) => hypothesis).join(" / ") }),
        ...under.flatMap((each) => each.logits.map((logit, i) => make("td", { class: inUse.includes(i) ? "el-number zs-used" : "el-number", text: hundredths(logit) })))))));
  }
  return explorer.closed;
}
export default { render };
