"""Long texts, from memory to the page: `python -m tests.benchmarks.long_texts`, or with sizes `… 512 8192`.

Random weights of ModernBERT-base's size: 22 layers, 12 heads, 768 wide; 2 threads. The plain forward is `transformers`'
with sdpa. Memory is a process's peak resident set above what it held before, each side in a process of its own (read
from /proc, so on Linux only). The page is Chromium's behind the browser tests' stand-in, which packs bytes as base64:
its seconds are no less than JupyterLab's, and its bytes are counted before that. Only at 512 tokens does bertviz write
a page at all, of a BERT-base's 12 layers: `python -m tests.benchmarks.attention_explorer`.
"""

import gc
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
from playwright.sync_api import Page, sync_playwright
from transformers import ModernBertConfig, ModernBertForMaskedLM

from encoder_lab import explore
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward import trace_tokens
from tests.benchmarks.attention_explorer import PAINTED, Weighed, named, size_of
from tests.benchmarks.tracing import resident, some_tokens
from tests.browser.conftest import FLAGS

SIZES = (512, 2048, 8192)
ROWS = 9
POINT = """
async ([x, y]) => {
  const map = document.querySelector(".at-map");
  const { left, top, width, height } = map.getBoundingClientRect();
  const said = () => document.querySelector(".at-said").textContent;
  const before = said();
  const start = performance.now();
  map.dispatchEvent(new PointerEvent("pointermove", { clientX: left + x * width, clientY: top + y * height }));
  do await new Promise((done) => setTimeout(done)); while (said() === before || !said().includes(" looks at "));
  return (performance.now() - start) / 1000;
}
"""


def modern() -> Checkpoint:
    """Make a random masked-LM of ModernBERT-base's size; no tokenizer is needed."""
    torch.manual_seed(0)
    model = ModernBertForMaskedLM(ModernBertConfig(attn_implementation="sdpa")).eval().requires_grad_(False)
    return Checkpoint("fill-mask", "random", None, model, None)


def measure(kind: str, size: int) -> None:
    """Run the forward alone, or the trace and then its explorer, and print what it takes; in a process of its own."""
    torch.set_num_threads(2)
    checkpoint, tokens = modern(), named(some_tokens(size))
    base = checkpoint.model.base_model
    trace_tokens(checkpoint, named(some_tokens(8)))  # whatever the first pass needs once
    gc.collect()
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    start = time.perf_counter()
    with torch.inference_mode(kind == "forward"):
        way = base(tokens.ids, attention_mask=tokens.mask) if kind == "forward" else trace_tokens(checkpoint, tokens)
    print(resident("VmHWM") - before, time.perf_counter() - start)
    if kind == "trace":
        with sync_playwright() as playwright:
            chromium = os.environ.get("ENCODER_LAB_CHROMIUM", "/usr/bin/chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            pictures(way, browser.new_page(viewport={"width": 1100, "height": 800}))
            browser.close()


def pictures(way: object, page: Page) -> None:
    """Open the explorer on a trace, wait for the exact map, point at rows, zoom in; print what each takes."""
    start = time.time()
    explorer = explore.attention(way)
    first = size_of(explorer.get_state())
    on = Weighed(page, explorer)
    painted = page.evaluate(PAINTED) - start
    line("from trace to first picture", painted, first, "at most 2 s and 4 MB")
    if not explorer._blocks[0].long:
        return
    page.wait_for_function("document.querySelector('.at-progress').hidden", timeout=600_000)
    line("exact block maxima of the layer", time.time() - start, on.sent, "at most 8 s")
    page.wait_for_function("!document.querySelector('.at-thumbnail:not(.at-there)')", timeout=600_000)
    line("every thumbnail there", time.time() - start, on.sent, "behind it")
    sent = on.sent
    took = [page.evaluate(POINT, [0.5, 0.3 + 0.6 * ((i * 0.618) % 1)]) for i in range(ROWS)]
    line(
        f"an exact row, median of {ROWS}", statistics.median(took), (on.sent - sent) / ROWS, "at most 0.15 s and 64 kB"
    )
    sent, start = on.sent, time.time()
    while "Exact weights" not in page.locator(".at-note").inner_text():
        page.evaluate("""async () => {
            document.querySelector(".at-zoom button").click();
            await new Promise((done) => setTimeout(done, 50));
        }""")
    line("an exact square, zooming included", time.time() - start, on.sent - sent, "when zoomed into")


def line(what: str, seconds: float, sent: float, aim: str) -> None:
    """Print one figure beside its aim."""
    print(f"  {what:37}{seconds:8.3f} s {sent / 1e6:9.3f} MB  (aim: {aim})", flush=True)


def main() -> None:
    """Measure and print everything."""
    for size in [int(each) for each in sys.argv[1:]] or SIZES:
        found = {}
        for kind in ("forward", "trace"):
            command = [sys.executable, "-m", "tests.benchmarks.long_texts", kind, str(size)]
            run = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            figures, _, rest = run.partition("\n")
            found[kind] = [float(each) for each in figures.split()]
        states = size * 768 * 23 * 4 / 2**20
        (plain, seconds), (traced, longer) = found["forward"], found["trace"]
        print(f"{size} tokens; load {os.getloadavg()[0]:.1f}")
        print(f"  peak of the forward {plain:.0f} MB in {seconds:.1f} s; hidden states {states:.0f} MB")
        print(
            f"  peak of the trace   {traced:.0f} MB in {longer:.1f} s  (aim: at most {1.1 * (plain + states):.0f} MB)"
        )
        print(rest, end="", flush=True)


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2])) if sys.argv[1:2] in (["forward"], ["trace"]) else main()
