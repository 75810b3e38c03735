"""The question-answering explorer in Chromium: asked, pointed at, a threshold moved, windows chosen."""

import pytest

from encoder_lab import explore
from tests.browser.answer_page import LONG, WINDOWS, drag, marked, readout, verdict, written
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("question-answering")


@pytest.fixture
def opened(page, checkpoint):
    """A function that puts the explorer on the page."""
    return lambda theme="light", **given: StandIn(page, explore.answer(checkpoint, **given), theme)


def test_it_shows_the_first_answer(opened):
    on = opened()
    seen = on.explorer.answer
    assert verdict(on.page) == "answers: Klara Weber" and marked(on.page) == "KlaraWeber"
    assert written(on.page) == seen["shown"]["texts"]
    rows = on.page.locator(".qa-answers tr")
    shown = [(*row.locator("th, .el-number, .el-note").all_inner_texts(),) for row in rows.all()]
    wanted = [(each["text"], f"{each['score']:.3f}", f"{each['start']}–{each['end']}") for each in seen["spans"]]
    assert shown == [*wanted, ("(no answer)", f"{seen['null_score']:.3f}", "null score")]
    assert not on.page.locator(".qa-strip").is_visible()  # one window


def test_the_bars_are_the_probabilities(opened):
    on = opened()
    shown = on.explorer.answer["shown"]
    heights = on.page.locator(".qa-text .qa-token").evaluate_all(
        "all => all.map(one => [...one.querySelectorAll('i')].map(it => [it.className, parseFloat(it.style.height)]))"
    )
    wanted = [[["qa-start", round(100 * a, 1)], ["qa-end", round(100 * b, 1)]]
              for a, b in zip(shown["start"], shown["end"], strict=True)]  # fmt: skip
    assert heights == [[[name, pytest.approx(value, abs=0.051)] for name, value in pair] for pair in wanted]
    best = on.page.locator(".qa-best")
    start, end = best.first.locator(".qa-start").bounding_box(), best.last.locator(".qa-end").bounding_box()
    assert start["width"] == end["width"] >= 4 and start["height"] > 5 < end["height"]
    fills = [bar.evaluate("bar => getComputedStyle(bar).backgroundColor")
             for bar in (best.first.locator(".qa-start"), best.last.locator(".qa-end"))]  # fmt: skip
    assert fills[1] == "rgba(0, 0, 0, 0)" != fills[0]  # hollow and filled: told apart without colour


def test_it_answers_what_is_typed(opened):
    on = opened()
    on.page.get_by_role("textbox", name="question").fill("Who was the carpenter?")
    on.settled()
    assert on.explorer.question == "Who was the carpenter?" and "Jonas Weber" in verdict(on.page)
    on.page.get_by_role("textbox", name="context").fill("The carpenter was Wilhelmine Sommer, and a good one.")
    on.settled()
    assert verdict(on.page) == "answers: Wilhelmine Sommer" and marked(on.page) == "WilhelmineSommer"
    assert "".join(written(on.page)[1:]) == "ThecarpenterwasWilhelmineSommer,andagoodone."


def test_pointing_at_a_token_says_its_numbers(opened):
    on = opened()
    shown = on.explorer.answer["shown"]
    at = shown["texts"].index("carpenter") if "carpenter" in shown["texts"] else 5
    on.page.locator(".qa-token").nth(at).hover()
    said = readout(on.page)
    minus = {name: f"{shown[name][at]:.2f}".replace("-", "−") for name in ("start_logits", "end_logits")}
    assert said == (
        f"position {shown['positions'][at]}, {shown['texts'][at]}: start {shown['start'][at]:.3f} (logit "
        f"{minus['start_logits']}), end {shown['end'][at]:.3f} (logit {minus['end_logits']})"
    )
    on.page.locator(".qa-token").first.hover()
    assert readout(on.page).startswith("position 0, <s> (no answer): start ")
    on.page.get_by_role("textbox", name="question").hover()
    assert readout(on.page).startswith("Point at a token")


def test_pointing_at_a_cell_says_its_span_and_shows_it_in_the_text(opened):
    on = opened()
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
    assert pointed == list(range(start, end + 1))
    on.page.locator(".qa-none").first.hover()
    assert ": no span, " in readout(on.page, 1) and on.page.locator(".qa-pointed").count() == 0


def test_every_cell_is_its_row_s_start_and_its_column_s_end(opened):
    on = opened(question="Who built the bridge?")
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
    on.page.evaluate("() => { document.querySelector('.qa-token').kept = true; }")
    assert verdict(on.page) == "answers: Klara Weber"
    drag(on.page, "threshold for no answer", -15)
    on.page.wait_for_function("document.querySelector('.qa-verdict strong').textContent === 'no answer'")
    margin = f"{on.explorer.answer['null_margin']:.2f}".replace("-", "−")
    assert f"null margin {margin} is above the threshold −15.00" in on.page.locator(".qa-verdict").inner_text()
    assert on.page.locator(".qa-silent .qa-best").count() > 0
    drag(on.page, "threshold for no answer", -12.7)
    on.page.wait_for_function("document.querySelector('.qa-verdict strong').textContent !== 'no answer'")
    assert on.page.locator(".qa-silent").count() == 0 and on.explorer.problem == ""
    on.page.wait_for_function("model.get('threshold') === -12.7")
    assert on.explorer.threshold == pytest.approx(-12.7) and on.explorer.asked == 0
    assert on.page.evaluate("document.querySelector('.qa-token').kept")  # the text was not drawn again


def test_margin_and_threshold_stand_on_one_scale(opened):
    on = opened()
    middles = []
    for value in (-20, -6.7, 0, 13.3, 20):
        on.page.evaluate(
            """value => receive({ threshold: value, shown: model.get("shown") + 1,
            answer: { ...model.get("answer"), null_margin: value } })""",
            value,
        )
        signs = on.page.locator(".qa-mark:not(.qa-ticks) span:first-child").all()
        middles.append([box["x"] + box["width"] / 2 for box in (sign.bounding_box() for sign in signs)])
    slider = on.page.get_by_role("slider", name="threshold for no answer").bounding_box()
    for value, (margin, threshold) in zip((-20, -6.7, 0, 13.3, 20), middles, strict=True):
        wanted = slider["x"] + 8 + (slider["width"] - 16) * (value + 20) / 40  # where the slider's thumb is
        assert margin == pytest.approx(wanted, abs=1) and threshold == pytest.approx(wanted, abs=1)
    boxes = [tick.bounding_box() for tick in on.page.locator(".qa-ticks span").all()]
    ticks = [box["x"] + box["width"] / 2 for box in boxes]
    assert ticks == pytest.approx([slider["x"] + 8 + (slider["width"] - 16) * part / 4 for part in range(5)], abs=1)


def test_the_longest_answer(opened):
    on = opened(question="When was the new bridge opened?")
    assert verdict(on.page) == "answers: 4 May 1896"
    shut = on.page.locator(".qa-none").count()
    drag(on.page, "longest answer", 2)
    on.settled()
    assert on.explorer.max_answer_len == 2 and len(verdict(on.page)) < len("answers: 4 May 1896")
    assert on.page.locator(".qa-none").count() > shut
    assert "2 tokens" in on.page.locator(".qa-columns .el-aside").inner_text()


def test_a_click_looks_at_another_window(opened):
    on = opened(**WINDOWS)
    buttons = on.page.locator(".qa-strip button")
    assert buttons.count() == 4 and "▶" in buttons.nth(3).inner_text()
    assert [button.get_attribute("aria-pressed") for button in buttons.all()] == ["false"] * 3 + ["true"]
    buttons.nth(1).click()
    on.settled()
    assert on.explorer.answer["window"] == 1 and buttons.nth(1).get_attribute("aria-pressed") == "true"
    assert written(on.page)[1:] == on.explorer.answer["shown"]["texts"][1:]
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
