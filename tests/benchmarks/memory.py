"""What a kernel holds after each notebook: `python -m tests.benchmarks.memory`, or with numbers `… memory 00 07`.

Private is what every student adds to the machine (Private_Dirty); the peak counts mapped files and libraries too, which
all kernels of the machine share. Linux alone keeps these accounts.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from encoder_lab.lab import share_bundled

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
ACCOUNTS = "print(open('/proc/self/smaps_rollup').read(), open('/proc/self/status').read())"
AIMS = {"00": (420, 900), "07": (750, 1000), "08": (750, 1000), "09": (750, 1000)}  # MiB: private, peak
USUAL = (380, 900)


def held(path: Path) -> tuple[float, float]:
    """Run a notebook in a fresh kernel and return its private memory at the end and its peak, in MiB."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(new_code_cell(ACCOUNTS))
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(path.parent)}}).execute()
    said = notebook.cells[-1].outputs[0].text
    private, peak = (
        int(re.search(rf"^ ?{name}:\s+(\d+) kB", said, re.M)[1]) / 1024 for name in ("Private_Dirty", "VmHWM")
    )
    return private, peak


def main() -> None:
    """Run the notebooks that are named, or all, one after another, as they run where the course was opened."""
    share_bundled()
    for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        number = path.name[:2]
        if number in sys.argv[1:] or len(sys.argv) == 1:
            private, peak = held(path)
            most, highest = AIMS.get(number, USUAL)
            print(f"{path.name:40}{private:6.0f} MiB private at the end  (aim: {most})", flush=True)
            print(f"{'':40}{peak:6.0f} MiB at its peak          (aim: {highest})", flush=True)


if __name__ == "__main__":
    main()
