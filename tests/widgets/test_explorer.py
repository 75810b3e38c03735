"""What all explorers share: one answer for each message, the last good one kept, a still form, a page of its own."""

import json
import re

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets import Int, Unicode

from encoder_lab.widgets.explorer import VIEW, Explorer
from encoder_lab.widgets.page import page
from encoder_lab.widgets.still import bar_chart, still_form

HOSTILE = '</script><img src=x onerror="window.hacked = 1"><!--'


class Shouting(Explorer):
    """Answers with the text in capitals, some times over."""

    NAME = "fill_mask"
    INPUTS = ("text", "times")

    text = Unicode("ah").tag(sync=True)
    times = Int(1).tag(sync=True)

    def __init__(self, **state):
        self.calls = []
        super().__init__(**state)

    def work_out(self, text, times):
        self.calls.append((text, times))
        if not text:
            raise ValueError("the text is empty; type at least one word")
        if text == "stop":
            raise KeyboardInterrupt
        if len(text) > 1000:
            raise ValueError(f"the text is {text!r}; type less")
        if text == "bug":
            return {"answer": {"text": 1 / 0}}
        return {"answer": {"text": text.upper() * times}}

    def still(self):
        return still_form(self.answer["text"], bar_chart("loud", ["a"], [0.5], ["0.5"]), self.answer["text"])


def test_the_first_answer_is_there_at_once():
    shouting = Shouting(text="ah")
    assert shouting.answer == {"text": "AH"}
    assert (shouting.shown, shouting.asked, shouting.answered, shouting.problem) == (1, 0, 0, "")


def test_wrong_first_inputs_are_an_error_of_the_call():
    with pytest.raises(ValueError, match="the text is empty"):
        Shouting(text="")


def test_one_message_with_several_inputs_is_answered_once():
    shouting = Shouting()
    shouting.set_state({"text": "oh", "times": 2, "asked": 1})
    assert shouting.calls == [("ah", 1), ("oh", 2)]
    assert shouting.answer == {"text": "OHOH"}
    assert (shouting.shown, shouting.answered) == (2, 1)


def test_every_question_is_answered_even_if_nothing_changed():
    shouting = Shouting()
    shouting.set_state({"text": "ah", "asked": 1})
    assert (shouting.shown, shouting.answered) == (2, 1)


def test_python_may_set_inputs_too():
    shouting = Shouting()
    shouting.text = "uh"
    assert shouting.answer == {"text": "UH"} and shouting.shown == 2


def test_a_problem_keeps_the_last_good_answer_and_a_good_answer_ends_the_problem():
    shouting = Shouting()
    shouting.set_state({"text": "", "asked": 1})
    assert shouting.answer == {"text": "AH"}
    assert shouting.problem == "the text is empty; type at least one word"
    assert (shouting.shown, shouting.answered) == (2, 1)
    shouting.set_state({"text": "eh", "asked": 2})
    assert shouting.answer == {"text": "EH"} and shouting.problem == ""


def test_a_fault_of_ours_is_one_line_too_and_nobody_waits_for_ever():
    shouting = Shouting()
    shouting.set_state({"text": "bug", "asked": 1})
    assert shouting.problem == "this could not be worked out (ZeroDivisionError: division by zero)"
    assert shouting.answered == 1 and shouting.answer == {"text": "AH"}


def test_an_interrupt_is_said_and_the_last_answer_stays():
    shouting = Shouting()
    shouting.set_state({"text": "stop", "asked": 1})
    assert "interrupted" in shouting.problem and "ask again" in shouting.problem
    assert shouting.answered == 1 and shouting.answer == {"text": "AH"}


def test_a_long_problem_keeps_what_is_wrong_and_what_to_do():
    shouting = Shouting()
    shouting.set_state({"text": "x" * 5000, "asked": 1})
    assert len(shouting.problem) < 420
    assert shouting.problem.startswith("the text is 'xxx") and shouting.problem.endswith("; type less")


class Line:
    """A comm that writes down what is sent."""

    kernel = True
    comm_id = "line"

    def __init__(self):
        self.updates = []

    def send(self, data, **_):
        if data["method"] == "update":  # and not an echo of what the page has set
            self.updates.append(set(data["state"]))

    def on_msg(self, hear):
        pass

    def close(self):
        pass


def test_all_of_an_answer_travels_in_one_message():
    shouting = Shouting()
    shouting.comm = line = Line()
    shouting.set_state({"text": "oh", "asked": 1})
    assert line.updates == [{"answer", "answered", "shown"}]


def test_what_it_shows_is_the_widget_and_below_it_a_still_form_that_keeps_up():
    InteractiveShell.instance()
    shouting = Shouting(text=HOSTILE)
    with capture_output() as shown:
        shouting._ipython_display_()
        shouting.text = "later"
    widget, still, update = (output.data for output in shown.outputs)
    assert list(widget) == [VIEW]  # nothing that nbval would have to compare
    assert "LATER" in update["text/html"]
    assert HOSTILE.upper() not in still["text/html"] and "&lt;IMG" in still["text/html"]
    InteractiveShell.clear_instance()


def test_a_still_form_needs_nothing_from_anywhere():
    form = still_form("title", bar_chart("loud", ["a<b"], [1.0], ["1"]), "described")
    assert re.findall(r'(?:src|href)="([^"]{0,31})', form) == ["data:image/svg+xml;base64,PHN2Z"]
    assert 'alt="described"' in form and "<script" not in form


def test_nothing_typed_can_end_the_page_s_script():
    written = page(HOSTILE, f"// {HOSTILE}", "", {"text": HOSTILE, "bytes": b"\x00\xff", "_view_name": "AnyView"})
    assert "<img" not in written and written.count("</script>") == 2 and "<!--" not in written
    state = json.loads(re.search(r'<script type="application/json">(.*?)</script>', written, re.S)[1])
    assert state == {"text": HOSTILE, "bytes": {"base64": "AP8="}, "_esm": f"// {HOSTILE}", "frozen": True}


def test_saving_gives_one_file_and_replaces_an_older_one(tmp_path):
    file = Shouting(text="oh").save(tmp_path / "loud.html")
    assert '"text": "OH"' in file.read_text(encoding="utf-8")
    Shouting(text="ah").save(str(file))
    assert '"text": "AH"' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "message"),
    [("loud.txt", "give a name that ends in .html"), ("nowhere/loud.html", "there is no folder '.*nowhere'; make it")],
)
def test_where_nothing_can_be_saved_it_says_why(tmp_path, name, message):
    with pytest.raises(ValueError, match=message):
        Shouting().save(tmp_path / name)
