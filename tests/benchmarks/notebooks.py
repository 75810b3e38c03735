"""How long each notebook takes, and its slowest cell: `python -m tests.benchmarks.notebooks`."""

from datetime import datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def seconds(times: dict[str, str], begin: str, end: str) -> float:
    """Subtract two of the times that the kernel wrote down for a cell."""
    return (datetime.fromisoformat(times[end]) - datetime.fromisoformat(times[begin])).total_seconds()


def main() -> None:
    """Run every notebook in a fresh kernel and print its seconds."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        start = datetime.now()
        NotebookClient(notebook, timeout=300, record_timing=True).execute()
        whole = (datetime.now() - start).total_seconds()
        cells = [cell.metadata.execution for cell in notebook.cells if "execution" in cell.metadata]
        took = [seconds(times, "iopub.status.busy", "iopub.status.idle") for times in cells]
        at = took.index(max(took))
        print(f"{path.name:40}{whole:6.1f} s with the kernel's start  (aim: under 60 s)")
        print(f"{'':40}{max(took):6.1f} s its slowest cell, code cell {at + 1} of {len(took)}  (aim: under 5 s)")


if __name__ == "__main__":
    main()
