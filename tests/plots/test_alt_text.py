"""A picture is shown once, with its alt text, and a changed alt text does not pass."""

import re
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from encoder_lab import plots
from encoder_lab.plots import alt_text

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: one bundle a call."""
    bundles = []
    monkeypatch.setattr(alt_text, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


def test_a_picture_is_shown_in_each_form_and_then_closed(shown):
    figure, axes = plt.subplots(1, 2)
    for picture in (figure, axes[0], figure.subfigures(1, 2)[0].subplots()):
        plots.show(picture, 'Two "empty" frames & no <b>line</b>.')
        assert not plt.fignum_exists(figure.number)
    assert {bundle["text/plain"] for bundle in shown} == {'picture: Two "empty" frames & no <b>line</b>.'}
    page, png = shown[0]["text/html"], shown[0]["image/png"]
    assert page.startswith('<img alt="Two &quot;empty&quot; frames &amp; no &lt;b&gt;line&lt;/b&gt;." src="data:')
    assert png.startswith("iVBORw0KGgo") and f"base64,{png.strip()}" in page


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_picture_without_alt_text_is_refused(shown, alt):
    with pytest.raises(ValueError, match="no alt text; say in a sentence"):
        plots.show(plt.figure(), alt)
    plt.close("all")
    assert shown == []


def test_nbval_passes_other_bytes_and_refuses_another_alt_text(tmp_path):
    """No cell carries a marker; the last one's committed alt text is not what the cell says."""
    cells = [
        new_code_cell("import matplotlib.pyplot as plt\nfrom encoder_lab.plots.alt_text import show", id="imports")
    ]
    for name, committed in (("same", "A frame."), ("other", "A circle.")):
        bundle = {
            "image/png": "AAAA",
            "text/html": f'<img alt="{committed}" src="data:image/png;base64,AAAA" style="max-width: 100%">',
            "text/plain": "picture: A frame.",  # so that the HTML alone can tell
        }
        output = new_output("display_data", bundle)
        cells.append(new_code_cell("show(plt.figure().add_subplot(), 'A frame.')", id=name, outputs=[output]))
    for count, cell in enumerate(cells, 1):
        cell.execution_count = count
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), tmp_path / "book.ipynb")
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "-p", "no:cacheprovider", "--nbval"]
    run = subprocess.run([*command, tmp_path / "book.ipynb"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.search(r"\b1 failed, 2 passed\b", run.stdout), run.stdout[-2000:] + run.stderr[-2000:]
    assert "A circle." in run.stdout and "PICTURE" in run.stdout
