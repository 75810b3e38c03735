/** The zero-shot explorer: labels as chips, one template or two, the three logits of each pair. */

import { choice, digits, frame, hundredths, labelled, make, order, percent, signed, worded } from "./explorer.js";
import { headSwitches } from "./head_switches.js";

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
export function passes(labels, templates, phrases) {
  const asked = labels === 1 ? phrases.one_label : worded(phrases.many_labels, { count: labels });
  const sum = templates > 1 ? `${asked} × ${worded(phrases.templates, { count: templates })}` : asked;
  const count = labels * templates;
  return count === 1 ? worded(phrases.one_pass, { sum }) : worded(phrases.passes, { sum, count });
}

/** Which logits make the probability, and how. Pure. */
export function recipe(mode, labels, phrases) {
  if (mode === "independent") return phrases.independent_recipe;
  return labels > 1 ? phrases.exclusive_recipe : phrases.single_recipe;
}

/** Which of the three logits the probabilities are made of. Pure. */
export function used({ entailment, contradiction }, mode, labels) {
  return mode === "exclusive" && labels > 1 ? [entailment] : [entailment, contradiction];
}

/** Headings of single columns, and of the columns that belong to one template, as a rule three. */
const columns = (names) => names.map((text) => make("th", { scope: "col", text }));
const groups = (views) => views.map(({ template, names }) => make("th", { scope: "colgroup", colspan: names.length, class: "zs-group", text: template, title: template }));

function render({ model, el }) {
  let labels = model.get("labels");
  const explorer = frame({ model, el }, paint, ["multi_label"]);
  const disabled = explorer.frozen;
  const { phrases } = explorer;
  const text = make("textarea", { rows: 2, spellcheck: "false", disabled, oninput: () => explorer.ask({ text: text.value }, true) });
  const chips = make("ul", { class: "zs-chips", "aria-label": phrases.labels });
  const box = make("input", {
    size: 14, spellcheck: "false", disabled,
    onkeydown: (event) => { if (event.key === "Enter" && !event.isComposing) add(); },
  });
  const template = make("input", { spellcheck: "false", disabled, oninput: () => explorer.ask({ template: template.value }, true) });
  const second = make("input", { spellcheck: "false", disabled, oninput: () => explorer.ask({ second_template: second.value }, true) });
  const opener = make("button", { type: "button", class: "el-aside", text: phrases.compare, disabled, onclick: () => open(true) });
  const closer = make("button", { type: "button", text: "×", "aria-label": phrases.close, disabled, onclick: () => open(false) });
  const opened = make("div", { class: "zs-template" }, labelled(phrases.second_template, second), closer);
  const mode = choice(phrases.how_many, [["exclusive", phrases.one], ["independent", phrases.many]],
    (value) => explorer.look({ multi_label: value === "independent" }));
  const count = make("p", { class: "zs-count" });
  const tables = make("div", { class: "zs-tables" });
  const sentence = labelled(phrases.text, text);
  const switches = headSwitches({ model }, explorer);
  sentence.classList.add("el-wide", "zs-text");
  mode.group.classList.add("zs-mode");
  explorer.body.append(sentence,
    make("div", { class: "el-row" }, chips, make("div", { class: "zs-add" }, labelled(phrases.add_a_label, box), make("button", { type: "button", text: phrases.add, disabled, onclick: add }))),
    make("div", { class: "el-row" }, make("div", { class: "zs-template" }, labelled(phrases.template, template)), opened, opener),
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
    chips.replaceChildren(...labels.map((label, at) => make("li", {}, make("span", { text: label || phrases.blank }),
      make("button", { type: "button", text: "×", "aria-label": worded(phrases.remove, { label: label || phrases.blank }), disabled, onclick: () => remove(at) }))));
  }
  function open(wanted) {
    second.value ||= phrases.other_template;
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
    count.textContent = passes(rows.length, views.length, phrases);
    switches.show(seen.first.without);
    tables.replaceChildren(probabilities(views, rows), logits(views, rows, by));
  }
  function probabilities(views, rows) {
    return make("table", { class: "el-bars" }, make("caption", { text: views.length > 1 ? phrases.ranking_by_first : phrases.ranking }),
      make("thead", {}, make("tr", {}, ...columns([phrases.label]), ...groups(views), ...columns(views.length > 1 ? [phrases.difference] : []))),
      make("tbody", {}, ...rows.map(({ label, under, change }) => make("tr", {}, make("th", { scope: "row", text: label, title: label }),
        ...under.flatMap(({ place, probability }) => [
          make("td", { class: "el-number", text: `${place}.` }),
          make("td", { class: "el-bar" }, make("span", { style: `width: ${percent(probability)}%` })),
          make("td", { class: "el-number", text: digits(probability) })]),
        ...(change === undefined ? [] : [make("td", { class: "el-number", text: signed(change) })])))));
  }
  function logits(views, rows, by) {
    const inUse = used(views[0], by, rows.length);
    return make("table", { class: "zs-logits el-aside" }, make("caption", { text: worded(phrases.three_logits, { recipe: recipe(by, rows.length, phrases) }) }),
      make("thead", {}, ...(views.length > 1 ? [make("tr", {}, make("td"), ...groups(views))] : []),
        make("tr", {}, ...columns([views.length > 1 ? phrases.label : phrases.hypothesis, ...views.flatMap(({ names }) => names)]))),
      make("tbody", {}, ...rows.map(({ label, under }) => make("tr", {},
        make("th", { scope: "row", text: views.length > 1 ? label : under[0].hypothesis, title: under.map(({ hypothesis }) => hypothesis).join(" / ") }),
        ...under.flatMap((each) => each.logits.map((logit, i) => make("td", { class: inUse.includes(i) ? "el-number zs-used" : "el-number", text: hundredths(logit) })))))));
  }
  return explorer.closed;
}
export default { render };
