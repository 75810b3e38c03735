"""The question-answering explorer in Chromium: asked, pointed at, a threshold moved, windows chosen."""

import pytest

from encoder_lab import explore
from encoder_lab.explore.answer import CONTEXT
from tests.browser.answer_page import LONG, WINDOWS, drag, marked, readout, verdict, written
from tests.browser.seen import open_all
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("question-answering")


@pytest.fixture
def opened(page, checkpoint):
    """A function that puts the explorer on the page."""
    return lambda theme="light", **given: StandIn(page, explore.answer(checkpoint, **given), theme)


def words(on: StandIn) -> list[list[int]]:
    """The words that are shown, each as its tokens."""
    return on.call("words", on.explorer.answer["shown"])


def test_it_shows_the_first_answer(opened):
    on = opened()
    seen = on.explorer.answer
    assert verdict(on.page) == "Klara Weber" and marked(on.page) == "Klara Weber"
    assert "".join(written(on.page)) == "".join(seen["shown"]["texts"])
    assert written(on.page)[1:8] == CONTEXT.split()[:7]  # whole words
    rows = on.page.locator(".qa-answers tr")
    shown = [(*row.locator("th, .el-number, .el-note").all_inner_texts(),) for row in rows.all()]
    wanted = [(each["text"], f"{each['score']:.3f}", f"{each['start']}–{each['end']}") for each in seen["spans"]]
    assert shown == [*wanted, ("(no answer)", f"{seen['null_score']:.3f}", "null score")]
    assert not on.page.locator(".qa-strip").is_visible()  # one window


def test_the_bands_are_the_probabilities(opened):
    on = opened()
    shown = on.explorer.answer["shown"]
    bands = on.page.locator(".qa-text .qa-word").evaluate_all("""all => all.map((one) => [...one.querySelectorAll("i")]
        .map((it) => [Number(it.style.getPropertyValue("--qa-share")), it.getBoundingClientRect().height]))""")
    whole = words(on)
    for which, name in enumerate(("start", "end")):
        sums = [sum(shown[name][at] for at in word) for word in whole]
        assert [each[which][0] for each in bands] == pytest.approx(sums, abs=0.0006)
        heights = [0 if value < 0.01 else max(2, 6 * value) for value in sums]
        assert [each[which][1] for each in bands] == pytest.approx(heights, abs=0.1)
    best = on.page.locator(".qa-best")
    fills = [bar.evaluate("bar => getComputedStyle(bar).backgroundColor")
             for bar in (best.first.locator(".qa-start"), best.last.locator(".qa-end"))]  # fmt: skip
    assert fills[1] == "rgba(0, 0, 0, 0)" != fills[0]  # hollow and filled: told apart without colour


def test_it_answers_what_is_typed(opened):
    on = opened()
    on.page.get_by_role("textbox", name="question").fill("Who was the carpenter?")
    on.settled()
    assert on.explorer.question == "Who was the carpenter?" and "Jonas Weber" in verdict(on.page)
    on.page.get_by_text("change the text").click()
    on.page.get_by_role("textbox", name="context").fill("The carpenter was Wilhelmine Sommer, and a good one.")
    on.settled()
    assert verdict(on.page) == "Wilhelmine Sommer" and marked(on.page) == "Wilhelmine Sommer,"
    assert "".join(written(on.page)[1:]) == "ThecarpenterwasWilhelmineSommer,andagoodone."


def said_of(shown: dict, at: int) -> str:
    """What the page says of one token."""
    start, end = (f"{shown[f'{name}_logits'][at]:.2f}".replace("-", "−") for name in ("start", "end"))
    return (
        f"position {shown['positions'][at]}, {shown['texts'][at]}: start {shown['start'][at]:.3f} (logit {start}), "
        f"end {shown['end'][at]:.3f} (logit {end})"
    )


def test_pointing_at_a_word_says_its_tokens_numbers(opened):
    on = opened()
    shown, whole = on.explorer.answer["shown"], words(on)
    one = next(at for at, word in enumerate(whole) if at and len(word) == 1)
    on.page.locator(".qa-word").nth(one).hover()
    assert readout(on.page) == said_of(shown, whole[one][0])
    several = next(at for at, word in enumerate(whole) if len(word) > 1)
    on.page.locator(".qa-word").nth(several).hover()
    start, end = (f"{sum(shown[name][at] for at in whole[several]):.3f}" for name in ("start", "end"))
    text = "".join(shown["texts"][at] for at in whole[several])
    tokens = "; ".join(said_of(shown, at) for at in whole[several])
    assert readout(on.page) == f"“{text}”: start {start}, end {end}, the sums of its tokens: {tokens}"
    on.page.locator(".qa-word").first.hover()
    assert readout(on.page).startswith("position 0, <s> (no answer): start ")
    on.page.get_by_role("textbox", name="question").hover()
    assert readout(on.page).startswith("Point at a word")


def test_pointing_at_a_cell_says_its_span_and_shows_it_in_the_text(opened):
    on = opened()
    open_all(on.page)
    shown = on.explorer.answer["shown"]
    on.page.locator(".qa-chosen").hover()
    assert readout(on.page, 1).endswith(": Klara Weber")
    best = max(max(row) for row in shown["grid"])
    row = next(r for r, values in enumerate(shown["grid"]) if best in values)
    column = shown["grid"][row].index(best)
    start, end = shown["rows"][row], shown["columns"][column]
    product = f"{best:.3f} = {shown['start'][start]:.3f} × {shown['end'][end]:.3f}"
    assert readout(on.page, 1).startswith(f"{product}, positions ")
    pointed = on.page.locator(".qa-pointed").evaluate_all("all => all.map(one => Number(one.dataset.at))")
    assert pointed == [at for at, word in enumerate(words(on)) if word[-1] >= start and word[0] <= end]
    on.page.locator(".qa-none").first.hover()
    assert ": no span, " in readout(on.page, 1) and on.page.locator(".qa-pointed").count() == 0


def test_every_cell_is_its_row_s_start_and_its_column_s_end(opened):
    on = opened(question="Who built the bridge?")
    open_all(on.page)
    shown = on.explorer.answer["shown"]
    cells = on.page.locator(".qa-grid tbody td").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    wanted = []
    for row, values in zip(shown["rows"], shown["grid"], strict=True):
        for column, value in zip(shown["columns"], values, strict=True):
            inside = shown["texts"][row] + "".join(
                shown["gaps"][at] + shown["texts"][at] for at in range(row + 1, column + 1)
            )
            length = column - row + 1
            wanted.append(
                "the end lies before the start" if length < 1
                else f"{length} tokens, longer than the longest answer (15)" if length > 15
                else f"{inside}: {value:.3f}"
            )  # fmt: skip
    assert cells == wanted
    for part, name in (("thead", "columns"), ("tbody", "rows")):
        assert on.page.locator(f".qa-grid {part} th").all_inner_texts() == [shown["texts"][i] for i in shown[name]]


def test_the_threshold_decides_in_the_page(opened):
    on = opened()
    on.explorer._look = None  # nobody may ask
    on.page.evaluate("() => { document.querySelector('.qa-word').kept = true; }")
    assert verdict(on.page) == "Klara Weber"
    drag(on.page, "threshold for no answer", -15)
    on.page.wait_for_function("document.querySelector('.qa-margin strong').textContent === 'no answer'")
    margin = f"{on.explorer.answer['null_margin']:.2f}".replace("-", "−")
    assert f"null margin {margin} is above the threshold −15.00" in on.page.locator(".qa-verdict").inner_text()
    assert on.page.locator(".qa-silent .qa-best").count() > 0
    drag(on.page, "threshold for no answer", -12.7)
    on.page.wait_for_function("document.querySelector('.qa-margin strong').textContent !== 'no answer'")
    assert on.page.locator(".qa-silent").count() == 0 and on.explorer.problem == ""
    on.page.wait_for_function("model.get('threshold') === -12.7")
    assert on.explorer.threshold == pytest.approx(-12.7) and on.explorer.asked == 0
    assert on.page.evaluate("document.querySelector('.qa-word').kept")  # the text was not drawn again


def test_margin_and_threshold_stand_on_one_scale(opened):
    on = opened()
    middles = []
    for value in (-20, -6.7, 0, 13.3, 20):
        on.page.evaluate(
            """value => receive({ threshold: value, shown: model.get("shown") + 1,
            answer: { ...model.get("answer"), null_margin: value } })""",
            value,
        )
        signs = on.page.locator(".qa-mark > span:first-child").all()
        middles.append([box["x"] + box["width"] / 2 for box in (sign.bounding_box() for sign in signs)])
    slider = on.page.get_by_role("slider", name="threshold for no answer").bounding_box()
    for value, (margin, threshold) in zip((-20, -6.7, 0, 13.3, 20), middles, strict=True):
        wanted = slider["x"] + 9 + (slider["width"] - 18) * (value + 20) / 40  # where the slider's thumb is
        assert margin == pytest.approx(wanted, abs=1) and threshold == pytest.approx(wanted, abs=1)
    left, right = (edge.bounding_box() for edge in on.page.locator(".qa-edge").all())
    assert left["x"] + left["width"] <= slider["x"] and right["x"] >= slider["x"] + slider["width"]


def test_the_longest_answer(opened):
    on = opened(question="When was the new bridge opened?")
    assert verdict(on.page) == "4 May 1896"
    open_all(on.page)
    shut = on.page.locator(".qa-none").count()
    drag(on.page, "longest answer", 2)
    on.settled()
    assert on.explorer.max_answer_len == 2 and len(verdict(on.page)) < len("4 May 1896")
    assert on.page.locator(".qa-none").count() > shut
    assert "2 tokens" in on.page.locator(".qa-spans").inner_text()


def test_a_click_looks_at_another_window(opened):
    on = opened(**WINDOWS)
    buttons = on.page.locator(".qa-strip button")
    assert buttons.count() == 4 and "▶" in buttons.nth(3).inner_text()
    assert [button.get_attribute("aria-pressed") for button in buttons.all()] == ["false"] * 3 + ["true"]
    buttons.nth(1).click()
    on.settled()
    assert on.explorer.answer["window"] == 1 and buttons.nth(1).get_attribute("aria-pressed") == "true"
    assert "".join(written(on.page)[1:]) == "".join(on.explorer.answer["shown"]["texts"][1:])
    assert "▶" in buttons.nth(3).inner_text()  # it still has the best answer
    track, (start, end, *_) = buttons.nth(1).locator(".qa-track"), on.explorer.answer["windows"][1]
    bar, whole = track.locator("span").bounding_box(), track.bounding_box()
    assert (bar["x"] - whole["x"]) / whole["width"] == pytest.approx(start / len(LONG), abs=0.02)
    assert bar["width"] / whole["width"] == pytest.approx((end - start) / len(LONG), abs=0.02)
    on.page.get_by_role("textbox", name="question").fill("Who designed the new bridge?")
    on.settled()  # a new question: it goes to where the answer is
    assert on.explorer.answer["window"] == on.explorer.answer["spans"][0]["window"] != 1


def test_the_module_s_arithmetic(opened):
    on = opened()
    text = {"texts": ["<s>", "Kl", "ara", "Weber", ".", "\n", "It"], "gaps": ["", "", "", " ", "", "", ""]}
    for name, given, wanted in [
        ("speaks", [-7, -6.7], True),
        ("speaks", [-6.7, -6.7], True),
        ("speaks", [-6.6, -6.7], False),
        ("place", [-20], 0),
        ("place", [10], 0.75),
        ("place", [99], 1),
        ("place", [-99], 0),
        ("sign", [-99, "▼"], "◀"),
        ("sign", [99, "▼"], "▶"),
        ("sign", [20, "▼"], "▼"),
        ("step", ["ArrowRight", 3, 5], 4),
        ("step", ["ArrowRight", 4, 5], 4),
        ("step", ["ArrowUp", 4, 5], 3),
        ("step", ["ArrowLeft", 0, 5], 0),
        ("step", ["Home", 3, 5], 0),
        ("step", ["End", 3, 5], 4),
        ("step", ["x", 3, 5], None),
        ("step", ["ArrowDown", 1, 6, 3], 4),
        ("step", ["ArrowDown", 4, 6, 3], 4),
        ("step", ["ArrowUp", 4, 6, 3], 1),
        ("step", ["ArrowRight", 2, 6, 3], 2),  # a row of the grid ends
        ("step", ["ArrowLeft", 3, 6, 3], 3),
        ("spanText", [text, 1, 3], "Klara Weber"),
        ("spanText", [text, 4, 4], "."),
        ("reason", [5, 4, 15, on.explorer.phrases], "the end lies before the start"),
        ("reason", [4, 4, 1, on.explorer.phrases], ""),
        ("reason", [4, 18, 15, on.explorer.phrases], ""),
        ("reason", [4, 19, 15, on.explorer.phrases], "16 tokens, longer than the longest answer (15)"),
        ("words", [text], [[0], [1, 2], [3, 4], [5], [6]]),
        ("words", [{"texts": ["<s>", "日", "本", "語です"], "gaps": [""] * 4}], [[0], [1], [2], [3]]),  # no gaps there
        ("sum", [[1, 2, 4], [0, 2]], 5),
        ("touches", [[0, 4], {"start": 4, "end": 6}], False),
        ("touches", [[4, 5], {"start": 4, "end": 6}], True),
        ("touches", [[6, 8], {"start": 4, "end": 6}], False),
        ("touches", [[0, 0], {"start": 0, "end": 6}], False),
        ("named", ["\n"], "⏎"),
        ("named", [""], "·"),
        ("short", [0.004], ""),
        ("short", [0.756], ".76"),
        ("short", [0.999], "1"),
    ]:
        assert on.call(name, *given) == wanted, (name, given)
