/** The attention explorer: a thumbnail of every head, one head large, and what one token sees and who sees it. */

import { labelled, make, neighbour, worded } from "./explorer.js";
import { frame } from "./frame.js";
import { paintCells } from "./attention_canvas.js";
import { tokenLists } from "./attention_lists.js";
import { tokenMap } from "./attention_map.js";
import { bitByBit, longHead } from "./attention_long.js";
import { cutSheets, shownHead, takeApart } from "./attention_numbers.js";
import { sentence, tables } from "./attention_readout.js";

const LISTED = 64;     // tokens a side up to which they stand in lists; a map shows more
const REMEMBERED = 12; // heads of a long text that the page keeps

function render({ model, el }) {
  const explorer = frame({ model, el }, paint, ["pairs", "hide_special"]);
  const blocks = model.get("blocks");
  const names = model.get("names");
  const { phrases } = explorer;
  const thumbnails = new Map(); // "block layer" -> each head's cells
  const weights = new Map();    // "block layer head" -> codes
  let chosen = {};              // { block, layer, head }
  let asking = false;           // whether a layer that nobody has chosen is on its way
  let head;                     // what is shown large: { block, shown, precision, pairs, special }
  let view;
  let cursor = {};              // { row, column }: the token that looks and the one looked at, by position
  let pinned = false;
  let found = [];               // cursors of what is searched
  let buttons = [];             // (L)(H) thumbnails

  const block = make("select", { onchange: () => choose({ block: Number(block.value) }) },
    ...blocks.map(({ name }, at) => make("option", { value: at, text: name })));
  const sides = ["0>1", "1>0", "0>0", "1>1"].map((value) => make("option", { value, text: value.split(">").map((side) => names[side]).join(" → ") }));
  const pairs = make("select", { onchange: () => explorer.look({ pairs: pairs.value }) }, make("option", { value: "all", text: phrases.all_tokens }), ...sides);
  const hide = make("input", { type: "checkbox", onchange: () => explorer.look({ hide_special: hide.checked }) });
  const search = make("input", { type: "search", size: 10, spellcheck: "false", oninput: () => find(0), onkeydown: (event) => event.key === "Enter" && find(event.shiftKey ? -1 : 1) });
  const hits = make("output");
  const heads = make("div", { class: "at-heads", role: "group", "aria-label": phrases.heads });
  const name = make("p", { class: "at-name" });
  const stage = make("div");
  const said = make("p", { class: "at-said", role: "status" });
  const note = make("p", { class: "at-note" });
  const readout = make("div", { class: "at-tables" });
  const paired = blocks.some((each) => each.looks_sides.includes(1));
  const exact = blocks[0].long ? bitByBit(model, explorer, again) : undefined; // of a long text only what is asked for is there
  explorer.body.append(
    make("div", { class: "el-row at-controls" },
      ...(blocks.length > 1 ? [labelled(phrases.kind, block)] : []),
      ...(paired && !exact ? [labelled(phrases.pairs, pairs)] : []),
      ...(exact ? [] : [make("label", { class: "at-check" }, hide, make("span", { text: phrases.hide_special }))]),
      make("div", { class: "el-aside" }, labelled(phrases.search, search, hits))),
    make("div", { class: "at-wide" }, make("div", { class: "at-columns" }, heads, make("div", { class: "at-large" }, name, stage, said), readout)), note, ...(exact ? [exact.element] : []));
  const on = { point, pin, zoom };
  const [lists, map] = [tokenLists(on, phrases), tokenMap(on, phrases)];
  for (const [at, layer, sheet] of model.get("every_sheet").byteLength ? cutSheets(model.get("every_sheet"), blocks) : [])
    keep({ block: at, layer }, sheet);
  model.on("msg:custom", heard);
  explorer.show();

  /** Take in a sheet; of a long text only some heads are remembered. */
  function keep(at, sheet) {
    const shape = blocks[at.block];
    const parts = takeApart(sheet, shape);
    thumbnails.set(`${at.block} ${at.layer}`, parts.thumbnails);
    parts.weights.forEach((codes, i) => {
      const key = `${at.block} ${at.layer} ${parts.weights.length === shape.heads ? i : at.head}`;
      weights.delete(key); // what is set again is the newest
      weights.set(key, codes);
    });
    while (!shape.whole && weights.size > Math.max(REMEMBERED, parts.weights.length)) weights.delete(weights.keys().next().value);
    if (at.block === chosen.block && buttons[at.layer]) paintThumbnails(at.layer);
  }
  /** A layer that nobody has chosen has come; then the next, unless the reader wants something. */
  function heard(at, [sheet]) {
    if (at.want) {
      exact.heard(at, sheet);
      return fill();
    }
    asking = false;
    keep(at, sheet);
    fill();
  }
  function fill() {
    if (explorer.frozen || asking || model.get("answered") < model.get("asked") || exact?.busy()) return;
    const first = [chosen.block, ...blocks.keys()];
    const missing = first.flatMap((at) => Array.from({ length: blocks[at].layers }, (_, layer) => ({ block: at, layer })));
    const next = missing.find((at) => !thumbnails.has(`${at.block} ${at.layer}`));
    if (!next) return;
    asking = true;
    model.send(next);
  }
  function choose(changes) {
    const to = { ...chosen, ...changes };
    chosen = { block: to.block, layer: Math.min(to.layer, blocks[to.block].layers - 1), head: Math.min(to.head, blocks[to.block].heads - 1) };
    if (explorer.frozen) explorer.look(chosen);
    else {
      explorer.ask(chosen);
      show();
    }
  }
  function paint(answer, { typing }) {
    if (!typing) chosen = { block: model.get("block"), layer: model.get("layer"), head: model.get("head") };
    keep(answer, model.get("sheet"));
    exact?.answered(answer);
    show();
    fill();
    return name.textContent;
  }

  function layOut() {
    const { layers, heads: count } = blocks[chosen.block];
    const named = (layer, head) => worded(phrases.layer_and_head, { layer, head });
    buttons = Array.from({ length: layers }, (_, layer) => Array.from({ length: count }, (_, at) => make("button", {
      type: "button", class: "at-thumbnail", "aria-label": named(layer, at), title: named(layer, at),
      onclick: () => choose({ layer, head: at }),
      onkeydown: (event) => {
        const to = neighbour(event.key, [layer, at], [layers, count]);
        if (!to) return;
        event.preventDefault();
        choose({ layer: to[0], head: to[1] });
        buttons[to[0]][to[1]].focus();
      },
    }, make("canvas", { "aria-hidden": "true" }))));
    const number = (text) => make("span", { class: "at-number", text });
    heads.style.setProperty("--at-count", count);
    heads.replaceChildren(number(""), ...Array.from({ length: count }, (_, at) => number(at)), ...buttons.flatMap((row, layer) => [number(layer), ...row]));
    heads.dataset.block = chosen.block;
    buttons.forEach((_, layer) => paintThumbnails(layer));
  }
  function paintThumbnails(layer) {
    const [height, width] = blocks[chosen.block].thumbnail;
    thumbnails.get(`${chosen.block} ${layer}`)?.forEach((cells, at) => {
      paintCells(buttons[layer][at].firstChild, cells, height, width);
      buttons[layer][at].classList.add("at-there");
    });
  }
  function show() {
    const shape = blocks[chosen.block];
    if (heads.dataset.block !== String(chosen.block)) layOut();
    buttons.forEach((row, layer) => row.forEach((button, at) => {
      const pressed = layer === chosen.layer && at === chosen.head;
      button.setAttribute("aria-pressed", String(pressed));
      button.tabIndex = pressed ? 0 : -1;
    }));
    block.value = chosen.block;
    pairs.value = model.get("pairs");
    hide.checked = model.get("hide_special");
    name.textContent = worded(phrases.head_name, { kind: shape.name, layer: chosen.layer, head: chosen.head });
    const codes = weights.get(`${chosen.block} ${chosen.layer} ${chosen.head}`);
    head = codes && {
      block: shape, shown: exact ? longHead(codes, shape, exact) : shownHead(codes, shape, pairs.value, hide.checked),
      pairs: pairs.value, special: hide.checked, reach: exact && shape.windows[chosen.layer],
      precision: Math.max(shape.looks.length, shape.looked_at.length) > LISTED ? 4 : 3,
    };
    describe();
    note.classList.toggle("el-aside", !hide.checked && !exact); // a projector's page says only what is unusual
    if (!head) return absent(shape);
    exact?.look(chosen, cursor);
    view = exact || Math.max(head.shown.rows.length, head.shown.columns.length) > LISTED ? map : lists;
    if (stage.firstChild !== view.element) stage.replaceChildren(view.element);
    view.paint(head);
    find();
  }
  /** Say below the map what it shows. */
  function describe() {
    const reach = blocks[chosen.block].windows[chosen.layer];
    const shown = exact ? exact.said() : hide.checked ? phrases.special_hidden : phrases.as_they_are;
    note.textContent = reach ? `${shown} ${worded(phrases.window, { reach })}` : shown;
  }
  function zoom(down, across) {
    exact?.zoom(down, across);
    if (exact) describe();
  }
  /** Something of a long text has come: a row, a square, or how far the maxima are. */
  function again(what) {
    if (!head) return;
    if (what === "square") view.paint(head);
    if (what !== "maxima") mark();
    fill();
  }
  function absent(shape) {
    const kept = model.get("answer");
    stage.replaceChildren(make("p", { class: "at-absent", text: explorer.frozen
      ? worded(phrases.only_one_kept, { layer: kept.layer, head: kept.head, count: shape.looks.length })
      : worded(phrases.being_worked_out, { layer: chosen.layer, head: chosen.head }) }));
    readout.replaceChildren();
    said.textContent = "";
  }

  function point(to, sure = false) {
    if (pinned && !sure) return;
    if (sure) pinned = false;
    if (to.row === cursor.row && to.column === cursor.column && !sure) return;
    cursor = to;
    mark();
  }
  function pin(to) {
    const same = to.row === cursor.row && to.column === cursor.column;
    pinned = !(pinned && same) && (to.row !== undefined || to.column !== undefined);
    cursor = to;
    mark();
  }
  function mark() {
    const hit = [new Set(found.map(({ row }) => row)), new Set(found.map(({ column }) => column))];
    exact?.look(chosen, cursor);
    view.mark(cursor, { pinned, found: hit });
    readout.replaceChildren(...tables(head, cursor, phrases));
    said.textContent = sentence(head, cursor, view === map, phrases) + (pinned ? phrases.held : "");
  }

  /** Find what is searched among the tokens shown; `step` goes on to the next (1) or the one before (-1). */
  function find(step) {
    if (!head) return;
    const { block: shape, shown: { rows, columns } } = head;
    const asked = search.value.toLowerCase();
    const has = (text) => asked !== "" && text.toLowerCase().includes(asked);
    found = shape.same
      ? [...new Set([...rows, ...columns])].sort((a, b) => a - b).filter((at) => has(shape.looks[at])).map((at) => ({ row: at, column: at }))
      : [...rows.filter((at) => has(shape.looks[at])).map((row) => ({ row })), ...columns.filter((at) => has(shape.looked_at[at])).map((column) => ({ column }))];
    const now = found.findIndex((at) => at.row === cursor.row && at.column === cursor.column);
    const to = found.length ? (step ? (now + step + found.length) % found.length : 0) : -1;
    hits.textContent = asked === "" ? "" : hitCount(step === undefined ? undefined : to + 1);
    if (step !== undefined && to >= 0) {
      cursor = found[to];
      pinned = true;
      view.reach(cursor);
    }
    mark();
  }
  function hitCount(at) {
    const count = found.length;
    if (count === 0) return phrases.not_found;
    return at === undefined ? worded(phrases.found, { count }) : worded(phrases.found_at, { at, count });
  }

  return () => {
    explorer.closed();
    model.off("msg:custom", heard);
    for (const each of [lists, map]) each.closed();
  };
}
export default { render };
