/** What every explorer promises of its layout, as functions that run in the page of any engine. Each lists what is wrong. */
(() => {
  const root = () => document.querySelector(".encoder-lab");
  const all = () => [...root().querySelectorAll("*")].filter((one) => one.checkVisibility() && !one.closest(".el-said, canvas"));
  const named = (one) => `${one.tagName.toLowerCase()}.${one.className}: ${(one.innerText ?? one.value ?? "").slice(0, 40)}`;
  const words = (one) => [...one.childNodes].filter((node) => node.nodeType === 3 && node.data.trim() !== "");
  const inView = (one, box) => { // a place that scrolls shows only a part
    for (let around = one.parentElement; around !== root(); around = around.parentElement) {
      if (getComputedStyle(around).overflowY === "visible") continue;
      const { top, bottom, left, right } = around.getBoundingClientRect();
      if (box.bottom > bottom + 1 || box.top < top - 1 || box.right > right + 1 || box.left < left - 1) return false;
    }
    return true;
  };
  /** Words and controls, each with where it stands; the boxes of words are those of the letters. */
  function things() {
    const controls = all().filter((one) => one.matches("input, textarea, select, canvas"));
    const texts = all().flatMap((one) => words(one).map((node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return [...range.getClientRects()].map((box) => ({ one, box }));
    })).flat();
    return [...controls.map((one) => ({ one, box: one.getBoundingClientRect() })), ...texts].filter(({ one, box }) => box.width > 1 && inView(one, box));
  }
  window.promises = {
    sideways: () => (document.documentElement.scrollWidth > window.innerWidth ? [`the page is ${document.documentElement.scrollWidth} wide`] : []),
    outside: () => {
      const { left, right } = root().getBoundingClientRect();
      return things().filter(({ box }) => box.right > right + 1 || box.left < left - 1).map(({ one }) => named(one));
    },
    stray: () => [...root().querySelectorAll(".el-bars tbody .el-bar > span")].filter((one) => one.checkVisibility()).filter((one) => {
      const [bar, row] = [one, one.closest("tr")].map((each) => each.getBoundingClientRect());
      return bar.top < row.top - 1 || bar.bottom > row.bottom + 2 || bar.left < row.left - 1 || bar.right > row.right + 1;
    }).map((one) => `the bar of ${one.closest("tr").innerText.slice(0, 30)}`),
    overlapping: () => {
      const found = things();
      const wrong = [];
      found.forEach((a, i) => found.slice(i + 1).forEach((b) => {
        if (a.one === b.one || a.one.contains(b.one) || b.one.contains(a.one)) return;
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (wide > 1.5 && high > 4) wrong.push(`${named(a.one)} over ${named(b.one)}`); // line boxes are taller than letters
      }));
      return wrong;
    },
    clipped: () => all().filter((one) => words(one).length && getComputedStyle(one).overflowX !== "visible"
      && !one.matches("input, textarea, select") && one.scrollWidth > one.clientWidth + 1).map(named),
    broken: () => all().flatMap((one) => words(one).flatMap((node) => [...node.data.matchAll(/[\p{L}\d]{2,16}/gu)].filter((found) => {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      return new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => Math.round(top))).size > 1
        && getComputedStyle(one).writingMode === "horizontal-tb";
    }).map((found) => `${found[0]} in ${named(one)}`))),
    small: () => all().filter((one) => one.matches("button, summary, select, textarea, input:not([type=radio], [type=checkbox]), label:has([type=radio], [type=checkbox])"))
      .filter((one) => { const { width, height } = one.getBoundingClientRect(); return width < 23.9 || height < 23.9; }).map(named),
    faint: () => [...root().querySelectorAll(".el-fill")].filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1).filter((one) => {
      const style = getComputedStyle(one);
      const seen = (colour) => !["rgba(0, 0, 0, 0)", getComputedStyle(root()).backgroundColor].includes(colour);
      const drawn = seen(style.backgroundColor) || style.backgroundImage !== "none" || (parseFloat(style.borderTopWidth) > 0 && seen(style.borderTopColor));
      const adjusted = style.printColorAdjust ?? style.webkitPrintColorAdjust ?? "exact";
      return !drawn || adjusted !== "exact";
    }).filter((one) => !one.matches(".at-weight:empty, td")).map(named),
  };
})();
