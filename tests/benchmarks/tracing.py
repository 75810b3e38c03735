"""What tracing costs beside the model's own forward pass: `python -m tests.benchmarks.tracing`.

Random weights of BERT-base's size, 512 tokens, 2 threads. Both sides run in turns in one process, so that a change
of the machine's speed hits both; the ratio of the medians is what counts. Memory is the process's peak resident set
above the forward's own, each side in a process of its own (read from /proc, so on Linux only).
"""

import gc
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from transformers import BertConfig, BertForMaskedLM

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward import trace_tokens
from encoder_lab.records import Tokens

ROUNDS = 9
TOKENS = 512


def base_size(attention: str = "sdpa") -> Checkpoint:
    """Make a random masked-LM of BERT-base's size; no tokenizer is needed."""
    torch.manual_seed(0)
    model = BertForMaskedLM(BertConfig(attn_implementation=attention)).eval().requires_grad_(False)
    return Checkpoint("fill-mask", "random", None, model, None)


def some_tokens(count: int = TOKENS) -> Tokens:
    """Make one text of random ids."""
    ids = torch.randint(1000, 30000, (1, count), generator=torch.Generator().manual_seed(1))
    ones, zeros = torch.ones_like(ids), torch.zeros_like(ids)
    return Tokens((("", None),), ids, ones, zeros, zeros, torch.zeros(1, count, 2), ((),))


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Run both in turns; returns the two medians in seconds and their ratio."""
    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    return mine, other, mine / other


@torch.inference_mode()
def forward(checkpoint: Checkpoint, tokens: Tokens, **options: bool) -> object:
    """Run the base model alone, asking `transformers` for `options`."""
    return checkpoint.model.bert(tokens.ids, attention_mask=tokens.mask, token_type_ids=tokens.segments, **options)


def peak(kind: str) -> None:
    """Print by how many MB one kind of pass raises the process's peak; run in a process of its own."""
    checkpoint, tokens = base_size("eager" if kind == "everything" else "sdpa"), some_tokens()
    forward(checkpoint, some_tokens(8))  # whatever the first pass needs once
    work = {
        "forward": lambda: forward(checkpoint, tokens),
        "trace": lambda: trace_tokens(checkpoint, tokens),
        "everything": lambda: forward(checkpoint, tokens, output_hidden_states=True, output_attentions=True),
    }[kind]
    gc.collect()
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    kept = work()
    print(resident("VmHWM") - before)
    del kept


def resident(field: str) -> float:
    """Read this process's resident set now ("VmRSS") or at its peak ("VmHWM"), in MB."""
    return int(re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def peaks(kind: str) -> float:
    """Measure one kind in a fresh process, in MB."""
    command = [sys.executable, "-m", "tests.benchmarks.tracing", kind]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


START_UP = """
import time
begin = time.perf_counter(); import torch, transformers
first = time.perf_counter(); import encoder_lab
second = time.perf_counter(); transformers.BertForMaskedLM, transformers.AutoTokenizer
third = time.perf_counter(); encoder_lab.load("fill-mask", "bundled")
print(first - begin, second - first, third - second, time.perf_counter() - third)
"""


def start_up() -> list[float]:
    """Time the imports and the first load in fresh processes; medians in seconds."""
    command = [sys.executable, "-c", START_UP]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(5)]
    return [statistics.median(map(float, column)) for column in zip(*runs, strict=True)]


def main() -> None:
    """Measure and print everything."""
    torch.set_num_threads(2)
    checkpoint, tokens = base_size(), some_tokens()
    mine, other, cost = ratio(lambda: trace_tokens(checkpoint, tokens), lambda: forward(checkpoint, tokens))
    print(f"trace of {TOKENS} tokens      {mine:.3f} s, forward {other:.3f} s: ratio {cost:.3f}  (aim: at most 1.10)")

    found = trace_tokens(checkpoint, tokens)
    layers = iter([5, 6, 7, 8] * ROUNDS)  # two are kept, so each of four in turn is worked out anew
    mine, other, cost = ratio(lambda: found.layers[next(layers)], lambda: forward(checkpoint, tokens))
    print(f"one layer on demand       {mine:.3f} s, forward {other:.3f} s: ratio {cost:.3f}  (aim: at most 0.15)")

    alone, traced, everything = (peaks(kind) for kind in ("forward", "trace", "everything"))
    print(f"peak memory above forward {traced - alone:.0f} MB  (aim: at most 64 MB; attentions and hidden states")
    print(f"                          asked of transformers: {everything - alone:.0f} MB)")

    libraries, ours, classes, loading = start_up()
    print(f"import torch, transformers {libraries:.2f} s; encoder_lab adds {ours:.2f} s  (aim: at most 0.3 s)")
    print(f"load('fill-mask')          {loading:.2f} s  (aim: at most 1 s), after {classes:.2f} s in which")
    print("                           transformers imports its own model code, once a process")


if __name__ == "__main__":
    peak(sys.argv[1]) if len(sys.argv) > 1 else main()
