/** The zero-shot explorer: labels as chips, one template or two, the three logits of each pair. */

import { bar, choice, digits, hundredths, labelled, listed, make, order, rowName, signed, worded } from "./explorer.js";
import { frame } from "./frame.js";
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

function render({ model, el }) {
  let labels = model.get("labels");
  const explorer = frame({ model, el }, paint, ["multi_label"]);
  const disabled = explorer.frozen;
  const { phrases } = explorer;
  const { element: text } = explorer.box("text", { rows: 2 });
  const chips = make("ul", { class: "zs-chips", "aria-label": phrases.labels });
  const box = make("input", {
    size: 14, spellcheck: "false", disabled,
    onkeydown: (event) => { if (event.key === "Enter") add(); },
  });
  const { element: template } = explorer.box("template");
  const { element: second } = explorer.box("second_template");
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
    chips.replaceChildren(...labels.map((label, at) => make("li", {}, make("span", { class: "zs-label", text: label || phrases.blank }),
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
    const said = worded(phrases.three_logits, { recipe: recipe(by, rows.length, phrases) });
    const pairs = views.map((view, at) => logits(view, at, views.length > 1 ? view.template : said, views, rows, by));
    tables.replaceChildren(probabilities(views, rows), make("div", { class: "el-aside" },
      ...(views.length > 1 ? [make("p", { class: "zs-recipe", text: said }), make("div", { class: "zs-pairs" }, ...pairs)] : pairs)));
    return listed(rows.map(({ label, under }) => [label, under[0].probability]));
  }
  /** One row a label; two templates' bars stand under each other, on one scale. */
  function probabilities(views, rows) {
    const heads = views.map(({ template }, at) => make("th", { scope: "col", class: `el-number${views.length > 1 ? ` zs-template-${at + 1}` : ""}`, text: views.length > 1 ? template : phrases.probability }));
    return make("table", { class: "el-bars zs-ranking" }, make("caption", { text: views.length > 1 ? phrases.ranking_by_first : phrases.ranking }),
      make("thead", {}, make("tr", {}, make("th", { scope: "col", text: phrases.label }), ...heads,
        ...(views.length > 1 ? [make("th", { scope: "col", class: "el-number", text: phrases.difference })] : []), make("td"))),
      make("tbody", {}, ...rows.map(({ label, under, change }) => make("tr", {}, rowName(label, ...under.map(({ probability }) => probability)),
        ...under.map(({ place, probability }) => make("td", { class: "el-number", text: `${place}. ${digits(probability)}` })),
        ...(change === undefined ? [] : [make("td", { class: "el-number", text: signed(change) })]),
        bar(...under.map(({ probability }) => probability))))));
  }
  function logits({ names }, at, caption, views, rows, by) {
    const inUse = used(views[0], by, rows.length);
    return make("table", { class: "zs-logits" }, make("caption", { text: caption }),
      make("thead", {}, make("tr", {}, make("th", { scope: "col", text: views.length > 1 ? phrases.label : phrases.hypothesis }), ...names.map((text) => make("th", { scope: "col", class: "el-number", text })))),
      make("tbody", {}, ...rows.map(({ label, under }) => make("tr", {}, make("th", { scope: "row", text: views.length > 1 ? label : under[at].hypothesis }),
        ...under[at].logits.map((logit, i) => make("td", { class: inUse.includes(i) ? "el-number zs-used" : "el-number", text: hundredths(logit) }))))));
  }
  return explorer.closed;
}
export default { render };
