"""The question-answering explorer as a page: by keyboard alone, for everybody, at every width, closed and saved."""

import pytest

from encoder_lab import explore, load
from encoder_lab.explore.answer import CONTEXT
from tests.browser.answer_page import LONG, WINDOWS, drag, readout, verdict, written
from tests.browser.stand_in import StandIn
from tests.browser.wrong import HOSTILE, violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def checkpoint():
    return load("question-answering")


@pytest.fixture
def opened(page, checkpoint):
    """A function that puts the explorer on the page."""
    return lambda theme="light", **given: StandIn(page, explore.answer(checkpoint, **given), theme)


def test_it_works_from_the_keyboard_alone(opened):
    on = opened(**WINDOWS)
    keyboard, focused = on.page.keyboard, "document.activeElement."
    keyboard.press("Tab")
    keyboard.press("End")
    keyboard.type(" And why?")
    on.settled()
    assert on.explorer.question.endswith("opened? And why?")
    for _ in range(3):  # the summary, the context, the text
        keyboard.press("Tab")
    assert "qa-best" in on.page.evaluate(focused + "className")
    at = int(on.page.evaluate(focused + "dataset.at"))
    keyboard.press("ArrowRight")
    assert on.page.evaluate(focused + "dataset.at") == str(at + 1)
    assert readout(on.page).startswith(f"position {on.explorer.answer['shown']['positions'][at + 1]}, ")
    keyboard.press("Home")
    assert readout(on.page).startswith("position 0, <s> (no answer)")
    assert on.page.evaluate(f"getComputedStyle({focused[:-1]}).outlineStyle") != "none"
    keyboard.press("Tab")
    won = on.explorer.answer["window"]
    assert f"▶ window {won}" in on.page.evaluate(focused + "textContent")
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    on.settled()
    assert on.explorer.answer["window"] == won - 1
    assert f"window {won - 1}" in on.page.evaluate(focused + "textContent")
    keyboard.press("Tab")
    keyboard.press("ArrowRight")
    on.page.wait_for_function("model.get('threshold') === -6.6")
    keyboard.press("Tab")
    keyboard.press("ArrowLeft")
    on.settled()
    assert on.explorer.max_answer_len == 14
    keyboard.press("Tab")
    assert on.page.evaluate(focused + "className") == "qa-chosen"
    at, columns = int(on.page.evaluate(focused + "dataset.at")), len(on.explorer.answer["shown"]["columns"])
    keyboard.press("ArrowUp")
    assert on.page.evaluate(focused + "dataset.at") == str(at - columns)
    assert "Point at" not in readout(on.page, 1)


def test_bad_input_is_said_and_the_last_answer_stays(opened):
    on = opened()
    before = written(on.page)
    for box, sentence in (("question", "the question is empty"), ("context", "the context is empty")):
        good = on.page.get_by_role("textbox", name=box).input_value()
        on.page.get_by_role("textbox", name=box).fill("")
        on.settled()
        assert sentence in on.page.get_by_role("alert").inner_text()
        assert written(on.page) == before and verdict(on.page) == "answers: Klara Weber"
        on.page.get_by_role("textbox", name=box).fill(good)
        on.settled()
        assert on.page.locator(".el-problem").text_content() == ""


def test_text_is_never_taken_for_html(opened):
    on = opened(question=HOSTILE, context=f"{HOSTILE} {LONG}", max_seq_len=160, doc_stride=16)
    for box in ("question", "context"):
        on.page.get_by_role("textbox", name=box).fill(f"{HOSTILE} who opened the bridge? {HOSTILE}")
        on.settled()
        drawn = on.page.evaluate("""() => [...document.querySelectorAll("[data-at]")].map((each) => {
            each.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
            return document.querySelectorAll(".encoder-lab img, .encoder-lab script").length; })""")
        assert len(drawn) > 100 and set(drawn) == {0}
    assert on.explorer.problem == "" and HOSTILE in on.explorer.context
    assert on.page.evaluate("window.hacked") is None


def test_the_text_stands_there_as_it_was_typed(opened):
    context = "Two  spaces, 👩‍🚀 «naïvely» 日本.\n\nA new line\tand a tab."
    on = opened(context=context)
    text = on.page.locator(".qa-text").text_content()
    assert text.replace("⏎\n", "\n").replace("·", "") == f"<s> {context}".replace("\t", "")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("presenter", [False, True])
def test_axe_finds_nothing_serious(opened, theme, presenter):
    assert violations(opened(theme, presenter=presenter, **WINDOWS).page) == []


def test_presenter_is_large_and_has_few_controls(opened):
    page = opened(presenter=True).page
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.qa-token')).fontSize)") >= 20
    context = page.get_by_role("textbox", name="context")
    assert not page.locator(".el-aside:visible").count() and not context.is_visible()
    page.locator("summary:visible").click()
    assert context.is_visible()


@pytest.mark.parametrize("width", [700, 1000, 1600])
@pytest.mark.parametrize("presenter", [False, True])
def test_nothing_is_wider_than_its_place(opened, width, presenter):
    on = opened(presenter=presenter, **WINDOWS)
    on.page.set_viewport_size({"width": width, "height": 700})
    assert on.page.evaluate("document.documentElement.scrollWidth") <= width
    outside = on.page.evaluate("""() => { const right = (one) => one.getBoundingClientRect().right;
        const edge = right(document.querySelector(".encoder-lab"));
        return [...document.querySelectorAll(".encoder-lab *")].filter((one) => right(one) > edge)
            .map((one) => one.className || one.tagName); }""")
    assert outside == []
    blocks = [block.bounding_box() for block in on.page.locator(".qa-columns > div:visible").all()]
    for i, one in enumerate(blocks):
        for other in blocks[i + 1 :]:
            apart = one["x"] + one["width"] <= other["x"] + 1 or one["y"] + one["height"] <= other["y"] + 1
            assert apart or other["x"] + other["width"] <= one["x"] + 1


@pytest.mark.parametrize(("width", "height"), [(1050, 620), (850, 800)])
def test_it_fits_a_laptop_s_screen(opened, width, height):
    on = opened("light", question="What burned down in 1893?")  # five long answers
    on.page.set_viewport_size({"width": width, "height": 700})
    assert on.page.locator(".encoder-lab").bounding_box()["height"] < height


def test_a_long_window_scrolls_to_its_answer(opened):
    on = opened(context=f"{'Nothing happened that year. ' * 60}{CONTEXT}")
    box, best = on.page.locator(".qa-text").bounding_box(), on.page.locator(".qa-best").first.bounding_box()
    assert box["y"] <= best["y"] <= box["y"] + box["height"] - best["height"]
    assert box["height"] <= 300 and "… " in on.page.locator(".qa-text").inner_text()


def test_a_closed_view_leaves_nothing_behind(page, opened):
    page.evaluate("""() => { window.outside = [];
        const add = EventTarget.prototype.addEventListener;
        EventTarget.prototype.addEventListener = function (event, ...rest) {
          if (this === window || this === document || this === document.body) window.outside.push(event);
          return add.call(this, event, ...rest);
        }; }""")
    on = opened()
    on.page.locator(".qa-chosen").hover()
    assert on.page.evaluate("listeners.length") == 2  # a new answer, a new threshold
    on.page.evaluate("close()")
    assert on.page.evaluate("listeners.length") == 0 and on.page.evaluate("window.outside") == []


def test_fifty_edits_leave_nothing_on_the_page(opened):
    on = opened()
    count = "document.querySelectorAll('*').length + listeners.length"
    before = on.page.evaluate(count)
    for turn in range(50):
        on.page.get_by_role("textbox", name="question").fill(f"Who {'really ' * (turn % 2)}designed the new bridge?")
        on.settled()
    on.page.get_by_role("textbox", name="question").fill("Who designed the new bridge?")
    on.settled()
    assert on.page.evaluate(count) == before and on.explorer.asked == 51


def test_the_saved_page_opens_alone(page, checkpoint, tmp_path):
    question = f"When was the {HOSTILE} bridge opened?"
    explorer = explore.answer(checkpoint, **WINDOWS | {"question": question, "max_seq_len": 160})
    file = explorer.save(tmp_path / "saved.html")
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.wait_for_selector(".encoder-lab[data-shown]")
    assert written(page) == explorer.answer["shown"]["texts"]
    assert all(page.get_by_role("textbox", name=name).is_disabled() for name in ("question", "context"))
    page.locator(".qa-chosen").hover()
    assert "×" in readout(page, 1)
    drag(page, "threshold for no answer", 20)  # what the page can decide it still decides
    assert verdict(page).startswith("answers: ")
    drag(page, "threshold for no answer", -20)
    assert verdict(page) == "no answer"
    assert page.evaluate("window.hacked") is None and violations(page) == []
