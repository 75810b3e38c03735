"""One side of a comparison, in a process of its own: it loads once, then answers each time it is told to.

    python -m tests.benchmarks.one_side ours FOLDER       our `answer`
    python -m tests.benchmarks.one_side theirs FOLDER     the pipeline of transformers 4.57.6, in its environment

A line of JSON comes in, question and context; one goes out, seconds and answer. Nothing is computed in between.
"""

import json
import sys
import time
from collections.abc import Callable

THREADS = 2


def ours(folder: str) -> Callable[[str, str], dict]:
    """Load our side."""
    from encoder_lab import answer, load

    checkpoint = load("question-answering", folder)
    return lambda question, context: answer(checkpoint, question, context).as_pipeline()


def theirs(folder: str) -> Callable[[str, str], dict]:
    """Load the pipeline at its defaults."""
    from transformers import pipeline

    ask = pipeline("question-answering", model=folder, tokenizer=folder, device="cpu")
    return lambda question, context: ask(question=question, context=context)


def main() -> None:
    """Answer until there are no more lines."""
    import torch
    import transformers

    torch.set_num_threads(THREADS)
    side = {"ours": ours, "theirs": theirs}[sys.argv[1]](sys.argv[2])
    print(json.dumps({"transformers": transformers.__version__, "torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        start = time.perf_counter()
        found = side(asked["question"], asked["context"])
        print(json.dumps({"seconds": time.perf_counter() - start, "answer": found}), flush=True)


if __name__ == "__main__":
    main()
