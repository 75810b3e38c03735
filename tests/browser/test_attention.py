"""The attention explorer in Chromium: tokens pointed at, searched and filtered, heads chosen, by pointer and keys."""

import numpy as np
import pytest

from encoder_lab import explore, load, trace
from tests.browser.heads import (
    LONG,
    cross_block,
    filled,
    head,
    kind,
    put,
    said,
    self_block,
    strongest,
    table,
    token,
    weights_of,
    written,
)
from tests.browser.stand_in import StandIn
from tests.browser.wrong import violations

pytestmark = pytest.mark.browser


def test_a_token_pointed_at_shows_both_ways_with_numbers(page):
    put(page, layer=1, head=2)
    token(page, 0, 3).hover()
    w = weights_of(0, 1, 5, 7, 7)[2]
    assert written(page, 1) == [f"{x:.3f}" for x in w[3]]  # where it looks
    assert written(page, 0) == [f"{x:.3f}" for x in w[:, 3]]  # who looks at it
    names, places = [f"w{i}" for i in range(7)], range(7)
    assert table(page, 0) == ("where “w3” (position 3) looks", strongest(w[3], names, places))
    assert table(page, 1) == ("who looks at “w3” (position 3)", strongest(w[:, 3], names, places))
    most, by = w[3].argmax(), w[:, 3].argmax()
    assert said(page) == (
        f"“w3” (3) looks most at “w{most}” ({most}): {w[3].max():.3f}. "
        f"“w3” (3) is looked at most by “w{by}” ({by}): {w[:, 3].max():.3f}."
    )
    token(page, 1, 5).hover()  # on the other side it is the same token
    assert written(page, 1) == [f"{x:.3f}" for x in w[5]]


def test_before_a_token_is_pointed_at_the_head_s_strongest_weights_stand_there(page):
    put(page, head=1)
    w = weights_of(0, 0, 5, 7, 7)[1]
    caption, rows = table(page, 0)
    assert caption == "the strongest weights of this head"
    order = np.argsort(-w, axis=None)[:6]
    assert rows == [[f"w{i // 7} → w{i % 7}", f"{w.flat[i]:.3f}", f"{i // 7} → {i % 7}"] for i in order]


def test_a_token_clicked_is_held_until_it_is_let_go(page):
    on = put(page)
    token(page, 0, 3).click()
    held = written(page, 1)
    assert token(page, 0, 3).get_attribute("aria-pressed") == "true" and "Held" in said(page)
    token(page, 0, 5).hover()
    assert written(page, 1) == held
    head(page, 2, 4).click()  # held from head to head
    on.settled()
    assert written(page, 1) == [f"{x:.3f}" for x in weights_of(0, 2, 5, 7, 7)[4][3]]
    token(page, 0, 3).click()
    token(page, 0, 5).hover()
    assert written(page, 1) == [f"{x:.3f}" for x in weights_of(0, 2, 5, 7, 7)[4][5]]


def test_cross_attention_has_two_kinds_of_tokens(page):
    put(page, self_block(7), cross_block(5, 11))
    kind(page).select_option("cross-attention")
    filled(page)
    assert page.locator(".at-thumbnail").count() == 2 * 3
    w = weights_of(1, 0, 3, 5, 11)[0]
    token(page, 0, 3).hover()
    assert written(page, 1) == [f"{x:.3f}" for x in w[3]] and set(written(page, 0)) == {""}
    assert page.locator(".at-tables table").count() == 1
    token(page, 1, 9).hover()
    assert written(page, 0) == [f"{x:.3f}" for x in w[:, 9]] and set(written(page, 1)) == {""}
    assert table(page, 0)[0] == "who looks at “e9” (position 9)"


def test_changing_the_kind_of_attention_keeps_to_layers_and_heads_that_exist(page):
    on = put(page, self_block(7), cross_block(5, 11), layer=2, head=4)
    kind(page).select_option("cross-attention")
    on.settled()
    assert on.explorer.answer == {"block": 1, "layer": 1, "head": 2} and on.explorer.problem == ""


def test_hidden_special_tokens_are_divided_out_and_that_is_said(page):
    on = put(page, head=3)
    assert "each row sums to 1" in page.locator(".at-note").inner_text()
    page.get_by_label("hide special tokens").check()
    assert "Special tokens are hidden" in page.locator(".at-note").inner_text()
    assert "sums to 1" in page.locator(".at-note").inner_text()
    w = weights_of(0, 0, 5, 7, 7)[3]
    token(page, 0, 2).hover()  # w3, since w0 is not there
    inner = w[1:6, 1:6] / w[1:6, 1:6].sum(1, keepdims=True)
    assert np.array(written(page, 1), float) == pytest.approx(inner[2], abs=0.0006)
    assert np.array(written(page, 0), float) == pytest.approx(inner[:, 2], abs=0.0006)
    assert sum(map(float, written(page, 1))) == pytest.approx(1, abs=0.003)
    lost = w[3, 0] + w[3, 6]
    caption, _ = table(page, 0)
    assert caption.endswith(f"1.000 of its weight is shown; before the division {lost:.3f} went to special tokens")
    page.wait_for_function("model.get('hide_special') === true")
    assert on.explorer.hide_special is True


def test_pairs_are_filtered_by_text(page):
    put(page, self_block(11, pair=True), names=("question", "context"))
    chooser = page.get_by_label("who looks at whom")
    assert chooser.locator("option").all_inner_texts() == [
        "all tokens", "question → context", "context → question", "question → question", "context → context",
    ]  # fmt: skip
    chooser.select_option("question → context")
    names = [page.locator(".at-list").nth(side).locator(".at-text").all_inner_texts() for side in (0, 1)]
    assert names == [["w1", "w2", "w3", "w4"], ["w6", "w7", "w8", "w9"]]
    w = weights_of(0, 0, 5, 11, 11)[0]
    token(page, 0, 1).hover()
    assert written(page, 1) == [f"{x:.3f}" for x in w[2, 6:10]]  # as the model has them
    assert table(page, 0)[0] == f"where “w2” (position 2) looks: {w[2, 6:10].sum():.3f} of its weight is shown"
    page.get_by_label("hide special tokens").check()
    rest = w[2, [1, 2, 3, 4, 6, 7, 8, 9]].sum()
    token(page, 0, 0).hover()
    token(page, 0, 1).hover()
    assert np.array(written(page, 1), float) == pytest.approx(w[2, 6:10] / rest, abs=0.0006)
    chooser.select_option("context → question")
    assert page.locator(".at-list").first.locator(".at-text").all_inner_texts() == ["w6", "w7", "w8", "w9"]


def test_no_filter_for_a_single_text(page):
    put(page)
    assert page.get_by_label("who looks at whom").count() == 0
    assert kind(page).count() == 0


def test_a_token_is_searched(page):
    put(page, self_block(7, tokens=["[CLS]", "the", "Bank", "of", "the", "river", "[SEP]"]))
    box = page.get_by_label("search a token")
    box.fill("THE")
    assert page.locator("output").inner_text() == "1 of 2 found" and "“the” (1)" in said(page)
    assert page.locator(".at-found").count() == 4  # two in each list
    box.press("Enter")
    assert page.locator("output").inner_text() == "2 of 2 found" and "“the” (4)" in said(page)
    box.press("Enter")
    assert "“the” (1)" in said(page)
    box.press("Shift+Enter")
    assert "“the” (4)" in said(page)
    box.fill("bank")
    assert "“Bank” (2)" in said(page)
    box.fill("sea")
    assert page.locator("output").inner_text() == "not found"
    assert page.locator(".at-found").count() == 0


def test_thumbnails_are_driven_by_arrow_keys(page):
    on = put(page, layer=1, head=2)
    assert page.locator(".at-thumbnail[tabindex='0']").count() == 1
    head(page, 1, 2).focus()
    for key, layer, at in [("ArrowRight", 1, 3), ("ArrowDown", 2, 3), ("ArrowDown", 2, 3), ("Home", 2, 0),
                           ("ArrowLeft", 2, 0), ("End", 2, 4), ("ArrowUp", 1, 4), ("ArrowUp", 0, 4)]:  # fmt: skip
        page.keyboard.press(key)
        on.settled()
        assert on.explorer.answer == {"block": 0, "layer": layer, "head": at}, key
        focused = page.evaluate("[document.activeElement.ariaLabel, document.activeElement.ariaPressed]")
        assert focused == [f"layer {layer}, head {at}", "true"]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_everything_is_reached_from_the_keyboard_alone(page):
    put(page, self_block(11, pair=True))
    keyboard = page.keyboard
    stops = []
    for _ in range(6):
        keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.className || document.activeElement.type"))
    assert stops == ["select-one", "checkbox", "search", "at-thumbnail at-there", *["at-token at-here"] * 2]
    w = weights_of(0, 0, 5, 11, 11)[0]
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    assert written(page, 1) == [f"{x:.3f}" for x in w[2]]
    keyboard.press("ArrowLeft")
    keyboard.press("End")
    assert written(page, 0) == [f"{x:.3f}" for x in w[:, 10]] and "“w10” (10)" in said(page)
    keyboard.press("Enter")
    assert "Held" in said(page)
    keyboard.press("Escape")
    assert table(page, 0)[0] == "the strongest weights of this head"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_map(page, theme):
    put(page, self_block(LONG, pair=True), cross_block(5, 11), theme=theme)
    page.locator(".at-map").click()
    assert violations(page) == []


def test_a_presenter_is_told_what_is_unusual(page):
    put(page, presenter=True)
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.at-token')).fontSize)") >= 20
    assert not page.locator(".at-note").is_visible()
    page.get_by_label("hide special tokens").check()
    assert page.locator(".at-note").is_visible()  # that rows were divided is said here too


@pytest.mark.more
@pytest.mark.parametrize("size", [16, LONG, 131])
@pytest.mark.parametrize("width", [700, 1100, 1600])
@pytest.mark.parametrize("presenter", [False, True])
def test_nothing_overlaps(page, size, width, presenter):
    put(page, self_block(size, layers=12, heads=12, pair=True), presenter=presenter)
    page.set_viewport_size({"width": width, "height": 900})
    if size == 16:
        token(page, 0, 3).hover()
    boxes = [page.locator(each).bounding_box() for each in (".at-heads", ".at-large", ".at-tables")]
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            gaps = [max(one[at], other[at]) - min(one[at] + one[size], other[at] + other[size])
                    for at, size in (("x", "width"), ("y", "height"))]  # fmt: skip
            assert max(gaps) >= -1, "they overlap"
    tables = page.locator(".at-tables")
    assert tables.evaluate("(all) => all.scrollWidth <= all.clientWidth + 1")


def test_the_bundled_models_in_it(page):
    way = trace(load("zero-shot-classification"), "one day I will see the world", "This example is travel.")
    on = StandIn(page, explore.attention(way, names=("premise", "hypothesis")))
    filled(page)
    kind(page).select_option("decoder cross-attention")
    filled(page)
    head(page, 1, 7).click()
    on.settled()
    token(page, 0, 4).hover()
    theirs = way.decoder.layers[1].cross_attention.weights[0, 7, 4].tolist()
    assert [float(x) for x in written(page, 1)] == pytest.approx(theirs, abs=0.0006)
    assert page.locator(".at-list").first.locator(".at-text").all_inner_texts() == list(way.decoder.tokens.strings[0])
