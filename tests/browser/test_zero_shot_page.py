"""The zero-shot explorer's page: not fooled by text, fit for screens and readers, gone when closed, saved."""

from functools import partial

import pytest

from encoder_lab import explore, load
from tests.browser.wrong import HOSTILE, violations
from tests.browser.zero_shot_page import SECOND, add, cells, chips, put

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def checkpoint():
    return load("zero-shot-classification")


@pytest.fixture
def opened(page, checkpoint):
    """A function that puts the explorer on the page."""
    return partial(put, page, checkpoint)


def test_text_labels_and_templates_are_never_taken_for_html(opened):
    on = opened(text=HOSTILE, labels=["music", HOSTILE], hypothesis_template=HOSTILE + "{}")
    on.explorer.title = HOSTILE
    on.page.get_by_role("button", name="compare with a second template").click()
    for box in ("template, {}", "second template"):
        on.page.get_by_label(box).first.fill(f"{{}} {HOSTILE}")
    on.page.get_by_label("text", exact=True).fill(f"{HOSTILE} again")
    add(on, f"{HOSTILE} label")
    assert on.page.locator(".el-problem").inner_text() == "" and len(cells(on.page, ".el-bars")) == 3
    add(on, HOSTILE)  # a problem that quotes it
    assert HOSTILE[:20] in on.page.locator(".el-problem").inner_text()
    assert on.page.evaluate("window.hacked") is None
    assert on.page.locator(".encoder-lab img, .encoder-lab script").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("presenter", [False, True])
def test_axe_finds_nothing_serious(opened, theme, presenter):
    on = opened(theme, presenter=presenter)
    if not presenter:
        on.page.get_by_role("button", name="compare with a second template").click()
    add(on, "")
    assert violations(on.page) == []


def test_presenter_is_large_and_has_few_controls(opened):
    on = opened(presenter=True)
    assert on.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.el-bars th')).fontSize)") > 18
    assert not on.page.locator(".zs-logits").is_visible()
    assert on.page.get_by_role("button", name="compare").count() == 0
    assert on.page.get_by_label("many").is_visible() and on.page.get_by_label("add a label").is_visible()


@pytest.mark.parametrize("second", [None, SECOND])
@pytest.mark.parametrize("width", [700, 1600])
def test_it_fits(opened, width, second):
    on = opened(labels=["travel", "cooking", "dancing", "a restaurant reservation", "a recipe"])
    on.page.set_viewport_size({"width": width, "height": 700})
    if second:
        on.page.get_by_role("button", name="compare with a second template").click()
    on.settled()
    assert on.page.evaluate("document.documentElement.scrollWidth") <= width
    frame = on.page.locator(".encoder-lab").bounding_box()
    assert frame["height"] < (700 if second else 640)
    for table in (".el-bars", ".zs-logits"):
        box = on.page.locator(table).bounding_box()
        assert box["x"] + box["width"] < frame["x"] + frame["width"]


def test_a_closed_view_leaves_nothing_behind(opened):
    on = opened()
    assert on.page.evaluate("listeners.length") == 2
    on.page.evaluate("close()")
    assert on.page.evaluate("listeners.length") == 0


def test_fifty_edits_leave_the_page_as_large_as_before(opened):
    on = opened()
    count = "document.querySelectorAll('*').length + listeners.length"
    before = on.page.evaluate(count)
    for _ in range(25):
        add(on, "a recipe")
        on.page.get_by_role("button", name="remove the label a recipe").click()
        on.settled()
    assert on.explorer.asked == 50 and on.page.evaluate(count) == before


def test_two_on_one_page_do_not_disturb_each_other(opened):
    on = opened()
    on.page.evaluate(
        """async (names) => {
        const state = { ...Object.fromEntries(names.map((name) => [name, model.get(name)])), multi_label: true };
        const other = { get: (name) => state[name], set: (name, value) => { state[name] = value; },
            save_changes() {}, on() {}, off() {} };
        const el = document.body.appendChild(document.createElement("aside"));
        const code = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
        (await import(code)).default.render({ model: other, el });
    }""",
        list(on.explorer.get_state()),
    )
    here, there = on.page.locator("main"), on.page.locator("aside")
    assert here.get_by_label("one").is_checked() and there.get_by_label("many").is_checked()
    there.get_by_label("one").check()
    here.get_by_label("many").check()
    assert there.get_by_label("one").is_checked()
    here.get_by_role("button", name="remove the label travel").click()
    on.settled()
    assert there.locator(".zs-chips li").count() == 3


def test_the_saved_page_opens_alone(page, checkpoint, tmp_path):
    explorer = explore.zero_shot(checkpoint, f"Hello {HOSTILE}.", ["music", HOSTILE])
    explorer.second_template = SECOND
    file = explorer.save(tmp_path / "saved.html")
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.wait_for_selector(".encoder-lab[data-shown]")
    assert chips(page) == ["music", HOSTILE]
    assert page.get_by_label("second template", exact=True).input_value() == SECOND
    for control in page.locator("textarea, button, input:not([type=radio])").all():
        assert control.is_disabled()
    one = cells(page, ".el-bars")
    page.get_by_label("many").check()  # the page has both
    assert cells(page, ".el-bars") != one
    assert page.evaluate("window.hacked") is None
    assert violations(page) == []


def test_the_module_s_arithmetic(opened):
    on = opened()
    first = {"labels": ["a", "b"], "hypotheses": ["A.", "B."], "logits": [[0, 1, 2], [3, 4, 5]],
             "exclusive": [0.25, 0.75], "independent": [0.9, 0.9]}  # fmt: skip
    second = {**first, "hypotheses": ["A!", "B!"], "logits": [[6, 7, 8], [9, 10, 11]], "exclusive": [1, 0]}
    assert on.call("places", [0.2, 0.5, 0.2, 0.9]) == [3, 2, 4, 1]
    b, a = on.call("paired", {"first": first, "second": second}, "exclusive")
    assert (a["label"], b["label"], a["change"], b["change"]) == ("a", "b", 0.75, -0.75)
    assert a["under"] == [
        {"hypothesis": "A.", "place": 2, "probability": 0.25, "logits": [0, 1, 2]},
        {"hypothesis": "A!", "place": 1, "probability": 1, "logits": [6, 7, 8]},
    ]
    a, b = on.call("paired", {"first": first, "second": None}, "independent")  # of equals the earlier
    assert (a["label"], a.get("change"), len(a["under"])) == ("a", None, 1)
    for given, said in [
        ((5, 1), "5 labels = 5 passes through the model"),
        ((1, 1), "1 label = 1 pass through the model"),
        ((5, 2), "5 labels × 2 templates = 10 passes through the model"),
    ]:
        assert on.call("passes", *given) == said
    places = {"entailment": 2, "contradiction": 0}
    assert on.call("used", places, "exclusive", 3) == [2]
    assert on.call("used", places, "exclusive", 1) == on.call("used", places, "independent", 3) == [2, 0]
    assert on.call("recipe", "exclusive", 3).startswith("one label: softmax down the entailment column")
    assert on.call("recipe", "exclusive", 1).startswith("a single label is judged by itself")
    assert on.call("recipe", "independent", 3).startswith("many labels")
