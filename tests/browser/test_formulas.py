"""What somebody typed with dollar signs stays text in JupyterLab, which sets formulas in whatever a cell shows."""

import nbformat
import pytest

from encoder_lab import answer, classify, explore, fill_mask, tokenize, trace, zero_shot
from encoder_lab.exercises.outcome import WRONG, Outcome
from encoder_lab.interventions import logit_lens, watch
from tests.families import HEADED
from tests.forward.inference import with_names

pytestmark = pytest.mark.browser

TYPED = r"The $5 and the meal $6 $$x$$ \(y\) \[z\]"
FM, QA, TC, ZS = HEADED


@pytest.fixture(scope="module")
def shown(new_tiny) -> dict[str, str]:
    """HTML of everything that shows what was typed; and of a formula, which must be set."""
    c = {task: new_tiny(task) for task in HEADED}
    for checkpoint in c.values():
        checkpoint.tokenizer.model_max_length = 60  # the tiny vocabulary spells nearly everything
    c[ZS] = with_names(c[ZS], ("contradiction", "neutral", "entailment"))
    masked = f"$5 {TYPED[4:15]} [MASK] $6"
    records = {
        "classify": classify(c[TC], TYPED),
        "answer": answer(c[QA], "Is $5 $6?", TYPED[:27], top_k=3),
        "fill_mask": fill_mask(c[FM], masked),
        "zero_shot": zero_shot(c[ZS], "$5 and $6", ["$a$", "$b$"]),
        "tokens": tokenize(c[TC].tokenizer, TYPED),
        "target": watch(c[TC], TYPED),
        "lens": logit_lens(c[FM], "$5 and $6"),
        "outcome": Outcome("name", WRONG, TYPED),
    }
    explorers = {
        "still fill_mask": explore.fill_mask(c[FM], masked),
        "still answer": explore.answer(c[QA], "Is $5 $6?", TYPED[:27]),
        "still classify": explore.classify(c[TC], TYPED),
        "still zero_shot": explore.zero_shot(c[ZS], "$5 and $6", ["$a$", "$b$"]),
        "still attention": explore.attention(trace(c[FM], "$5 and $6")),
    }
    pages = {name: record._repr_html_() for name, record in records.items()}
    pages |= {name: explorer.still() for name, explorer in explorers.items()}
    return pages | {"a formula": "<p>It is $x^2$ here.</p>"}


def test_no_formula_is_set_in_what_was_typed(shown, tmp_path, open_notebook):
    cells = []
    for name, html in shown.items():
        output = nbformat.v4.new_output("display_data", {"text/html": html, "text/plain": name})
        cells.append(nbformat.v4.new_code_cell(f"# {name}", outputs=[output], execution_count=1))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), tmp_path / "shown.ipynb")
    page = open_notebook(tmp_path / "shown.ipynb").page
    outputs = page.locator(".jp-RenderedHTMLCommon.jp-OutputArea-output")
    outputs.last.locator("mjx-container").wait_for()
    assert outputs.count() == len(shown)
    set_in = [
        name for name, output in zip(shown, outputs.all(), strict=True) if output.locator("mjx-container").count()
    ]
    assert set_in == ["a formula"]
    assert "The $5 and the meal $6 $$x$$ \\(y\\)" in outputs.first.inner_text()
