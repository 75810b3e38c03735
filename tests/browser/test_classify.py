"""The classification explorer in Chromium: typed into, driven by keyboard alone, saved, not fooled by text."""

import pytest

from encoder_lab import classify, explore
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser

NOW = {"labels": ["a", "b", "c"], "logits": [0.0, 2.0, -1.0], "sigmoid": [0.5, 0.88, 0.27], "softmax": [0.1, 0.8, 0.1]}
BEFORE = {"labels": ["a", "b", "c"], "logits": [0.0] * 3, "sigmoid": [0.5, 0.5, 0.502], "softmax": [0.3, 0.3, 0.4]}


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("text-classification")


@pytest.fixture
def opened(page, checkpoint):
    """A function that puts the explorer on the page."""
    return lambda theme="light", **given: StandIn(page, explore.classify(checkpoint, **given), theme)


def rows(page) -> list[list[str]]:
    """Every row: label, probability, logit, change."""
    found = page.locator(".cl-labels tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
    )
    return [numbers for *numbers, _bar in found]


def write(on, text) -> None:
    on.page.get_by_label("sentence").fill(text)
    on.settled()


def compared(page) -> str:
    return page.locator(".cl-compared").inner_text()


@pytest.mark.parametrize("function", ["sigmoid", "softmax"])
def test_all_labels_are_there_ranked_with_their_numbers(opened, checkpoint, function):
    on = opened(text="What a lovely surprise!")
    on.page.get_by_label(function).check()
    result = classify(checkpoint, "What a lovely surprise!", function_to_apply=function)
    assert len(result.ranked) == 28
    wanted = [
        [each.label, f"{each.probability:.3f}", f"{result.logits[each.index]:.2f}".replace("-", "−")]
        for each in result.ranked
    ]
    assert [[label.removeprefix("✓ "), *numbers] for label, *numbers in rows(on.page)] == wanted


def test_a_function_is_chosen_without_asking(opened):
    on = opened()
    on.page.get_by_label("softmax").check()
    on.page.wait_for_function("() => model.get('function') === 'softmax'")
    assert on.explorer.function == "softmax" and on.explorer.asked == 0
    assert on.page.get_by_label("threshold").is_disabled()
    assert "no threshold" in on.page.locator(".cl-count").inner_text()
    assert not any(label.startswith("✓") for label, *_ in rows(on.page))
    on.page.get_by_label("sigmoid").check()
    assert on.page.get_by_label("threshold").is_enabled()


def test_the_threshold_marks_what_passes_it(opened):
    on = opened(text="What a lovely surprise!")
    values = on.explorer.answer["now"]["sigmoid"]
    for threshold in ("0.5", "0.1", "0", "1"):
        on.page.get_by_label("threshold").fill(threshold)
        above = sum(value >= float(threshold) for value in values)
        assert f"{above} of 28 labels at {float(threshold):.2f} or above" in on.page.locator(".cl-count").inner_text()
        marked = [label.startswith("✓ ") for label, *_ in rows(on.page)]
        assert marked == [True] * above + [False] * (28 - above)
        assert on.page.locator(".cl-labels tr.el-marked").count() == above
    on.page.get_by_label("threshold").fill("0.25")
    line = on.page.locator(".cl-labels td.el-bar").first.evaluate("""cell =>
        parseFloat(getComputedStyle(cell, "::after").left) / cell.clientWidth""")
    assert line == pytest.approx(0.25, abs=0.01)
    on.page.wait_for_function("() => model.get('threshold') === 0.25")
    assert on.explorer.threshold == 0.25 and on.explorer.asked == 0


def test_python_sets_what_is_shown(opened):
    on = opened()
    on.page.evaluate("receive({ threshold: 0.9, function: 'softmax' })")
    assert on.page.get_by_label("softmax").is_checked()
    assert on.page.get_by_label("threshold").input_value() == "0.9"


def test_a_changed_word_shows_what_it_does(opened, checkpoint):
    on = opened(text="I love my old pillow.")
    assert "says what it does" in compared(on.page)
    write(on, "I hate my old pillow.")
    before, now = (classify(checkpoint, f"I {verb} my old pillow.").probabilities for verb in ("love", "hate"))
    changes = dict(zip(on.explorer.answer["now"]["labels"], (now - before).tolist(), strict=True))
    for label, _, _, change in rows(on.page):
        signed = f"{changes[label.removeprefix('✓ ')]:+.2f}".replace("-", "−")
        assert change == ("0.00" if signed[1:] == "0.00" else signed)
    most = sorted(changes, key=lambda label: -abs(changes[label]))[0]
    assert f"; changed most: {most} " in compared(on.page)
    assert on.page.locator(".cl-compared q").inner_text() == "I love my old pillow."


def test_one_edit_is_compared_with_one_sentence_until_enter_or_until_the_box_is_left(opened):
    on = opened(text="I am here.")
    box, keyboard = on.page.get_by_label("sentence"), on.page.keyboard
    box.press("End")
    for more in (" Today", " is", " fine."):
        keyboard.type(more)
        on.settled()
        assert on.explorer.before == "I am here."
    keyboard.press("Enter")
    assert box.input_value() == "I am here. Today is fine."  # Enter writes no new line
    keyboard.type(" Good.")
    on.settled()
    assert on.explorer.before == "I am here. Today is fine."
    assert on.explorer.answer["before"]["text"] == on.explorer.before
    keyboard.press("Tab")
    box.focus()
    keyboard.press("End")
    keyboard.type(" Yes.")
    on.settled()
    assert on.explorer.before == "I am here. Today is fine. Good."


def test_what_is_compared_with_is_always_a_sentence_that_was_answered(opened):
    on = opened(text="I am here.")
    write(on, "")
    on.page.get_by_label("sentence").press("Enter")
    write(on, "I am there.")
    assert (on.explorer.before, on.explorer.problem) == ("I am here.", "")


def test_it_works_from_the_keyboard_alone(opened):
    on = opened(text="Snow is white.")
    keyboard = on.page.keyboard
    keyboard.press("Tab")
    keyboard.press("End")
    keyboard.type(" I love it.")
    on.settled()
    assert on.explorer.text == "Snow is white. I love it."
    keyboard.press("Tab")
    keyboard.press("ArrowRight")
    assert on.page.get_by_label("softmax").is_checked()
    keyboard.press("ArrowLeft")
    assert on.page.get_by_label("sigmoid").is_checked()
    keyboard.press("Tab")
    keyboard.press("ArrowRight")
    assert on.page.get_by_label("threshold").input_value() == "0.51"
    assert on.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_presenter_shows_the_likeliest_few_in_large_type(opened):
    on = opened(presenter=True)
    assert len(rows(on.page)) == 6 and on.page.locator("caption").inner_text() == "labels ranked 1 to 6 of 28"
    assert not on.page.get_by_label("threshold").is_visible()
    assert on.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.cl-labels th')).fontSize)") > 18


@pytest.mark.parametrize("presenter", [False, True])
@pytest.mark.parametrize("width", [700, 1600])
def test_it_fits_on_a_screen(opened, width, presenter):
    on = opened(presenter=presenter)
    on.page.set_viewport_size({"width": width, "height": 700})
    write(on, "Thank you so much, that was a truly terrible surprise, and none of us will forget it!")
    assert on.page.locator(".encoder-lab").bounding_box()["height"] < 640
    inside = on.page.locator(".encoder-lab").bounding_box()
    boxes = [on.page.locator(".cl-labels").nth(i).bounding_box() for i in range(on.page.locator(".cl-labels").count())]
    assert all(box["x"] + box["width"] < inside["x"] + inside["width"] for box in boxes)
    if not presenter:
        left, right = boxes  # two columns, one beside the other
        assert left["x"] + left["width"] < right["x"] and left["y"] == right["y"]


def test_the_module_s_arithmetic(opened):
    on = opened()
    phrases = on.explorer.phrases
    alone, pair = {"now": NOW, "before": None}, {"now": NOW, "before": BEFORE}
    ranked = on.call("ranked", pair, "sigmoid")
    assert [row["label"] for row in ranked] == ["b", "a", "c"]
    assert [row["logit"] for row in ranked] == [2, 0, -1]
    assert [row["change"] for row in ranked] == pytest.approx([0.38, 0.0, -0.232])
    assert [row["label"] for row in on.call("ranked", pair, "softmax")] == ["b", "a", "c"]  # of equals the earlier
    assert [row.get("change") for row in on.call("ranked", alone, "softmax")] == [None] * 3
    assert [row["label"] for row in on.call("moved", ranked, 3)] == ["b", "c"]
    assert [row["label"] for row in on.call("moved", ranked, 1)] == ["b"]
    assert [on.call("passing", ranked, line) for line in (0, 0.5, 0.51, 1)] == [3, 2, 1, 0]
    assert on.call("verdict", ranked, "sigmoid", 0.5, phrases) == "2 of 3 labels at 0.50 or above"
    assert on.call("verdict", ranked, "softmax", 0.5, phrases).startswith("no threshold")
    for value, written in [(0.126, "+0.13"), (-0.126, "−0.13"), (0.004, "0.00"), (-0.004, "0.00"), (0, "0.00")]:
        assert on.call("signed", value) == written
    assert on.call("hundredths", -3.204) == "−3.20"
    assert on.call("order", [1, 3, 2, 3]) == [1, 3, 2, 0]
