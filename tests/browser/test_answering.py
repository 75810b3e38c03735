"""What every explorer promises that answers while somebody types: in order, kindly when wrong, once for the ear."""

import json
import re
import time

import pytest

from tests.browser.explorers import ANSWERING, title

pytestmark = pytest.mark.browser

answering = pytest.mark.parametrize("each", ANSWERING, ids=title)
MORE = pytest.mark.more


@answering
def test_the_newest_text_wins_and_none_comes_out_of_order(page, each):
    on = each.put(page)
    painted, asked, answers, work_out = [], [], [], on.explorer.work_out
    page.expose_function("painted", lambda answer: painted.append(json.loads(answer)))
    page.evaluate("""() => new MutationObserver(() => painted(JSON.stringify(model.get("answer"))))
        .observe(document.querySelector(".encoder-lab"), { attributes: true, attributeFilter: ["data-shown"] })""")

    def slow(**inputs):
        asked.append(inputs[each.types])
        time.sleep(0.1)  # a busy kernel: several keystrokes go by
        found = work_out(**inputs)
        answers.append(json.loads(json.dumps(found["answer"])))
        return found

    on.explorer.work_out = slow
    sentence = "One two three four five six seven."
    box = each.typed(page).element_handle()
    for end in range(1, len(sentence) + 1):
        box.evaluate("(box, text) => { box.value = text; box.dispatchEvent(new Event('input')); }", sentence[:end])
        if end % 8 == 0:
            page.wait_for_function("() => model.get('asked') > model.get('answered') || model.get('shown') > 1")
    on.settled()
    lengths = [len(text) for text in asked]
    assert asked[-1] == sentence == each.typed(page).input_value()
    assert lengths == sorted(lengths) and len(asked) < len(sentence) / 2  # in order, and none in vain
    assert painted == answers


@answering
def test_while_somebody_types_the_box_is_left_alone(page, each):
    each.put(page)
    page.evaluate("() => { model.save_changes = () => {}; }")  # the kernel has not come to it yet
    each.typed(page).fill("Half a sent")
    page.evaluate("""() => { model.set("asked", model.get("asked") + 1);  // and now a late answer
        receive({ answer: { ...model.get("answer") }, answered: 0, shown: model.get("shown") + 1 }); }""")
    assert each.typed(page).input_value() == "Half a sent"
    assert page.locator(".encoder-lab.el-busy").count() == 1


@answering
def test_bad_input_is_one_sentence_and_the_last_answer_stays(page, each):
    on = each.put(page)
    before = page.locator(".el-body").inner_text()
    for wrong in ("", "  "):
        each.typed(page).fill(wrong)
        on.settled()
        said = page.locator("main .el-problem").text_content()
        assert re.fullmatch(r"the \w+ is (empty|blank); .*", said), said
        assert page.locator(".el-body").inner_text() == before and each.typed(page).input_value() == wrong
    each.typed(page).fill(each.words)
    on.settled()
    assert page.locator("main .el-problem").text_content() == "" and page.locator(".el-body").inner_text() != before


@pytest.mark.parametrize(
    ("kernel", "gone", "said"),
    [
        ("undefined", False, "is the kernel running?"),
        ("null", False, "The kernel has ended"),
        ("{ status: 'dead' }", False, "The kernel has ended"),
        ("{ status: 'idle' }", True, "The kernel was restarted"),
        ("{ status: 'autorestarting' }", False, "The kernel was restarted"),
        ("{ status: 'busy' }", False, "The kernel is busy"),
        ("{ status: 'idle' }", False, "The kernel is idle and did not answer"),
    ],
)
def test_it_says_why_nobody_answers_and_asks_again(page, kernel, gone, said):
    each = ANSWERING[0]  # the sentences are the frame's
    on = each.put(page)
    page.clock.install()
    page.evaluate(f"""() => {{ window.kept = model.save_changes; model.save_changes = () => {{}};
        model.widget_manager = {{ kernel: {kernel} }}; }}""")
    if gone:
        page.evaluate("document.querySelector('main').classList.add('jupyter-widgets-disconnected')")
    each.typed(page).fill(each.words)
    page.clock.run_for(7700)
    assert said in page.locator(".el-status").first.inner_text() and said in page.locator(".el-said").inner_text()
    page.evaluate("() => { model.save_changes = window.kept; }")
    page.get_by_role("button", name="ask again").click()
    page.clock.run_for(100)
    on.settled()
    assert on.explorer.get_state()[each.types] == each.words
    assert page.locator(".el-status").first.inner_text() == ""
    assert not page.get_by_role("button", name="ask again").is_visible()


@answering
def test_a_screen_reader_hears_each_outcome_once(page, each):
    on = each.put(page)
    page.evaluate("""() => { window.said = []; const place = document.querySelector(".el-said");
        new MutationObserver(() => said.push(place.textContent)).observe(place, { childList: true }); }""")
    each.typed(page).press("End")
    page.keyboard.type(" And twenty keystrokes more.", delay=15)
    on.settled()
    heard = page.evaluate("window.said")
    assert len(heard) <= 1 and page.locator(".el-said").inner_text() != ""
    assert "working" not in "".join(heard)
    each.typed(page).fill("")
    on.settled()
    assert page.evaluate("window.said").pop() == on.explorer.problem
    live = "main :is([role=status], [role=alert], [aria-live], output)"
    assert page.locator(live).count() == 1 + page.locator("main output").count()


@MORE
@answering
def test_fifty_edits_leave_the_page_as_large_as_before(page, each):
    on = each.put(page)
    devtools = page.context.new_cdp_session(page)

    def edited(count):
        for turn in range(count):
            each.typed(page).fill(f"It is {'very ' * (turn % 3)}old [MASK].")
            on.settled()
        devtools.send("HeapProfiler.collectGarbage")
        heard = devtools.send("Memory.getDOMCounters")["jsEventListeners"]
        return heard, page.evaluate("[listeners.length, document.querySelectorAll('*').length]")

    assert edited(3) == edited(51)
