/** The attention explorer's way to show a head of a short text: tokens in two lists, lines between them. */

import { digits, make, shade, worded } from "./explorer.js";
import { sharpPen } from "./attention_canvas.js";
import { columnOf, rowOf } from "./attention_numbers.js";

/**
 * Two lists: tokens that look, tokens looked at; lines are as strong as the weights.
 * `on.point(cursor, sure)` is called with the token under pointer or focus, `on.pin(cursor)` with the one clicked.
 */
export function tokenLists(on, phrases) {
  const lines = make("canvas", { "aria-hidden": "true" });
  const lists = [phrases.list_looks, phrases.list_looked_at].map((name) => make("div", { class: "at-list", role: "group", "aria-label": name }));
  const element = make("div", { class: "at-lists" }, lists[0], make("div", { class: "at-lines" }, lines), lists[1]);
  let head;
  let cursor = {};
  let buttons = [[], []];
  const resized = new ResizeObserver(draw);
  resized.observe(element);

  function go(event, side, place) {
    const down = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: buttons[side].length - 1 }[event.key];
    const across = { ArrowLeft: 0, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") return on.pin({});
    if (down === undefined && across === undefined) return;
    event.preventDefault();
    const list = buttons[across ?? side];
    list[Math.min(list.length - 1, Math.max(0, down ?? place))]?.focus({ focusVisible: true });
  }
  function paint(next) {
    head = next;
    const { block, shown } = head;
    buttons = [shown.rows, shown.columns].map((positions, side) => positions.map((at, place) => {
      const here = { row: side === 0 || block.same ? at : undefined, column: side === 1 || block.same ? at : undefined };
      return make("button", {
        type: "button", class: "at-token", tabindex: place === 0 ? 0 : -1, title: worded(phrases.position, { position: at }),
        onpointerenter: () => on.point(here),
        onfocus: (event) => event.target.matches(":focus-visible") && on.point(here, true),
        onclick: () => on.pin(here),
        onkeydown: (event) => go(event, side, place),
      }, make("span", { class: "at-text", text: [block.looks, block.looked_at][side][at] }), make("span", { class: "at-weight el-fill" }));
    }));
    lists.forEach((list, side) => list.replaceChildren(make("p", { text: [phrases.looks, phrases.looked_at][side] }), ...buttons[side]));
  }
  function mark(at, { pinned, found }) {
    cursor = at;
    const { rows, columns } = head.shown;
    const weights = [columnOf(head.shown, at.column), rowOf(head.shown, at.row)];
    [rows, columns].forEach((positions, side) => positions.forEach((position, place) => {
      const button = buttons[side][place];
      const here = position === [at.row, at.column][side];
      const number = button.lastChild;
      number.textContent = weights[side] ? digits(weights[side][place], head.precision) : "";
      const { fill, ink } = shade(Math.sqrt(weights[side]?.[place] ?? 0));
      Object.assign(number.style, weights[side] ? { background: fill, color: ink } : { background: "", color: "" });
      button.classList.toggle("at-here", here);
      button.classList.toggle("at-found", found[side].has(position));
      button.setAttribute("aria-pressed", String(pinned && here));
      if (here) for (const each of buttons[side]) each.tabIndex = each === button ? 0 : -1;
    }));
    draw();
  }
  function draw() {
    if (!head || !lines.isConnected) return;
    const { pen, width } = sharpPen(lines);
    const style = getComputedStyle(element);
    const { rows, columns, values } = head.shown;
    const [left, right] = buttons.map((list) => list.map((button) => button.offsetTop + button.offsetHeight / 2));
    const line = (r, c, colour, dash) => {
      const value = values[r * columns.length + c];
      if (value < 0.005) return;
      Object.assign(pen, { strokeStyle: colour, globalAlpha: Math.sqrt(value), lineWidth: 0.5 + 3.5 * value });
      pen.setLineDash(dash);
      pen.beginPath();
      pen.moveTo(0, left[r]);
      pen.lineTo(width, right[c]);
      pen.stroke();
    };
    const [blue, warm] = ["--el-accent", "--el-warm"].map((name) => style.getPropertyValue(name));
    const all = cursor.row === undefined && cursor.column === undefined;
    for (let r = 0; r < rows.length; r++) {
      for (let c = 0; c < columns.length; c++) {
        if (all || rows[r] === cursor.row) line(r, c, blue, []);
        if (columns[c] === cursor.column) line(r, c, warm, [5, 3]);
      }
    }
  }
  const reach = (at) => [at.row, at.column].forEach((position, side) => {
    buttons[side][[head.shown.rows, head.shown.columns][side].indexOf(position)]?.scrollIntoView({ block: "nearest" });
  });
  return { element, paint, mark, reach, closed: () => resized.disconnect() };
}
