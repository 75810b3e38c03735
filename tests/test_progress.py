"""The progress bar: on standard error in a terminal, in a notebook in an output of its own that ends up empty."""

import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from encoder_lab.progress import progress_bar

CELLS = {
    "whole": """
from encoder_lab.progress import progress_bar
with progress_bar(4, "reading", "texts") as bar:
    bar.update(4)
    print("between")
print("after")""",
    "half": """
with progress_bar(4, "reading", "texts") as bar:
    bar.update(3)
    bar.refresh()
    bar.display = lambda *_, **__: None  # what was drawn last stays""",
    "not shown": """
with progress_bar(4, "reading", "texts", shown=False) as bar:
    bar.update(4)""",
}


@pytest.fixture(scope="module")
def cells() -> dict[str, NotebookNode]:
    """Run the cells above in a real kernel."""
    notebook = new_notebook(cells=[new_code_cell(code) for code in CELLS.values()])
    NotebookClient(notebook, timeout=60, record_timing=False).execute()
    return dict(zip(CELLS, notebook.cells, strict=True))


def test_in_a_terminal_it_is_drawn_on_standard_error_and_wiped(capsys):
    with progress_bar(4, "reading", "texts") as bar:
        bar.update(4)
    printed = capsys.readouterr()
    assert "reading" in printed.err and not printed.err.split("\r")[-1].strip() and not printed.out


def test_a_bar_that_is_not_shown_draws_nothing(capsys):
    with progress_bar(4, "reading", "texts", shown=False) as bar:
        bar.update(4)
    assert capsys.readouterr() == ("", "")


def test_in_a_notebook_it_leaves_one_empty_output_and_no_printed_line(cells):
    bar, *printed = cells["whole"].outputs
    assert (bar.output_type, bar.data) == ("display_data", {})
    assert {each.name for each in printed} == {"stdout"}
    assert "".join(each.text for each in printed) == "between\nafter\n"


def test_in_a_notebook_it_says_how_far_it_is(cells):
    (bar,) = cells["half"].outputs
    assert "reading:  75%" in bar.data["text/plain"] and "3/4" in bar.data["text/plain"]


def test_in_a_notebook_a_bar_that_is_not_shown_leaves_nothing(cells):
    assert cells["not shown"].outputs == []
