"""The attention explorer over 512 tokens: `python -m tests.benchmarks.attention_explorer`.

Random weights of BERT-base's size, 12 layers of 12 heads, 2 threads. The page is Chromium's; between it and Python
stands what the browser tests use, which packs bytes as base64 where JupyterLab would send them as they are, so its
seconds are no less than JupyterLab's and its bytes are counted before that.

Beside it stands the HTML that bertviz writes for the same weights. It has an environment of its own, `.bertviz`,
which `make bench` makes; without it that row is left out, and this is said.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from playwright.sync_api import sync_playwright

from encoder_lab import explore
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward import trace_tokens
from encoder_lab.records import Tokens, Trace
from encoder_lab.widgets.explorer import Explorer
from tests.benchmarks.tracing import base_size, some_tokens
from tests.browser.conftest import FLAGS
from tests.browser.stand_in import StandIn

ROOT = Path(__file__).parents[2]
OTHER_PYTHON = ROOT / ".bertviz" / ("Scripts" if os.name == "nt" else "bin") / "python"
HOVERS = 50

# Run by the other Python: the attention of every layer from a file, one HTML page out.
HEAD_VIEW = """
import json, sys, time
import numpy, torch
from bertviz import head_view
from importlib.metadata import version
layers = [torch.from_numpy(layer) for layer in numpy.load(sys.argv[1])]
tokens = [f"token{i}" for i in range(layers[0].shape[-1])]
start = time.perf_counter()
page = head_view(layers, tokens, html_action="return").data
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "bytes": len(page.encode()), "version": version("bertviz")}))
"""

# When the browser first painted anything, as `time.time()` has it: the explorer, for the page is empty before.
PAINTED = """
() => new Promise((done) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) done((performance.timeOrigin + paint.startTime) / 1000);
}).observe({ type: "paint", buffered: true }))
"""
CHOOSE = """
async (name) => {
  const start = performance.now();
  document.querySelector(`.at-thumbnail[aria-label="${name}"]`).click();
  const there = () => document.querySelector(".at-map") && !document.querySelector(".el-busy");
  do await new Promise((done) => requestAnimationFrame(() => setTimeout(done))); while (!there());
  return performance.now() - start;
}
"""
HOVER = """
async (count) => {
  const map = document.querySelector(".at-map");
  const { left, top, width, height } = map.getBoundingClientRect();
  const took = [];
  for (let i = 0; i < count; i++) {
    const [x, y] = [0.3 + 0.6 * ((i * 0.618) % 1), 0.3 + 0.6 * ((i * 0.414) % 1)];
    const said = document.querySelector(".at-said").textContent;
    const start = performance.now();
    map.dispatchEvent(new PointerEvent("pointermove", { clientX: left + x * width, clientY: top + y * height }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    if (document.querySelector(".at-said").textContent === said) throw new Error("nothing was highlighted");
    took.push(performance.now() - start);
  }
  return took;
}
"""


def named(tokens: Tokens) -> Tokens:
    """Give random ids names to be shown."""
    return replace(tokens, strings=(tuple(f"token{i}" for i in range(tokens.ids.shape[1])),))


def size_of(message: dict) -> int:
    """Count what a message weighs: its bytes as they are, the rest as JSON."""
    buffers = [value for value in message.values() if isinstance(value, bytes | memoryview)]
    rest = {name: value for name, value in message.items() if not isinstance(value, bytes | memoryview)}
    return sum(map(len, buffers)) + len(json.dumps(rest, default=str))


class Weighed(StandIn):
    """The stand-in, which also counts the bytes that Python sends after the first state."""

    sent = 0

    def _hear(self, message: str) -> str:
        before = self.explorer.get_state()
        answer = super()._hear(message)
        for _, buffers in json.loads(answer)["said"]:
            self.sent += sum(len(buffer["base64"]) * 3 // 4 for buffer in buffers)
        self._weigh(before)
        return answer

    def _set(self, message: str) -> str:
        before = self.explorer.get_state()
        answer = super()._set(message)
        self._weigh(before)
        return answer

    def _weigh(self, before: dict) -> None:
        after = self.explorer.get_state()
        self.sent += size_of({name: value for name, value in after.items() if value != before[name]})


def ours(way: Trace, chromium: str) -> None:
    """Open the explorer on a trace, look at other layers, hover; print what it takes."""
    layers = len(way.layers)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1100, "height": 800})
        start = time.time()
        explorer: Explorer = explore.attention(way, layer=1)
        first = size_of(explorer.get_state())
        on = Weighed(page, explorer)
        page.wait_for_function("!document.querySelector('.at-thumbnail:not(.at-there)')")
        filled, behind = time.time() - start, on.sent
        painted = page.evaluate(PAINTED) - start
        # another head each time, so that none is in the page, and layers far apart, so that none is in the trace
        others = [page.evaluate(CHOOSE, f"layer {i * 5 % layers}, head {i % 5 + 2}") / 1000 for i in range(layers)]
        each = (on.sent - behind) / layers
        hovers = page.evaluate(HOVER, HOVERS)
        browser.close()
    for what, seconds, sent, aim in [
        ("from trace to first paint", painted, first, "at most 2 s and 4 MB"),
        ("every thumbnail there", filled, first + behind, "behind it"),
        (f"another layer, median of {layers}", statistics.median(others), each, "at most 0.5 s"),
        (f"hover to highlight, median of {HOVERS}", statistics.median(hovers) / 1000, 0, "at most 0.05 s"),
    ]:
        print(f"  {what:37}{seconds:8.3f} s {sent / 1e6:9.2f} MB  (aim: {aim})")


def theirs(way: Trace) -> None:
    """Let bertviz write its page of the same weights; print what it takes."""
    if not OTHER_PYTHON.exists():
        print("  bertviz: NOT MEASURED, it has no environment yet; `make bench` makes it")
        return
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "attention.npy"
        np.save(file, np.stack([layer.attention.weights.numpy() for layer in way.layers]))  # (L, 1, H, T, T)
        run = subprocess.run([OTHER_PYTHON, "-c", HEAD_VIEW, file], check=True, capture_output=True, text=True)
    found = json.loads(run.stdout)
    what = f"bertviz {found['version']} head_view, as HTML"
    print(f"  {what:37}{found['seconds']:8.3f} s {found['bytes'] / 1e6:9.2f} MB")


def main() -> None:
    """Measure and print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, default=512, help="of the text, 65 to 512")
    given = parser.parse_args()
    torch.set_num_threads(2)
    checkpoint: Checkpoint = base_size()
    way = trace_tokens(checkpoint, named(some_tokens(given.tokens)))
    heads = way.layers[0].attention.weights.shape[1]
    print(f"{given.tokens} tokens, {len(way.layers)} layers of {heads} heads, width {way.hidden_states[0].shape[-1]}")
    ours(way, os.environ.get("ENCODER_LAB_CHROMIUM", "/usr/bin/chromium"))
    theirs(way)


if __name__ == "__main__":
    main()
