"""What every explorer promises, said once: a new explorer gets it all by one line in `explorers.py`."""

import base64
import re

import pytest

from encoder_lab.texts import say
from encoder_lab.widgets.explorer import Explorer
from tests.browser.explorers import EXPLORERS, title
from tests.browser.seen import POINT_AT_ALL, REACHED, STOP, WATCH_OUTSIDE, drawn, open_all, shown, with_markup
from tests.browser.stand_in import StandIn
from tests.browser.wrong import HOSTILE, violations

pytestmark = pytest.mark.browser

every = pytest.mark.parametrize("each", EXPLORERS, ids=title)
MORE = pytest.mark.more


def test_every_explorer_is_described():
    waiting, titles = [Explorer], set()
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.NAME and kind.__module__.startswith("encoder_lab."):
                titles.add(say(f"explorers.{kind.NAME}.title"))
    assert titles == {each.title for each in EXPLORERS}


@every
def test_it_is_drawn_under_its_title(page, each):
    on = each.put(page)
    assert page.get_by_role("region", name=each.title).is_visible()
    assert on.explorer.problem == "" and page.locator("main .el-problem").text_content() == ""
    assert page.locator(".el-status").first.inner_text() == ""


@every
def test_a_closed_view_leaves_nothing_behind(page, each):
    page.evaluate(WATCH_OUTSIDE)
    on = each.put(page)
    page.evaluate(POINT_AT_ALL)
    if each.box:
        each.typed(page).fill(each.words)
        on.settled()
    assert page.evaluate("listeners.length") > 0
    page.evaluate("close()")
    assert page.evaluate("[listeners.length, outside.length]") == [0, 0]


@every
def test_text_is_never_taken_for_html(page, each):
    on = StandIn(page, each.hostile())
    drawn(on)
    assert page.evaluate(POINT_AT_ALL) == 0
    for box in page.locator(
        "main :is(textarea, input[type=text], input[type=search], input:not([type])):visible"
    ).all():
        box.fill(f"{HOSTILE} again")
        box.press("Enter")
        on.settled()
    assert page.evaluate(POINT_AT_ALL) == 0
    state = {name: value for name, value in on.explorer.get_state().items() if isinstance(value, dict | list)}
    on.reopened(title=HOSTILE, problem=HOSTILE, **with_markup(state) | {"layout": ""})
    assert HOSTILE in page.locator("main").inner_text()
    assert page.evaluate(POINT_AT_ALL) == 0


@every
def test_the_still_form_is_a_picture_in_words_and_numbers_and_escaped(each):
    explorer = each.hostile()
    form = explorer.still()
    assert re.findall(r'(?:src|href)="([^"]{0,26})', form) == ["data:image/svg+xml;base64,"]
    assert len(re.search(r'alt="([^"]*)"', form)[1]) > 40 and form.count("<td>") > 5
    picture = base64.b64decode(re.search(r"base64,([^\"]+)", form)[1]).decode()
    assert "<img src=x" not in form + picture and "<script" not in form + picture
    assert form == explorer.still()


@every
def test_tab_reaches_every_control_or_its_group_and_leaves_again(page, each):
    on = each.put(page)
    drawn(on)
    open_all(page)
    outlines = []
    for _ in range(60):
        page.keyboard.press("Tab")
        outline = page.evaluate(STOP)
        if outline is None:
            break
        outlines.append(outline)
    assert outline is None and outlines and "none" not in outlines
    assert page.evaluate(REACHED) == []


@every
@pytest.mark.parametrize(
    ("theme", "presenter"),
    [
        ("dark", True),
        pytest.param("light", False, marks=MORE),
        pytest.param("dark", False, marks=MORE),
        pytest.param("light", True, marks=MORE),
    ],
)
def test_axe_finds_nothing(page, each, theme, presenter):
    on = each.put(page, theme, presenter=presenter)
    drawn(on)
    open_all(page)
    if each.box:
        each.typed(page).fill(each.words)
        on.settled()
    page.evaluate("receive({ problem: 'there is a problem', shown: model.get('shown') + 1 })")
    assert violations(page) == []


@every
def test_a_presenter_s_page_is_large_and_has_few_controls(page, each):
    on = each.put(page, presenter=True)
    size = "() => parseFloat(getComputedStyle(document.querySelector('.el-body')).fontSize)"
    large = page.evaluate(size)
    assert not any(part.is_visible() for part in page.locator(".el-aside").all())
    on.reopened(presenter=False)
    assert large >= 1.3 * page.evaluate(size) and large >= 18
    assert page.locator(".el-aside:visible").count() > 0


@every
def test_reopened_without_a_kernel_it_shows_what_was_there(page, each):
    on = each.put(page)
    if each.box:
        each.typed(page).fill(each.words)
    drawn(on)
    page.mouse.move(0, 0)
    before = shown(page)
    on.reopened()
    assert shown(page) == before


@every
def test_the_saved_page_opens_alone(page, each, tmp_path):
    explorer = each.hostile()
    file = explorer.save(tmp_path / "saved.html")
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.wait_for_selector(".encoder-lab[data-shown]")
    assert "a saved page" in page.locator(".el-status").first.inner_text()
    if each.box:
        assert each.typed(page).is_disabled() and each.typed(page).input_value() == f"{HOSTILE} [MASK]"
    if each.look:
        control = page.get_by_label(each.look, exact=True)
        before = shown(page)
        control.focus()
        control.press("Home" if control.get_attribute("type") == "range" else "Space")
        assert shown(page) != before
    assert page.evaluate(POINT_AT_ALL) == 0
    assert violations(page) == []


@every
def test_two_views_of_one_model_show_the_same_and_close_apart(page, each):
    on = each.put(page)
    alone = page.evaluate("listeners.length")
    beside = on.beside(same=True)
    if each.box:
        each.typed(page.locator("main")).fill(each.words)
        drawn(on)
        assert each.typed(beside).input_value() == each.words
    assert beside.locator("section").inner_text() == page.locator("main section").inner_text()
    page.evaluate("closeBeside()")
    assert page.evaluate("listeners.length") == alone


@every
def test_two_on_one_page_leave_each_other_alone(page, each):
    on = each.put(page)
    beside = on.beside(title="the other one")
    before = beside.inner_text()
    for radio in page.locator("main input[type=radio]").all():
        radio.check()
    if each.box:
        untouched = each.typed(beside).input_value()
        each.typed(page.locator("main")).fill(each.words)
        on.settled()
        assert each.typed(beside).input_value() == untouched
    assert beside.inner_text() == before
    assert beside.locator("input[type=radio]:checked").count() == beside.locator("fieldset").count()
