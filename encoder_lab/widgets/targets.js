/** A box of things to point at: Tab reaches one of them, arrow keys move on. */

/** Which of `count` targets, `columns` to a row, a key leads to; undefined for any other key. Pure. */
export function step(key, at, count, columns = 1) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  if (by === undefined) return undefined;
  const leaves = columns > 1 && Math.abs(by) === 1 && Math.floor((at + by) / columns) !== Math.floor(at / columns);
  return at + by < 0 || at + by >= count || leaves ? at : at + by;
}

/**
 * A box of elements that carry `data-at`. Tab reaches one of them, arrow keys move on; `pointed` is told which one the
 * pointer or the focus is on, or undefined. Returns a function that fills the box; a focus in it stays at its place.
 */
export function targets(box, pointed, columns = () => 1) {
  const all = () => [...box.querySelectorAll("[data-at]")];
  const tell = (event) => {
    const one = event.target.closest("[data-at]");
    if (one) pointed(Number(one.dataset.at));
  };
  for (const event of ["pointerover", "focusin"]) box.addEventListener(event, tell);
  for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, () => pointed(undefined));
  box.addEventListener("keydown", (event) => {
    const found = all();
    const at = found.indexOf(event.target.closest("[data-at]"));
    const to = at < 0 ? undefined : step(event.key, at, found.length, columns());
    if (to === undefined) return;
    event.preventDefault();
    found[at].tabIndex = -1;
    found[to].tabIndex = 0;
    found[to].focus();
  });
  return (children, start) => {
    const focused = all().indexOf(document.activeElement);
    box.replaceChildren(...children);
    const found = all();
    const at = Math.min(focused < 0 ? start : focused, found.length - 1);
    found.forEach((each, i) => { each.tabIndex = i === at ? 0 : -1; });
    if (focused >= 0) found[at].focus();
  };
}
