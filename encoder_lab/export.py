"""A notebook as a page, as slides or on paper, none of which asks a network for anything.

python -m encoder_lab.export NOTEBOOK --to html      one page; formulas are MathML, explorers their still forms
python -m encoder_lab.export NOTEBOOK --to slides    the same, a screen a heading; arrow keys go on and back
python -m encoder_lab.export NOTEBOOK --to pdf       on paper, printed by the Chromium or Chrome of this machine
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

import nbformat
from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from encoder_lab.shown import printable
from encoder_lab.texts import say
from encoder_lab.written import write_whole

VIEW = "application/vnd.jupyter.widget-view+json"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PATIENCE = 120  # seconds that printing may take
TEMPLATE = """{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block html_head_css -%}{{ super() }}<style>
@media print {
  pre { white-space: pre-wrap !important; overflow-wrap: anywhere; }
  .jp-OutputArea-child { break-inside: avoid-page; }
}
</style>{%- endblock -%}
{%- block data_png scoped -%}<div class="jp-RenderedImage jp-OutputArea-output"><img
src="data:image/png;base64,{{ output.data['image/png'] | escape_html }}" alt="{{ cell.metadata.alt | escape_html }}"
{%- set width = output | get_metadata('width', 'image/png') %}{% if width %} width="{{ width }}"{% endif %}
></div>{%- endblock -%}
"""
SLIDES = """<style>
html { scroll-snap-type: y proximity; }
.slide { min-height: 100vh; box-sizing: border-box; padding: 2vh 4vw; scroll-snap-align: start; break-after: page; }
.slide .jp-InputPrompt, .slide .jp-OutputPrompt { display: none; }
body { font-size: 20px; }
</style><script>
addEventListener("DOMContentLoaded", () => {
  const slides = [];
  for (const cell of document.querySelectorAll(".jp-Cell")) {
    if (slides.length === 0 || cell.querySelector("h1, h2, h3")) {
      slides.push(Object.assign(document.createElement("section"), { className: "slide" }));
      cell.before(slides.at(-1));
    }
    slides.at(-1).append(cell);
  }
  addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }[key];
    const at = slides.findLastIndex((slide) => slide.getBoundingClientRect().top <= 2);
    if (step) slides[Math.min(slides.length - 1, Math.max(0, at + step))].scrollIntoView();
  });
});
</script>"""


class _Formulas(IPythonRenderer):
    """Markdown whose formulas are MathML, which browsers draw by themselves."""

    def block_math(self, body: str) -> str:
        return _mathml(body, "block")

    def inline_math(self, body: str) -> str:
        return _mathml(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        return _mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")


def _mathml(body: str, display: str) -> str:
    """Write a formula as MathML, its TeX beside it for who reads it aloud or copies it."""
    made = convert(body.strip(), display=display)
    return made.replace("<math ", f'<math aria-label="{escape(body.strip())}" ', 1)


class PageExporter(HTMLExporter):
    """A notebook as one page with no request: explorers as they were last seen, formulas as MathML."""

    export_from_notebook = "Encoder Lab page"
    raw_template = TEMPLATE

    @pass_context
    def markdown2html(self, context: dict, source: str) -> str:
        """Turn a cell's Markdown into HTML."""
        renderer = _Formulas(
            escape=False,
            attachments=context.get("cell", {}).get("attachments", {}),
            embed_images=True,
            path=context.get("resources", {}).get("metadata", {}).get("path", ""),
            anchor_link_text=self.anchor_link_text,
            exclude_anchor_links=self.exclude_anchor_links,
            **self.lexer_options,
        )
        return MarkdownWithMath(renderer=renderer).render(source)

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **given) -> tuple[str, dict]:
        """Export a notebook; each widget gives way to the still form below it."""
        still = nbformat.from_dict(nb)
        still.metadata.pop("widgets", None)
        for cell in still.cells:
            if cell.cell_type == "code":
                cell.outputs = [output for output in cell.outputs if VIEW not in output.get("data", {})]
        return super().from_notebook_node(still, resources, **given)


class SlidesExporter(PageExporter):
    """The same, a screen for each heading."""

    export_from_notebook = "Encoder Lab slides"
    raw_template = TEMPLATE.replace("</style>", f"</style>{SLIDES}")


def export(notebook: str | Path, to: str = "html") -> Path:
    """Write a notebook as a page, as slides or on paper, beside it; an older file is replaced.

    Args:
        notebook: its path.
        to: "html", "slides" or "pdf".

    Returns:
        The file's path.

    Raises:
        ValueError: there is no such notebook or form.
        RuntimeError: paper was asked for, and this machine has no Chromium or Chrome, or it did not print.
    """
    notebook = Path(notebook)
    if to not in ("html", "slides", "pdf"):
        raise ValueError(say("export.unknown_form", form=to))
    if not notebook.is_file() or notebook.suffix != ".ipynb":
        raise ValueError(say("export.no_notebook", file=notebook))
    exporter = SlidesExporter() if to == "slides" else PageExporter()
    written, _ = exporter.from_filename(str(notebook))
    if to == "pdf":
        return _print(written, notebook.with_suffix(".pdf"))
    file = notebook.with_suffix(".slides.html" if to == "slides" else ".html")
    write_whole(file, written)
    return file


def _print(page: str, file: Path) -> Path:
    """Let a browser print a page."""
    browser = os.environ.get("ENCODER_LAB_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise RuntimeError(say("export.no_browser"))
    with tempfile.TemporaryDirectory() as folder:
        source, paper = Path(folder, "page.html"), Path(folder, "page.pdf")
        write_whole(source, page)
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # Chromium's refuses root
        options = ["--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder}/profile", *root]
        command = [browser, *options, f"--print-to-pdf={paper}", source.as_uri()]
        try:
            status = subprocess.run(command, capture_output=True, timeout=PATIENCE).returncode
        except subprocess.TimeoutExpired:
            status = f"none after {PATIENCE} s"
        if not paper.is_file():
            raise RuntimeError(say("export.not_printed", browser=browser, status=status))
        write_whole(file, paper.read_bytes())
    return file


def main(arguments: list[str] | None = None) -> None:
    """Export what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m encoder_lab.export", description=__doc__.splitlines()[0])
    parser.add_argument("notebook", help="a file that ends in .ipynb")
    parser.add_argument("--to", default="html", metavar="html|slides|pdf", help="html if it is not said")
    chosen = parser.parse_args(arguments)
    try:
        print(printable(str(export(chosen.notebook, chosen.to))))
    except (OSError, ValueError, RuntimeError) as error:
        sys.exit(f"Encoder Lab: {error}")


if __name__ == "__main__":
    main()
