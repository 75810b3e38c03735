"""Layers of the attention explorer: they come one by one, the chosen one first, and stay where no kernel runs."""

import json

import pytest

from tests.browser.heads import cross_block, filled, head, kind, made, put, said, self_block, token, weights_of, written
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser


def test_the_chosen_layer_comes_first_and_the_others_one_by_one_behind(page):
    calls = []
    on = StandIn(page, made(self_block(7), cross_block(5, 11), calls=calls, layer=1))
    filled(page)
    page.wait_for_function("model.get('every_sheet').byteLength > 0")
    assert calls == [(0, 1), (0, 0), (0, 2), (1, 0), (1, 1)]
    head(page, 2, 3).click()
    on.settled()
    assert on.explorer.answer["layer"] == 2


class Slow(StandIn):
    """A kernel that takes up what the page asks for behind, and does not come to it."""

    def _hear(self, message):
        return json.dumps({"said": [], "update": {}})


def test_layers_nobody_has_chosen_give_way_to_what_is_chosen(page):
    shape = self_block(7, layers=5)
    Slow(page, made(shape))
    page.evaluate("""() => {
        window.sent = [];
        model.send = ({ layer }) => sent.push(layer);
        model.save_changes = () => {}; // the choice stays under way
    }""")
    head(page, 3, 2).click()
    page.wait_for_function("model.get('asked') > model.get('answered')")
    page.evaluate(
        """sheet => listeners.find(({ event }) => event === "msg:custom")
            .call({ block: 0, layer: 1 }, [new DataView(Uint8Array.from(sheet).buffer)])""",
        list(made(shape, layer=1).sheet),
    )
    assert page.locator(".at-there").count() == 10 and page.evaluate("sent") == []
    page.evaluate("() => receive({ answered: model.get('asked'), shown: model.get('shown') + 1 })")
    assert page.evaluate("sent") == [2]


def test_a_head_that_is_there_is_shown_before_python_answers(page):
    put(page)
    page.evaluate("() => { model.save_changes = () => {}; }")  # no kernel any more
    head(page, 2, 1).click()
    token(page, 0, 3).hover()
    assert written(page, 1) == [f"{x:.3f}" for x in weights_of(0, 2, 5, 7, 7)[1][3]]
    assert page.locator(".at-name").inner_text() == "self-attention, layer 2, head 1"


def test_the_page_forgets_heads_of_a_very_long_text(page):
    on = put(page, self_block(131, layers=4, heads=5))
    page.evaluate("() => { window.sizes = []; const { set } = Map.prototype; Map.prototype.set = function (...given) {"
                     " const done = set.apply(this, given); sizes.push(this.size); return done; }; }")  # fmt: skip
    for layer in range(4):
        for at in range(5):
            head(page, layer, at).click()
            on.settled()
    assert max(page.evaluate("sizes")) <= 13


def test_what_was_chosen_is_shown_again_without_a_kernel(page):
    """A notebook reopened: the state alone."""
    on = put(page, self_block(131), layer=1, head=3)
    on.reopened()
    assert page.locator(".at-map").count() == 1 and page.locator(".at-there").count() == 15
    page.locator(".at-map").focus()
    assert "“w0” (0) looks at “w0” (0)" in said(page)
    head(page, 0, 1).click()
    assert page.locator(".at-absent").inner_text().endswith("If no kernel is running, run the cell again to see it.")
    head(page, 1, 3).click()
    assert page.locator(".at-map").count() == 1


def test_a_short_text_is_all_there_without_a_kernel(page):
    on = put(page, self_block(7), cross_block(5, 11))
    page.wait_for_function("model.get('every_sheet').byteLength > 0")
    on.reopened()
    assert page.locator(".at-there").count() == 15
    head(page, 2, 1).click()
    token(page, 0, 3).hover()
    assert written(page, 1) == [f"{x:.3f}" for x in weights_of(0, 2, 5, 7, 7)[1][3]]
    kind(page).select_option("cross-attention")
    token(page, 0, 3).hover()
    assert written(page, 1) == [f"{x:.3f}" for x in weights_of(1, 1, 3, 5, 11)[1][3]]


def test_a_saved_page_has_every_head_and_needs_nobody(page, tmp_path):
    file = made(self_block(11, pair=True), cross_block(5, 13), layer=1).save(tmp_path / "saved.html")
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.wait_for_selector(".encoder-lab[data-shown]")

    assert page.locator(".at-there").count() == 15
    for layer, at in ((2, 4), (0, 1)):
        head(page, layer, at).click()
        token(page, 0, 3).hover()
        assert written(page, 1) == [f"{x:.3f}" for x in weights_of(0, layer, 5, 11, 11)[at][3]]
    page.get_by_label("hide special tokens").check()
    assert "Special tokens are hidden" in page.locator(".at-note").inner_text()
    kind(page).select_option("cross-attention")
    head(page, 1, 2).click()
    assert page.locator(".at-name").inner_text() == "cross-attention, layer 1, head 2"


def test_a_saved_page_of_a_long_text_says_what_it_holds(page, tmp_path):
    file = made(self_block(131), layer=1, head=3).save(tmp_path / "saved.html")
    page.goto(file.as_uri())
    page.wait_for_selector(".encoder-lab[data-shown]")
    assert page.locator(".at-there").count() == 15 and page.locator(".at-map").count() == 1
    page.get_by_role("button", name="layer 0, head 2", exact=True).click()
    wanted = "This page holds the weights of layer 1, head 3 only: the text has 131 tokens"
    assert wanted in page.locator(".at-absent").inner_text()
    page.get_by_role("button", name="layer 1, head 3", exact=True).click()
    assert page.locator(".at-map").count() == 1
