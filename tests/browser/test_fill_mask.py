"""The fill-mask explorer in Chromium: typed into, clicked, driven by keyboard alone, saved, not fooled by text."""

import time

import pytest

from encoder_lab import explore, load
from tests.browser.stand_in import StandIn
from tests.browser.wrong import HOSTILE, violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def checkpoint():
    return load("fill-mask")


@pytest.fixture
def opened(page, checkpoint):
    """A function that puts the explorer on the page."""
    return lambda theme="light", **given: StandIn(page, explore.fill_mask(checkpoint, **given), theme)


def tokens(page):
    return page.locator(".fm-token > span").all_inner_texts()


def pressed(page):
    return page.locator(".fm-token[aria-pressed=true] > span").inner_text()


def bar_names(page, table=0):
    return page.locator(".el-bars").nth(table).get_by_role("rowheader").all_inner_texts()


def test_it_shows_the_first_sentence(opened):
    on = opened(text="Paris is the [MASK] of France.")
    assert tokens(on.page) == ["[CLS]", "paris", "is", "the", "[MASK]", "of", "france", ".", "[SEP]"]
    assert pressed(on.page) == "[MASK]"
    assert bar_names(on.page) == [word for word, *_ in on.explorer.answer["choices"]]
    depths = [name.split(":")[0] for name in bar_names(on.page, 1)]
    assert depths == ["embeddings", *(f"layer {i}" for i in range(1, 7))]
    written = on.page.locator(".el-bars .el-number").first.inner_text()
    assert written == f"{on.explorer.answer['choices'][0][1]:.3f}"


def test_it_answers_what_is_typed(opened):
    on = opened()
    on.page.get_by_label("sentence").fill("A dog chased the [MASK].")
    on.settled()
    assert tokens(on.page)[1:3] == ["a", "dog"]
    assert bar_names(on.page) == [word for word, *_ in on.explorer.answer["choices"]]


def test_the_newest_sentence_wins_and_none_comes_out_of_order(opened, monkeypatch):
    on = opened()
    painted = []
    on.page.expose_function("paintedText", lambda text: painted.append(text))
    on.page.evaluate("""() => new MutationObserver(() => paintedText(model.get("answer").text))
        .observe(document.querySelector(".encoder-lab"), { attributes: true, attributeFilter: ["data-shown"] })""")
    asked, look = [], on.explorer._look

    def slow(text, *rest):
        asked.append(text)
        time.sleep(0.3)  # a busy kernel: several keystrokes go by
        return look(text, *rest)

    on.explorer._look = slow
    sentence = "One two three [MASK] five six seven."
    for end in range(1, len(sentence) + 1):
        on.page.evaluate(
            """text => { const box = document.querySelector("textarea"); box.value = text;
            box.dispatchEvent(new Event("input")); }""",
            sentence[:end],
        )
        on.page.wait_for_timeout(130 if end % 4 == 0 else 5)  # typing, with a pause now and then
    on.settled()
    assert asked[-1] == sentence and on.explorer.answer["text"] == sentence
    assert "".join(tokens(on.page)[1:-1]) == sentence.lower().replace(" ", "").replace("[mask]", "[MASK]")
    lengths = [len(text) for text in asked]
    assert lengths == sorted(lengths) and len(asked) < len(sentence) / 2  # in order, and none in vain
    assert painted == asked
    assert on.page.get_by_label("sentence").input_value() == sentence


def test_while_somebody_types_the_box_is_left_alone(opened):
    on = opened()
    box = on.page.get_by_label("sentence")
    box.fill("First [MASK].")
    on.page.evaluate("""() => { model.set("asked", model.get("asked") + 1);
        receive({ answer: model.get("answer"), answered: 0, shown: model.get("shown") + 1 }); }""")  # a late answer
    assert box.input_value() == "First [MASK]."
    assert on.page.get_by_role("status").inner_text() == "working …"


def test_a_click_masks_a_token_and_a_second_click_brings_it_back(opened):
    on = opened(text="Snow is white.")
    on.page.get_by_role("button", name="white, position 3").click()
    on.settled()
    assert on.explorer.text == "Snow is [MASK]."
    assert pressed(on.page) == "[MASK]" and on.explorer.answer["position"] == 3
    on.page.get_by_role("button", name="[MASK], position 3").click()
    on.settled()
    assert on.explorer.text == "Snow is white."
    on.page.get_by_role("button", name="[CLS]").click()  # not a word: looked at, never masked
    on.settled()
    assert on.explorer.text == "Snow is white." and pressed(on.page) == "[CLS]"


def test_it_works_from_the_keyboard_alone(opened):
    on = opened(text="Snow is white.")
    keyboard = on.page.keyboard
    keyboard.press("Tab")
    keyboard.press("End")
    keyboard.type(" Grass too.")
    on.settled()
    assert on.explorer.text == "Snow is white. Grass too."
    keyboard.press("Tab")
    assert on.page.evaluate("document.activeElement.className") == "fm-token"
    for key, position in [("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("Home", 0), ("End", 8)]:
        keyboard.press(key)
        on.settled()
        assert on.explorer.answer["position"] == position, key
        assert on.page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    keyboard.press("ArrowLeft")
    on.settled()
    keyboard.press("ArrowLeft")
    on.settled()
    keyboard.press("Enter")
    on.settled()
    assert on.explorer.text == "Snow is white. Grass [MASK]."
    keyboard.press("Tab")
    keyboard.press("ArrowRight")
    on.settled()
    assert on.explorer.temperature == pytest.approx(1.1)
    seen = "getComputedStyle(document.activeElement).outlineStyle"
    assert on.page.evaluate(seen) != "none"


def test_heads_are_switched_off_and_on_from_the_keyboard(opened):
    on = opened(text="Paris is the [MASK] of France.")
    before = bar_names(on.page)
    on.page.locator("summary").click()
    on.page.get_by_role("button", name="layer 0, head 0 off").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        on.page.keyboard.press(key)
    on.settled()
    assert on.explorer.off == [[2, 1]]
    assert on.page.locator("summary").inner_text() == "switch heads off (1 of 72 heads off)"
    assert f"with all heads on: {on.explorer.answer['without']}" in on.page.locator(".hs-switches").inner_text()
    on.page.get_by_role("button", name="all on").click()
    on.settled()
    assert on.explorer.off == [] and bar_names(on.page) == before


def test_bad_input_is_said_and_the_last_answer_stays(opened):
    on = opened(text="Snow is [MASK].")
    before = bar_names(on.page)
    on.page.get_by_label("sentence").fill("")
    on.settled()
    assert "the text is empty" in on.page.get_by_role("alert").inner_text()
    assert bar_names(on.page) == before
    on.page.get_by_label("sentence").fill("Rain is [MASK].")
    on.settled()
    assert not on.page.locator(".el-problem").is_visible()


def test_it_says_that_nobody_answers(opened):
    on = opened()
    on.page.clock.install()
    on.page.evaluate("() => { model.save_changes = () => {}; }")  # no kernel
    on.page.get_by_label("sentence").fill("Is there anybody?")
    on.page.clock.run_for(7000)
    assert "is the kernel running?" in on.page.get_by_role("status").inner_text()


def test_text_is_never_taken_for_html(page, checkpoint):
    explorer = explore.fill_mask(checkpoint, text=HOSTILE)
    seen = explorer.answer
    explorer.answer = {  # whatever a tokenizer might hand over
        **seen,
        "tokens": [HOSTILE for _ in seen["tokens"]],
        "best": [HOSTILE for _ in seen["best"]],
        "choices": [(HOSTILE, 0.5, 1.0)],
        "layers": [(HOSTILE, 0.5)],
        "without": HOSTILE,
    }
    explorer.title = explorer.problem = HOSTILE
    on = StandIn(page, explorer)
    on.page.locator("summary").click()
    on.page.get_by_label("sentence").fill(f"{HOSTILE} [MASK]")
    on.settled()
    assert on.page.evaluate("window.hacked") is None
    assert on.page.locator(".encoder-lab img, .encoder-lab script").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("presenter", [False, True])
def test_axe_finds_nothing_serious(opened, theme, presenter):
    assert violations(opened(theme, presenter=presenter).page) == []


def test_presenter_is_large_and_has_few_controls(opened):
    on = opened(presenter=True)
    size = "() => parseFloat(getComputedStyle(document.querySelector('.fm-token')).fontSize)"
    large = on.page.evaluate(size)
    assert not any(part.is_visible() for part in on.page.locator(".el-aside").all())
    on.page.evaluate("document.querySelector('.encoder-lab').classList.remove('el-presenter')")
    assert large > 1.4 * on.page.evaluate(size)
    assert all(part.is_visible() for part in on.page.locator(".el-aside").all())


@pytest.mark.parametrize("width", [700, 1600])
def test_it_fits(opened, width):
    on = opened(text="The quick brown fox jumps over the [MASK] dog and runs away from the hunter today.")
    on.page.set_viewport_size({"width": width, "height": 700})
    assert on.page.evaluate("document.documentElement.scrollWidth") <= width
    assert on.page.locator(".encoder-lab").bounding_box()["height"] < 620


def test_a_closed_view_leaves_nothing_behind(opened):
    on = opened()
    assert on.page.evaluate("listeners.length") == 1
    on.page.evaluate("close()")
    assert on.page.evaluate("listeners.length") == 0


def test_fifty_edits_leave_nothing_on_the_page(opened):
    on = opened()
    devtools = on.page.context.new_cdp_session(on.page)

    def edit(turn):
        on.page.get_by_label("sentence").fill(f"The {'very ' * (turn % 3)}old man [MASK].")
        on.settled()

    def kept():
        devtools.send("HeapProfiler.collectGarbage")
        counted = devtools.send("Memory.getDOMCounters")
        return counted["nodes"], counted["jsEventListeners"], on.page.evaluate("listeners.length")

    for turn in range(3):
        edit(turn)
    nodes, *heard = kept()
    for turn in range(51):
        edit(turn)
    after, *hears = kept()
    assert hears == heard
    assert after < nodes + 200  # the picture before may still wait for the collector; 51 pictures are thousands


def test_two_on_one_page_do_not_disturb_each_other(opened):
    on = opened(text="Snow is white.")
    on.page.evaluate("""async () => {
        const state = { ...Object.fromEntries(["text", "position", "temperature", "answer", "title", "shown", "asked",
            "answered", "problem", "heads", "off"].map((name) => [name, model.get(name)])), text: "other" };
        const other = { get: (name) => state[name], set: (name, value) => { state[name] = value; },
            save_changes() {}, on() {}, off() {} };
        const el = document.body.appendChild(document.createElement("aside"));
        const code = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
        (await import(code)).default.render({ model: other, el });
    }""")
    on.page.locator("main").get_by_label("sentence").fill("Coal is black.")
    on.settled()
    assert on.page.locator("aside").get_by_label("sentence").input_value() == "other"
    assert on.page.locator("aside .fm-token").nth(1).inner_text().startswith("snow")


def test_the_saved_page_opens_alone(page, checkpoint, tmp_path):
    file = explore.fill_mask(checkpoint, text=f"Paris is the [MASK] of {HOSTILE}.").save(tmp_path / "saved.html")
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.wait_for_selector(".encoder-lab[data-shown]")
    assert "[MASK]" in tokens(page)
    assert page.get_by_label("sentence").is_disabled()
    assert "a saved page" in page.get_by_role("status").inner_text()
    page.locator(".fm-token").nth(2).click()  # asks nobody
    assert pressed(page) == "[MASK]"
    assert page.evaluate("window.hacked") is None
    assert violations(page) == []
