/** The attention explorer's arithmetic: sheets of bytes taken apart, one head as it is shown, who looks at whom. */

/** Take a layer's sheet apart: thumbnails, a byte a cell, and the weights of all heads, of one, or of none. Pure. */
export function takeApart(sheet, { heads, cells, thumbnail: [down, across] }) {
  const bytes = new Uint8Array(sheet.buffer, sheet.byteOffset, sheet.byteLength);
  const small = heads * down * across;
  const size = cells[0] * cells[1];
  const codes = new Uint16Array(bytes.slice(small).buffer); // a copy: 16-bit numbers may only begin at an even byte
  const cut = (from, width, count) => Array.from({ length: count }, (_, i) => from.subarray(i * width, (i + 1) * width));
  return { thumbnails: cut(bytes, down * across, heads), weights: cut(codes, size, codes.length / size) };
}

/** Cut what holds every layer of every block into sheets: [block, layer, sheet] each. Pure. */
export function cutSheets(every, blocks) {
  const found = [];
  let start = every.byteOffset;
  blocks.forEach((block, at) => {
    for (let layer = 0; layer < block.layers; layer++, start += block.sheet_bytes)
      found.push([at, layer, new DataView(every.buffer, start, block.sheet_bytes)]);
  });
  return found;
}

/** Which positions are shown: those of one text (side 0 or 1; -1 for all), special tokens (side -1) or not. Pure. */
export function shownPositions(sides, side, hideSpecial) {
  return sides.map((_, at) => at).filter((at) => (side < 0 || sides[at] === side) && !(hideSpecial && sides[at] < 0));
}

/**
 * One head as it is shown. With special tokens hidden, each row is divided by what it gives to all other tokens, so
 * that it sums to 1 again. Pure.
 *
 * Returns { rows, columns, values, hidden }: positions that look and are looked at, weights row after row, and how much
 * of each row's weight went to hidden special tokens.
 */
export function shownHead(codes, { looks_sides, looked_at_sides }, pairs, hideSpecial) {
  const [from, to] = pairs === "all" ? [-1, -1] : pairs.split(">").map(Number);
  const rows = shownPositions(looks_sides, from, hideSpecial);
  const columns = shownPositions(looked_at_sides, to, hideSpecial);
  const values = new Float64Array(rows.length * columns.length);
  const hidden = rows.map((row, r) => {
    const line = codes.subarray(row * looked_at_sides.length, (row + 1) * looked_at_sides.length);
    let all = 0;
    let special = 0;
    line.forEach((code, at) => { all += code; if (looked_at_sides[at] < 0) special += code; });
    const whole = hideSpecial ? all - special : 65535;
    columns.forEach((column, c) => { values[r * columns.length + c] = whole > 0 ? line[column] / whole : 0; });
    return hideSpecial && all > 0 ? special / all : 0;
  });
  return { rows, columns, values, hidden };
}

/** Where position `at` looks: its weights, one for each column; undefined if it is not among the rows. Pure. */
export function rowOf({ rows, columns, values, exact }, at) {
  if (exact) return exact.row(at); // of a long text: once it is there
  const r = rows.indexOf(at);
  return r < 0 ? undefined : Array.from(values.subarray(r * columns.length, (r + 1) * columns.length));
}

/** Who looks at position `at`: weights, one for each row; undefined if it is not among the columns. Pure. */
export function columnOf({ rows, columns, values, exact }, at) {
  if (exact) return undefined; // of a long text: it would need every row
  const c = columns.indexOf(at);
  return c < 0 ? undefined : rows.map((_, r) => values[r * columns.length + c]);
}

/** The places of the largest values above 0, largest first, at most `count`; one pass, since a map has 262,144. Pure. */
export function strongest(values, count) {
  const best = [];
  for (let at = 0; at < values.length; at++) {
    if (!(values[at] > (best.length < count ? 0 : values[best[count - 1]]))) continue;
    let place = best.length;
    while (place > 0 && values[best[place - 1]] < values[at]) place--;
    best.splice(place, 0, at);
    best.length = Math.min(best.length, count);
  }
  return best;
}

/** Zoom a window of one axis around a place that stays where it is: at least 6 of `count` tokens remain. Pure. */
export function zoomed({ start, size }, place, factor, count) {
  const wide = Math.min(count, Math.max(Math.min(6, count), Math.round(size * factor)));
  return moved({ start: Math.round(place - ((place - start) * wide) / size), size: wide }, 0, count);
}

/** Move a window of one axis, no further than its ends. Pure. */
export function moved({ start, size }, by, count) {
  return { start: Math.min(count - size, Math.max(0, start + by)), size };
}

/** Move a window of one axis as little as brings a place into it. Pure. */
export function reaching(window, place, count) {
  const before = Math.min(0, place - window.start);
  const after = Math.max(0, place - (window.start + window.size - 1));
  return moved(window, before + after, count);
}

/**
 * The cells of a window as shades, 0 to 255 after the square root of the weight; where there is more than one token to
 * a pixel, `block` tokens share a cell, which shows the strongest; the first cell begins at `row` and `column`. Pure.
 */
export function windowCells(values, columns, down, across, block) {
  const height = Math.ceil(down.size / block);
  const width = Math.ceil(across.size / block);
  const cells = new Uint8Array(height * width);
  for (let r = 0; r < down.size; r++) {
    for (let c = 0; c < across.size; c++) {
      const cell = Math.floor(r / block) * width + Math.floor(c / block);
      const value = Math.round(255 * Math.sqrt(values[(down.start + r) * columns + across.start + c]));
      if (value > cells[cell]) cells[cell] = value;
    }
  }
  return { cells, height, width, block, row: down.start, column: across.start };
}
