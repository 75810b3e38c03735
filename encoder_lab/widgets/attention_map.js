/** The attention explorer's map of one head of a long text: row looks at column; zoomed and moved by pointer and keys. */

import { make, worded } from "./explorer.js";
import { paintCells, sharpPen } from "./attention_canvas.js";
import { moved, reaching, windowCells, zoomed } from "./attention_numbers.js";
import { longCells } from "./attention_long.js";

/** Shorten a label to what a margin holds. Pure. */
export function shortened(text, most) {
  const letters = Array.from(text);
  return letters.length <= most ? text : letters.slice(0, most - 1).join("") + "…";
}

/**
 * A map on white ground. Labels stand at the edges as far as there is room, and always those of the row and the column
 * pointed at. `on.point(cursor, sure)` and `on.pin(cursor)` as for the lists; `on.zoom(down, across)` is told the window.
 */
export function tokenMap(on, phrases) {
  const canvas = make("canvas", {
    class: "at-map", tabindex: 0, role: "application", "aria-roledescription": phrases.map,
    "aria-label": phrases.map_keys,
    onpointermove: hover, onpointerdown: press, onpointerup: release, onwheel: wheel, onkeydown: key,
    onfocus: () => canvas.matches(":focus-visible") && head && on.point(at(...place()), true),
  });
  const element = make("div", { class: "at-map-frame" }, canvas, make("div", { class: "el-row at-zoom" },
    ...[["+", phrases.zoom_in, 0.5], ["−", phrases.zoom_out, 2], [phrases.all, phrases.whole_map, Infinity]].map(([text, action, factor]) =>
      make("button", { type: "button", text, "aria-label": worded(phrases.zoom_button, { sign: text, action }), onclick: () => zoom(factor) })),
    make("span", { class: "el-aside", text: phrases.drag })));
  let head;
  let cursor = {};
  let down, across; // windows of the two axes, in shown rows and columns
  let picture;      // the window's cells, painted
  let grip;         // where a drag began
  const resized = new ResizeObserver(redraw);
  resized.observe(canvas);

  const counts = () => [head.shown.rows.length, head.shown.columns.length];
  const place = () => [Math.max(0, head.shown.rows.indexOf(cursor.row)), Math.max(0, head.shown.columns.indexOf(cursor.column))];
  const at = (r, c) => ({ row: head.shown.rows[r], column: head.shown.columns[c] });
  const frameOf = (width, height) => {
    const letter = parseFloat(getComputedStyle(canvas).fontSize);
    return { letter, left: 7 * letter, top: 6 * letter, wide: width - 7 * letter - 1, high: height - 6 * letter - 1 };
  };
  function under({ offsetX, offsetY }) {
    const { left, top, wide, high } = frameOf(canvas.clientWidth, canvas.clientHeight);
    const r = down.start + Math.floor(((offsetY - top) / high) * down.size);
    const c = across.start + Math.floor(((offsetX - left) / wide) * across.size);
    return offsetX >= left && offsetY >= top && r < down.start + down.size && c < across.start + across.size ? [r, c] : undefined;
  }
  function hover(event) {
    if (grip && event.buttons & 1) {
      const { wide, high } = frameOf(canvas.clientWidth, canvas.clientHeight);
      const [y, x] = [grip.y - event.offsetY, grip.x - event.offsetX];
      grip.dragged ||= Math.abs(x) + Math.abs(y) > 4;
      if (!grip.dragged) return;
      down = moved(grip.down, Math.round((y / high) * down.size), counts()[0]);
      across = moved(grip.across, Math.round((x / wide) * across.size), counts()[1]);
      return redraw();
    }
    const cell = under(event);
    if (cell) on.point(at(...cell));
  }
  function press(event) {
    grip = { x: event.offsetX, y: event.offsetY, down, across, dragged: false };
    canvas.setPointerCapture(event.pointerId);
  }
  function release(event) {
    const cell = under(event);
    if (cell && !grip?.dragged) on.pin(at(...cell));
    grip = undefined;
  }
  function wheel(event) {
    if (canvas.getRootNode().activeElement !== canvas) return; // the page scrolls on until the map was clicked
    event.preventDefault();
    zoom(event.deltaY < 0 ? 0.8 : 1.25, under(event));
  }
  function zoom(factor, [r, c] = place()) {
    down = zoomed(down, r, factor, counts()[0]);
    across = zoomed(across, c, factor, counts()[1]);
    redraw();
  }
  function key(event) {
    const by = event.shiftKey ? 10 : 1;
    const step = { ArrowUp: [-by, 0], ArrowDown: [by, 0], ArrowLeft: [0, -by], ArrowRight: [0, by], PageUp: [-down.size, 0], PageDown: [down.size, 0], Home: [0, -Infinity], End: [0, Infinity] }[event.key];
    const factor = { "+": 0.5, "=": 0.5, "-": 2, 0: Infinity }[event.key];
    const [r, c] = place();
    if (step) {
      const to = [r + step[0], c + step[1]].map((value, axis) => Math.min(counts()[axis] - 1, Math.max(0, value)));
      reach(at(...to));
      on.point(at(...to), true);
    } else if (factor) zoom(factor);
    else if (event.key === "Enter" || event.key === " ") on.pin(cursor);
    else if (event.key === "Escape") on.pin({});
    else return;
    event.preventDefault();
  }
  function paint(next) {
    const before = head && counts();
    head = next;
    if (!before || counts().some((count, axis) => count !== before[axis]))
      [down, across] = counts().map((size) => ({ start: 0, size }));
    redraw();
  }
  function redraw() {
    picture = undefined;
    if (down) on.zoom(down, across);
    draw();
  }
  function mark(next) {
    cursor = next;
    draw();
  }
  function draw() {
    if (!head || !canvas.isConnected || down.size * across.size === 0) return;
    const { pen, width, height, pixels } = sharpPen(canvas);
    const { letter, left, top, wide, high } = frameOf(width, height);
    const { rows, columns, values } = head.shown;
    const room = [high * pixels, wide * pixels];
    if (!picture) {
      const block = Math.max(1, Math.ceil(down.size / room[0]), Math.ceil(across.size / room[1]));
      const drawn = head.shown.exact ? longCells(head.shown, head.shown.exact.square(down, across), down, across, room)
        : windowCells(values, columns.length, down, across, block);
      picture = { drawn, canvas: paintCells(document.createElement("canvas"), drawn.cells, drawn.height, drawn.width) };
    }
    const { drawn } = picture;
    const cell = [high / down.size, wide / across.size];
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, width, height);
    pen.save();
    pen.beginPath();
    pen.rect(left, top, wide, high);
    pen.clip(); // the last cells may stand for tokens that are no more
    pen.imageSmoothingEnabled = false;
    pen.drawImage(picture.canvas, left + (drawn.column - across.start) * cell[1], top + (drawn.row - down.start) * cell[0],
      drawn.width * drawn.block * cell[1], drawn.height * drawn.block * cell[0]);
    if (head.reach) {
      pen.strokeStyle = "#a33b00";
      pen.setLineDash([2, 4]);
      for (const off of [-head.reach, head.reach + 1]) {
        const x = left + (down.start + off - across.start) * cell[1];
        pen.beginPath();
        pen.moveTo(x, top);
        pen.lineTo(x + down.size * cell[1], top + high);
        pen.stroke();
      }
      pen.setLineDash([]);
    }
    pen.restore();
    pen.strokeStyle = "#767676";
    pen.strokeRect(left, top, wide, high);

    const [r, c] = [rows.indexOf(cursor.row), columns.indexOf(cursor.column)];
    pen.strokeStyle = "#a33b00";
    pen.lineWidth = 1.5;
    if (within(r, down)) pen.strokeRect(left, top + (r - down.start) * cell[0], wide, Math.max(2, cell[0]));
    if (within(c, across)) pen.strokeRect(left + (c - across.start) * cell[1], top, Math.max(2, cell[1]), high);

    pen.font = `${0.8 * letter}px ${getComputedStyle(canvas).fontFamily}`;
    pen.textBaseline = "middle";
    labels(rows.map((i) => head.block.looks[i]), down, cell[0], r, (i, text, chosen) =>
      label(pen, left, top + (i + 0.5) * cell[0], 0, text, chosen, left, letter));
    labels(columns.map((i) => head.block.looked_at[i]), across, cell[1], c, (i, text, chosen) =>
      label(pen, left + (i + 0.5) * cell[1], top, -Math.PI / 2, text, chosen, top, letter));

    function labels(texts, { start, size }, cell, chosen, write) {
      const step = Math.ceil((1.05 * letter) / cell);
      for (let i = 0; i < size; i += step)
        if (!(within(chosen, { start, size }) && Math.abs(start + i - chosen) * cell < letter)) write(i, texts[start + i], false);
      if (within(chosen, { start, size })) write(chosen - start, texts[chosen], true);
    }
  }
  function label(pen, x, y, turned, text, chosen, room, letter) {
    pen.save();
    pen.translate(x, y);
    pen.rotate(turned);
    const written = shortened(text, Math.floor(room / (0.5 * letter)) - 1);
    const from = turned ? 5 : -5; // left of the map text ends at its edge, above the map it begins there
    pen.textAlign = turned ? "left" : "right";
    if (chosen) {
      const wide = Math.min(room - 2, pen.measureText(written).width + 6);
      pen.fillStyle = "#a33b00";
      pen.fillRect(turned ? 2 : -wide - 2, -0.55 * letter, wide, 1.1 * letter);
    }
    pen.fillStyle = chosen ? "#ffffff" : "#111111";
    pen.fillText(written, from, 0, room - 8);
    pen.restore();
  }
  const within = (value, { start, size }) => value >= start && value < start + size;
  function reach(next) {
    const [r, c] = [head.shown.rows.indexOf(next.row), head.shown.columns.indexOf(next.column)];
    if (r >= 0) down = reaching(down, r, counts()[0]);
    if (c >= 0) across = reaching(across, c, counts()[1]);
    redraw();
  }
  return { element, paint, mark, reach, closed: () => resized.disconnect() };
}
