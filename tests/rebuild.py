"""Run the course's notebooks and keep what is committed: the outputs, of explorers the still form, no widget state.

python -m tests.rebuild            all of them
python -m tests.rebuild 03 07      these
"""

import argparse
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[1] / "notebooks"
VIEW = "application/vnd.jupyter.widget-view+json"
PATIENCE = 900  # seconds a cell may take


def rebuild(file: Path) -> None:
    """Run one notebook from top to bottom in its own folder, and write it back."""
    notebook = nbformat.read(file, as_version=4)
    settings = {"resources": {"metadata": {"path": str(file.parent)}}, "record_timing": False}
    NotebookClient(notebook, timeout=PATIENCE, store_widget_state=False, **settings).execute()
    keep_what_stays(notebook)
    CoalesceStreamsPreprocessor(enabled=True)(notebook, {})  # how many pieces printed text comes in is chance
    nbformat.write(notebook, file)


def keep_what_stays(notebook: NotebookNode) -> None:
    """Take out every widget, whose still form stands below it, what progress bars leave, and Python's own version."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not goes(output)]


def goes(output: NotebookNode) -> bool:
    """Say whether an output is a widget, or the empty one of a progress bar that is done."""
    return VIEW in output.get("data", {}) or output.get("data") == {}


def main() -> None:
    """Rebuild what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.rebuild", description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", metavar="NN", help="two digits of each; all if none is named")
    wanted = parser.parse_args().numbers
    files = [file for file in sorted(FOLDER.glob("[0-9][0-9]_*.ipynb")) if not wanted or file.name[:2] in wanted]
    if unknown := set(wanted) - {file.name[:2] for file in files}:
        parser.error(f"there is no notebook {', '.join(sorted(unknown))}")
    for file in files:
        print(file.name, flush=True)
        rebuild(file)


if __name__ == "__main__":
    main()
