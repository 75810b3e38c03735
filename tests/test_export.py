"""A notebook exported: one page that asks for nothing, formulas as MathML, one form of each explorer, slides."""

import re
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from encoder_lab import export as exporting
from encoder_lab.export import VIEW, PageExporter, SlidesExporter, export, main
from encoder_lab.shown import frame

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
MARKDOWN = r"""# Formulas

Inline $-1$ and $\frac{q \cdot k}{\sqrt{K}}$, five dollars \$5, `code $x$`, and

$$ \mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}} $$

\begin{equation} a^2 + b^2 < c^2 \end{equation}
"""


def write(folder: Path) -> Path:
    """Write a notebook with what is hard to export."""
    outputs = [
        new_output("display_data", {VIEW: {"model_id": "gone", "version_major": 2, "version_minor": 0}}),
        new_output("display_data", {"text/html": frame('<div class="encoder-lab-still">still: $5 and $6</div>')}),
        new_output("display_data", {"image/png": PIXEL}),
    ]
    cells = [
        new_markdown_cell(MARKDOWN),
        new_code_cell("x = '" + "long " * 60 + "'", outputs=outputs, metadata={"alt": "one grey pixel"}),
        new_markdown_cell("## Second"),
        new_code_cell("2"),
    ]
    state = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}}
    file = folder / "lesson.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"widgets": state}), file)
    return file


@pytest.fixture
def notebook(tmp_path) -> Path:
    return write(tmp_path)


@pytest.mark.parametrize(("to", "name"), [("html", "lesson.html"), ("slides", "lesson.slides.html")])
def test_a_page_names_nothing_to_fetch(notebook, to, name):
    file = export(notebook, to)
    written = file.read_text(encoding="utf-8")
    assert file == notebook.with_name(name)
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"'](?!data:)[^>]*>", written) == []
    assert not re.search(r"@import|url\(.?https?:|\bimport\(|require\.min|cdnjs|unpkg|jsdelivr", written)


def test_formulas_are_mathml_and_what_is_none_stays(notebook):
    written = export(notebook).read_text(encoding="utf-8")
    assert written.count("<math ") == 4 and "<mfrac>" in written and "<msqrt>" in written
    assert len(re.findall(r'<math [^>]*display="block"', written)) == 2
    assert r'aria-label="\frac{q \cdot k}{\sqrt{K}}"' in written and "a^2 + b^2 &lt; c^2" in written
    assert "five dollars $5" in written and "<code>code $x$</code>" in written and "still: $5 and $6" in written


def test_an_explorer_has_one_form_and_a_picture_its_words(notebook):
    written = export(notebook).read_text(encoding="utf-8")
    assert "widget" not in re.sub(r"<style.*?</style>", "", written, flags=re.S).lower()
    assert written.count("encoder-lab-still") == 1 and 'alt="one grey pixel"' in written
    assert nbformat.read(notebook, 4).metadata.widgets  # the notebook itself is as it was


@pytest.mark.parametrize(
    ("file", "to", "message"),
    [
        ("lesson.ipynb", "word", "there is no form 'word'; choose html, slides or pdf"),
        ("none.ipynb", "html", "there is no notebook .*none.ipynb; give the path"),
        (".", "html", "there is no notebook"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(notebook, capsys, file, to, message):
    with pytest.raises(ValueError, match=message):
        export(notebook.parent / file, to)
    with pytest.raises(SystemExit, match=message):
        main([str(notebook.parent / file), "--to", to])


def test_without_a_browser_there_is_no_paper(notebook, monkeypatch):
    monkeypatch.delenv("ENCODER_LAB_CHROMIUM", raising=False)
    monkeypatch.setattr(exporting, "BROWSERS", ())
    with pytest.raises(RuntimeError, match=r"and none was found; install one.*or print the page"):
        export(notebook, "pdf")


def test_jupyterlab_s_menu_has_both():
    assert get_exporter("encoder_lab_page") is PageExporter and get_exporter("encoder_lab_slides") is SlidesExporter
    assert PageExporter.export_from_notebook != SlidesExporter.export_from_notebook
