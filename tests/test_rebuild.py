"""What is kept of a notebook that was run: no widget, no progress bar's empty output, no version; all else."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests import rebuild


def test_widgets_finished_bars_and_the_version_go_and_the_rest_stays():
    printed = new_output("stream", name="stdout", text="1\n")
    still = new_output("display_data", {"text/html": "<div></div>"})
    warned = new_output("stream", name="stderr", text="something is wrong\n")
    bar = new_output("display_data", {})
    widget = new_output("display_data", {rebuild.VIEW: {"model_id": "1"}})
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[printed, bar, widget, still, warned])])
    notebook.metadata.widgets = {"state": 1}
    notebook.metadata.language_info = {"name": "python", "version": "3.11.7"}
    rebuild.keep_what_stays(notebook)
    assert notebook.cells[0].outputs == [printed, still, warned]
    assert notebook.metadata == {"language_info": {"name": "python"}}


def test_a_notebook_is_run_and_written_back(tmp_path, monkeypatch, capsys):
    file = tmp_path / "03_sums.ipynb"
    code = "print(1)\nprint(2, flush=True)\nprint(1 + 2)"
    nbformat.write(new_notebook(cells=[new_code_cell(code)]), file)
    monkeypatch.setattr(rebuild, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["rebuild", "03"])
    rebuild.main()
    (cell,) = nbformat.read(file, as_version=4).cells
    assert [output.text for output in cell.outputs] == ["1\n2\n3\n"]
    assert capsys.readouterr().out == "03_sums.ipynb\n"


def test_a_number_that_does_not_exist_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(rebuild, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["rebuild", "77"])
    with pytest.raises(SystemExit):
        rebuild.main()
    assert "there is no notebook 77" in capsys.readouterr().err
