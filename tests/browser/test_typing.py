"""Typing is the page's own: keys, undo, composition and paste act on the box, and no typed word is lost."""

import pytest

from encoder_lab import explore
from encoder_lab.explore.zero_shot import LABELS
from tests.browser.explorers import ANSWERING, EXPLORERS, title
from tests.browser.seen import drawn, open_all
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser

every = pytest.mark.parametrize("each", EXPLORERS, ids=title)
answering = pytest.mark.parametrize("each", ANSWERING, ids=title)
BOXES = "main :is(textarea, input[type=text], input[type=search], input:not([type])):visible"
LISTEN = """() => { window.heard = [];
  for (const name of ["keydown", "keyup", "keypress", "copy", "cut", "paste", "dragover", "drop"])
    document.addEventListener(name, (event) => {
      window.heard.push(event.key ? `${name} ${event.key}` : name);
      event.preventDefault();
    });
}"""
DROP = """(box) => { for (const name of ["dragover", "drop"])
    box.dispatchEvent(new DragEvent(name, { bubbles: true, dataTransfer: new DataTransfer() })); }"""


def boxes(page) -> list:
    open_all(page)
    return page.locator(BOXES).all()


@every
def test_what_is_typed_is_heard_by_nobody_around_it(page, each):
    on = each.put(page)
    drawn(on)
    page.evaluate(LISTEN)
    found = boxes(page)
    assert found
    for box in [*found, page.locator("main :is(button, input[type=radio]):visible").first]:
        box.focus()
        for key in ("d", "d", "b", "Escape", "Control+z", "Control+y", "Control+Shift+z", "Control+ArrowLeft",
                    "Control+c", "Control+a", "Control+v", "Shift+Enter", "Control+Enter", "Alt+Enter"):  # fmt: skip
            page.keyboard.press(key)
        box.evaluate(DROP)
    assert page.evaluate("window.heard") == []
    page.keyboard.press("Control+s")  # saving is the notebook's
    assert page.evaluate("window.heard") == ["keydown s"]
    on.settled()


@every
def test_undo_takes_back_what_was_typed(page, each):
    on = each.put(page)
    drawn(on)
    for box in boxes(page):
        box.focus()
        page.keyboard.press("End")
        before = box.input_value()
        page.keyboard.type(" more")
        on.settled()
        assert box.input_value() == f"{before} more"
        for _ in range(5):  # a browser takes back letters or all of them at once
            if box.input_value() != before:
                page.keyboard.press("Control+z")
        assert box.input_value() == before
        for _ in range(5):
            page.keyboard.press("Control+Shift+z")
        on.settled()
        assert box.input_value() == f"{before} more"


@answering
def test_focus_and_caret_stay_where_they_were_after_every_answer(page, each):
    on = each.put(page)
    box = each.typed(page)
    box.fill(each.words)
    box.evaluate("(box) => box.setSelectionRange(3, 3)")
    page.keyboard.type("x")
    on.settled()
    assert on.explorer.get_state()[each.types] == f"{each.words[:3]}x{each.words[3:]}"
    assert box.evaluate("(box) => [box.selectionStart, box.selectionEnd, box === document.activeElement]") == [
        4, 4, True,
    ]  # fmt: skip


@every
def test_an_input_method_s_keys_and_letters_are_its_own(page, each):
    on = each.put(page)
    drawn(on)
    devtools = page.context.new_cdp_session(page)
    for box in boxes(page):
        box.focus()
        page.keyboard.press("End")
        before, shown = box.input_value(), page.locator("main").inner_text()
        devtools.send("Input.imeSetComposition", {"text": "하", "selectionStart": 1, "selectionEnd": 1})
        enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
        devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})  # without isComposing
        page.evaluate("() => receive({ shown: model.get('shown') + 1 })")  # an answer on the way
        assert box.input_value() == f"{before}하"
        assert page.locator(".zs-chips li").count() == len(getattr(on.explorer, "labels", []))
        devtools.send("Input.imeSetComposition", {"text": "한", "selectionStart": 1, "selectionEnd": 1})
        devtools.send("Input.insertText", {"text": "한"})
        on.settled()
        assert box.input_value() == f"{before}한" and shown


@answering
def test_the_last_words_are_not_lost_when_the_view_closes(page, each):
    on = each.put(page)
    each.typed(page).fill(each.words)
    page.evaluate("close()")
    page.wait_for_function("model.get('asked') === model.get('answered')")
    assert on.explorer.get_state()[each.types] == each.words


@answering
def test_an_old_echo_changes_no_word(page, each):
    on = each.put(page)
    each.typed(page).fill(each.words)
    on.settled()
    each.typed(page).press("End")
    page.evaluate("() => { model.save_changes = () => {}; }")
    page.keyboard.type(" And more")
    page.evaluate("""([name]) => receive({ [name]: "old", asked: 1, answered: 1, shown: model.get("shown") + 1 })""",
                  [each.types])  # fmt: skip
    page.wait_for_timeout(200)
    page.evaluate("""([name]) => receive({ [name]: "old", asked: 1, answered: 1, shown: model.get("shown") + 1 })""",
                  [each.types])  # fmt: skip
    assert each.typed(page).input_value() == f"{each.words} And more"


@answering
def test_five_thousand_letters_are_bearable(page, each):
    on = each.put(page)
    open_all(page)
    before = page.locator("main .encoder-lab").bounding_box()["height"]
    for text in ("A very long word. " * 280, "x" * 5000, "{" * 5000):
        for box in boxes(page):
            box.fill(text)
        on.settled()
        height = page.locator("main .encoder-lab").bounding_box()["height"]
        assert height < before + 500
        assert len(on.explorer.problem) <= 420
        assert page.evaluate("document.documentElement.scrollWidth") <= 1100


def test_a_token_clicked_before_the_answer_is_there_keeps_the_words_typed_since(page, bundled_checkpoint):
    on = StandIn(page, explore.fill_mask(bundled_checkpoint("fill-mask"), "The cat sat."))
    on.settled()
    box, token = page.get_by_label("sentence", exact=True), page.get_by_role("button", name="cat,")
    box.press("End")
    page.keyboard.type(" It slept.")
    token.click()
    on.settled()
    assert box.input_value() == on.explorer.text == "The [MASK] sat. It slept."
    page.get_by_role("button", name="[MASK],").click()
    on.settled()
    assert box.input_value() == "The cat sat. It slept."
    box.press("Home")
    page.keyboard.type("Look: ")
    page.get_by_role("button", name="slept,").click()
    on.settled()
    assert box.input_value() == on.explorer.text == "Look: The cat sat. It [MASK]."


def test_enter_adds_a_label_when_nothing_is_composed(page, bundled_checkpoint):
    on = StandIn(page, explore.zero_shot(bundled_checkpoint("zero-shot-classification")))
    on.settled()
    page.get_by_label("add a label").fill("sport")
    page.keyboard.press("Enter")
    on.settled()
    assert on.explorer.labels == [*LABELS, "sport"]


@every
def test_no_style_of_another_explorer_reaches_it(page, each):
    on = each.put(page)
    drawn(on)
    open_all(page)
    places = """() => [...document.querySelectorAll("main *")].map((one) => { const box = one.getBoundingClientRect();
        return [one.className || one.tagName, box.x, box.y, box.width, box.height, getComputedStyle(one).color]; })"""
    alone = page.evaluate(places)
    for other in EXPLORERS:
        if other is not each:
            page.add_style_tag(content=other.made().get_state()["_css"])
    assert page.evaluate(places) == alone
    bare = "() => { const box = document.createElement('input'); document.body.append(box); return box.offsetWidth; }"
    styled = page.evaluate(bare)
    page.evaluate("() => { for (const one of document.querySelectorAll('style')) one.remove(); }")
    assert page.evaluate(bare) == styled
