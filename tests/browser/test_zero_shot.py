"""The zero-shot explorer in Chromium: chips, templates and logits, with the mouse and by keyboard alone."""

from functools import partial

import pytest

from encoder_lab import zero_shot
from tests.browser.zero_shot_page import FIRST, LABELS, SECOND, TEXT, add, cells, chips, put

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("zero-shot-classification")


@pytest.fixture
def opened(page, checkpoint):
    """A function that puts the explorer on the page."""
    return partial(put, page, checkpoint)


def focused(page) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName")


def written(*values: float) -> list[str]:
    return [f"{value:.2f}".replace("-", "−") for value in values]


@pytest.mark.parametrize("many", [False, True])
def test_every_pair_is_there_with_its_three_logits(opened, checkpoint, many):
    on = opened(multi_label=many)
    result = zero_shot(checkpoint, TEXT, LABELS, multi_label=many)
    assert cells(on.page, ".el-bars") == [
        [each.label, f"{place}. {each.probability:.3f}"] for place, each in enumerate(result.ranked, 1)
    ]
    assert cells(on.page, ".zs-logits") == [
        [result.pairs[each.index].hypothesis, *written(*result.logits[each.index].tolist())] for each in result.ranked
    ]
    heads = on.page.locator(".zs-logits thead th").all_inner_texts()
    assert heads == ["hypothesis", "contradiction", "neutral", "entailment"]
    assert "3 labels = 3 passes" in on.page.locator(".zs-count").inner_text()


def test_one_or_many_is_chosen_without_asking(opened, checkpoint):
    on = opened()
    in_use = ".zs-logits tbody tr:first-child td.zs-used"
    assert on.page.locator(in_use).count() == 1
    on.page.get_by_label("many").check()
    on.page.wait_for_function("() => model.get('multi_label')")
    assert on.explorer.multi_label is True and on.explorer.asked == 0
    ranked = zero_shot(checkpoint, TEXT, LABELS, multi_label=True).ranked
    assert [row[1] for row in cells(on.page, ".el-bars")] == [
        f"{place}. {each.probability:.3f}" for place, each in enumerate(ranked, 1)
    ]
    assert on.page.locator(in_use).count() == 2
    assert "no other logit is used" in on.page.locator(".zs-logits caption").inner_text()


def test_labels_are_added_and_removed(opened):
    on = opened()
    add(on, " a recipe ")
    assert chips(on.page) == on.explorer.labels == [*LABELS, "a recipe"]
    assert len(cells(on.page, ".el-bars")) == 4 and "4 labels = 4 passes" in on.page.locator(".zs-count").inner_text()
    assert on.page.get_by_label("add a label").input_value() == ""
    on.page.get_by_role("button", name="remove the label dancing").click()
    on.settled()
    assert chips(on.page) == on.explorer.labels == ["cooking", "travel", "a recipe"]
    on.page.get_by_label("add a label").fill("a hotel")
    on.page.get_by_role("button", name="add").click()
    on.settled()
    assert on.explorer.labels[-1] == "a hotel" and len(cells(on.page, ".el-bars")) == 4


def test_labels_added_quickly_are_all_there(opened):
    on = opened()
    on.page.evaluate("""() => {
        const box = document.querySelector(".zs-add input");
        for (const label of ["one", "two", "three"]) {  // all before an answer to the first
            box.value = label;
            box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
        }
    }""")
    on.settled()
    assert on.explorer.labels == [*LABELS, "one", "two", "three"] == chips(on.page)


def test_after_a_removal_the_focus_is_where_the_next_one_is_removed(opened):
    on = opened()
    on.page.get_by_role("button", name="remove the label dancing").focus()
    for now in ("remove the label travel", "remove the label cooking", "INPUT"):
        on.page.keyboard.press("Enter")
        assert focused(on.page) == now
        on.settled()
        assert focused(on.page) == now  # the answer takes it nowhere else
    assert "there is no label" in on.page.locator(".el-problem").inner_text()
    assert len(cells(on.page, ".el-bars")) == 1  # the last good answer
    on.page.keyboard.type("music")
    on.page.keyboard.press("Enter")
    on.settled()
    assert focused(on.page) == "INPUT" and cells(on.page, ".el-bars")[0][0] == "music"


def test_two_templates_stand_side_by_side_in_the_same_order(opened, checkpoint):
    on = opened()
    on.page.get_by_role("button", name="compare with a second template").click()
    on.settled()
    second = on.page.get_by_label("second template", exact=True)
    assert second.input_value() == SECOND == on.explorer.second_template
    assert on.page.evaluate("document.activeElement.value") == SECOND
    second.fill("It is not {}.")
    on.settled()
    one, other = (zero_shot(checkpoint, TEXT, LABELS, each) for each in (FIRST, "It is not {}."))
    places = {each.label: place for place, each in enumerate(other.ranked, 1)}
    difference = (other.exclusive - one.exclusive).tolist()
    rows = cells(on.page, ".el-bars")
    assert [row[:3] for row in rows] == [
        [each.label, f"{place}. {each.probability:.3f}", f"{places[each.label]}. {changed:.3f}"]
        for place, each in enumerate(one.ranked, 1)
        for changed in [other.exclusive[each.index]]
    ]
    for row, each in zip(rows, one.ranked, strict=True):
        assert float(row[3].replace("−", "-")) == pytest.approx(difference[each.index], abs=0.0051)
    assert cells(on.page, ".zs-logits") == [
        [each.label, *written(*result.logits[each.index].tolist())] for result in (one, other) for each in one.ranked
    ]
    heads = on.page.locator(".zs-ranking thead th").all_inner_texts()
    assert heads == ["label", FIRST, "It is not {}.", "difference"]
    lengths = on.page.locator(".zs-ranking td.el-bar span").evaluate_all(
        "all => all.map(one => parseFloat(one.style.width))"
    )
    values = [value for each in one.ranked for value in (each.probability, other.exclusive[each.index].item())]
    assert lengths == pytest.approx([100 * value for value in values], abs=0.06)  # one scale for both
    assert "3 labels × 2 templates = 6 passes" in on.page.locator(".zs-count").inner_text()

    on.page.get_by_role("button", name="close the second template").click()
    on.settled()
    assert on.explorer.second_template is None and not second.is_visible()
    assert on.page.evaluate("document.activeElement.textContent") == "compare with a second template"
    on.page.keyboard.press("Enter")
    on.settled()
    assert second.input_value() == on.explorer.second_template == "It is not {}."  # as it was left


def test_it_works_from_the_keyboard_alone(opened):
    on = opened()
    keyboard = on.page.keyboard
    keyboard.press("Tab")
    keyboard.press("End")
    keyboard.type(" Twice.")
    on.settled()
    assert on.explorer.text == f"{TEXT} Twice."
    keyboard.press("Tab")
    assert focused(on.page) == "remove the label cooking"
    keyboard.press("Space")
    for _ in range(2):
        keyboard.press("Tab")
    keyboard.type("a meal")
    keyboard.press("Enter")
    on.settled()
    assert on.explorer.labels == ["dancing", "travel", "a meal"]
    for _ in range(2):
        keyboard.press("Tab")
    assert on.page.evaluate("document.activeElement.value") == FIRST
    keyboard.press("Home")
    keyboard.type("So: ")
    on.settled()
    assert on.explorer.template == f"So: {FIRST}"
    keyboard.press("Tab")
    keyboard.press("Enter")
    on.settled()
    assert on.explorer.second_template == SECOND
    for _ in range(2):
        keyboard.press("Tab")
    keyboard.press("ArrowRight")
    assert on.page.get_by_label("many").is_checked()
    assert on.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_a_wrong_label_is_said_and_can_be_taken_away_again(opened):
    on = opened()
    before = cells(on.page, ".el-bars"), cells(on.page, ".zs-logits")
    add(on, "travel")
    assert chips(on.page) == [*LABELS, "travel"]
    assert "the label 'travel' is given twice" in on.page.locator(".el-problem").inner_text()
    assert (cells(on.page, ".el-bars"), cells(on.page, ".zs-logits")) == before
    on.page.get_by_role("button", name="remove the label").last.click()
    on.settled()
    assert on.page.locator(".el-problem").inner_text() == ""


def test_a_text_that_lost_its_end_is_said(opened):
    assert "too long for the model" in opened(text="We danced. " * 300).page.locator(".el-notes").inner_text()


def test_a_presenter_has_one_template(opened):
    on = opened(presenter=True)
    assert not on.page.locator(".zs-logits").is_visible()
    assert on.page.get_by_role("button", name="compare").count() == 0
    assert on.page.get_by_label("many").is_visible() and on.page.get_by_label("add a label").is_visible()


@pytest.mark.parametrize("second", [None, SECOND])
@pytest.mark.parametrize("width", [700, 1600])
def test_it_fits_a_screen(opened, width, second):
    on = opened(labels=["travel", "cooking", "dancing", "a restaurant reservation", "a recipe"])
    on.page.set_viewport_size({"width": width, "height": 700})
    if second:
        on.page.get_by_role("button", name="compare with a second template").click()
    on.settled()
    frame = on.page.locator(".encoder-lab").bounding_box()
    assert frame["height"] < (700 if second else 640)
    for table in (".el-bars", ".zs-logits"):
        for box in (each.bounding_box() for each in on.page.locator(table).all()):
            assert box["x"] + box["width"] < frame["x"] + frame["width"]


def test_the_module_s_arithmetic(opened):
    on = opened()
    phrases = on.explorer.phrases
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
        assert on.call("passes", *given, phrases) == said
    places = {"entailment": 2, "contradiction": 0}
    assert on.call("used", places, "exclusive", 3) == [2]
    assert on.call("used", places, "exclusive", 1) == on.call("used", places, "independent", 3) == [2, 0]
    assert on.call("recipe", "exclusive", 3, phrases).startswith("one label: softmax down the entailment column")
    assert on.call("recipe", "exclusive", 1, phrases).startswith("a single label is judged by itself")
    assert on.call("recipe", "independent", 3, phrases).startswith("many labels")
