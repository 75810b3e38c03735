/** The attention explorer's canvases: cells painted in shades, and pens as sharp as the screen. */

import { shade } from "./explorer.js";

const SHADES = Array.from({ length: 256 }, (_, i) => [...shade(i / 255).fill.match(/\d+/g).map(Number), 255]);

/** Paint cells (0 to 255) on a canvas, a pixel each; the style sheet makes it as large as it is to be. */
export function paintCells(canvas, cells, height, width) {
  Object.assign(canvas, { width, height });
  const pixels = new ImageData(width, height);
  cells.forEach((cell, at) => pixels.data.set(SHADES[cell], 4 * at));
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

/** Give a canvas as many pixels as the screen has where it stands, and a pen that counts in CSS pixels. */
export function sharpPen(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const pixels = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * pixels), height: Math.round(height * pixels) });
  const pen = canvas.getContext("2d");
  pen.setTransform(pixels, 0, 0, pixels, 0, 0);
  return { pen, width, height, pixels };
}
