"""Notebook 00 as a student meets it: opened in JupyterLab, all cells run, nothing wrong, nothing fetched."""

from pathlib import Path

import nbformat
import pytest

WELCOME = Path(__file__).parents[2] / "notebooks" / "00_welcome.ipynb"


def kinds(notebook) -> list[set[str]]:
    """Name the kinds of output each code cell shows: "stream", "error", "image/png", "text/html" and so on."""
    return [
        {kind for output in cell.outputs for kind in output.get("data", {output.output_type: ""})}
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.more
@pytest.mark.browser
def test_the_welcome_runs_from_top_to_bottom(open_notebook):
    welcome = open_notebook(WELCOME)
    welcome.run_all()
    after = welcome.saved()

    ran = [cell for cell in after.cells if cell.cell_type == "code"]
    errors = [output.evalue for cell in ran for output in cell.outputs if output.output_type == "error"]
    assert errors == []
    assert [cell.execution_count for cell in ran] == list(range(1, len(ran) + 1))
    assert kinds(after) == kinds(nbformat.read(WELCOME, as_version=4))  # everything that is committed appeared

    pictures = sum("image/png" in shown for shown in kinds(after))
    assert pictures > 0
    painted = "all => all.filter(picture => picture.complete && picture.naturalWidth > 0).length"
    assert welcome.page.locator(".jp-OutputArea-output img").evaluate_all(painted) == pictures
