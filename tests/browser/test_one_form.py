"""Exactly one form of an explorer is seen, whatever a front end calls its boxes; and none that belongs to another."""

import pytest

from tests.browser.explorers import EXPLORERS

pytestmark = pytest.mark.browser

FRONT_ENDS = {
    "JupyterLab, Notebook 7": '<div class="jp-OutputArea-child"><div class="jp-OutputArea-output">{}</div></div>',
    "VS Code": '<div class="output_container"><div class="output"><div><div>{}</div></div></div></div>',
    "Colab": '<div class="output_subarea">{}</div>',
    "bare": "{}",
}
CELL = '<div class="cell">{}</div>'
LIVE = '<div class="widget"><section class="encoder-lab">live</section></div>'
DEAD = "<p>Error displaying widget: model not found</p>"
STILL = '<div class="mathjax_ignore"><div class="encoder-lab-still">still</div></div>'


def cell(box: str, widget: str) -> str:
    """A cell's outputs: a widget, and its still form below it."""
    outputs = [box.format(widget), box.format(STILL)]
    return CELL.format("".join(outputs))


@pytest.mark.parametrize("front_end", FRONT_ENDS)
@pytest.mark.parametrize(
    ("widgets", "seen"),
    [
        ([LIVE], ["live"]),
        ([DEAD], ["still"]),
        ([LIVE, LIVE], ["live", "live"]),  # a duplicated cell
        ([DEAD, LIVE, DEAD], ["still", "live", "still"]),
        ([LIVE, DEAD, LIVE], ["live", "still", "live"]),
    ],
)
def test_one_form_is_seen(page, front_end, widgets, seen):
    style = EXPLORERS[1].made().get_state()["_css"]
    cells = "".join(cell(FRONT_ENDS[front_end], widget) for widget in widgets)
    page.set_content(f"<style>{style}</style><main>{cells}<div class='cell'>{STILL}</div></main>")
    forms = page.locator("section.encoder-lab, .encoder-lab-still")
    shown = [form.inner_text() for form in forms.all() if form.is_visible()]
    assert shown == [*seen, "still"]  # the last cell holds an exported one, with no widget at all


def test_two_outputs_of_one_cell_keep_their_own(page):
    style = EXPLORERS[1].made().get_state()["_css"]
    box = FRONT_ENDS["VS Code"]
    outputs = "".join(box.format(part) for part in (LIVE, STILL, DEAD, STILL))
    page.set_content(f"<style>{style}</style><main>{CELL.format(outputs)}</main>")
    visible = [form.is_visible() for form in page.locator("section.encoder-lab, .encoder-lab-still").all()]
    assert visible == [True, False, True]
