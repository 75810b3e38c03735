"""`check`: its names, its counting of tries, and what an outcome looks like."""

import pytest
import torch

from encoder_lab.exercises import check
from encoder_lab.exercises.checks import Checks
from encoder_lab.exercises.compare import same_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.exercises.outcome import NOT_ANSWERED, RIGHT, WRONG, Outcome
from encoder_lab.texts import say


def position_ids(answer, exercise):
    """Demand 1, 2, 3."""
    same_numbers(answer, torch.tensor([1, 2, 3]))


HINTS = tuple(say(f"notebook_01.position_ids.hint_{number}") for number in (1, 2))


def fresh(compare=position_ids):
    """A `check` with one exercise, which has the texts of `position_ids`, and no tries yet."""
    return Checks([Exercise("notebook_01", compare, 5)])


def test_names_are_completed_and_near_ones_offered():
    assert "position_ids" in dir(check) and "quiz_static" in dir(check)
    assert check.position_ids.__doc__.startswith("RoBERTa numbers")
    with pytest.raises(AttributeError, match="near it are position_ids"):
        check.postion_ids  # noqa: B018
    with pytest.raises(AttributeError, match="press Tab"):
        check.zzz  # noqa: B018


def test_hints_come_one_by_one_and_only_wrong_tries_count():
    check = fresh()
    assert check.position_ids(...).hints == ()
    assert check.position_ids([1, 2]).hints == HINTS[:1]
    assert check.position_ids().hints == ()  # forgotten brackets' content: not answered, not wrong
    assert check.position_ids([1, 2, 4]).hints == HINTS
    assert check.position_ids([3, 2, 1]).hints == HINTS
    assert check.position_ids([1, 2, 3]) == Outcome("position_ids", RIGHT)
    assert check.position_ids([1, 2, 4]).hints == HINTS[:1]


def test_hints_are_given_without_a_try_and_a_wrong_try_takes_none_away():
    check = fresh()
    assert check.position_ids.hint().lines == (f"Hint: {HINTS[0]}",)
    assert check.position_ids([1, 2]).hints == HINTS[:1]
    assert check.position_ids.hint().lines == tuple(f"Hint: {hint}" for hint in HINTS)
    assert check.position_ids.hint().lines == check.position_ids.hint().lines
    assert check.position_ids([1, 2]).hints == HINTS


def test_a_solution_is_given_at_once_with_a_smile_and_after_two_tries_without():
    check = fresh()
    early, late = say("checks.early_solution"), say("checks.solution")
    assert check.position_ids.solution().lines == (early,)
    check.position_ids([1])
    assert check.position_ids.solution().lines == (early,)
    check.position_ids([1])
    solution = check.position_ids.solution()
    assert solution.lines == (late,) and "positions = position_ids(mask, padding_id)" in solution.code
    assert repr(solution).endswith(solution.code) and "<pre><code>" in solution._repr_html_()
    check.position_ids([1, 2, 3])
    assert check.position_ids.solution().lines == (late,)


def test_a_question_has_its_letter_for_a_solution():
    check = Checks([Quiz("notebook_01", "quiz_static", "b")])
    assert check.quiz_static.hint().lines == (say("checks.quiz_hint"),)
    assert check.quiz_static.solution().lines[1].startswith("b) One id, one row")


def test_progress_shows_the_notebooks_whose_checks_have_run():
    def merge_heads(answer, exercise):
        raise AssertionError("nobody asks for it")

    questions = Quiz("notebook_01", "quiz_static", "b"), Exercise("notebook_02", merge_heads, 3)
    check = Checks([Exercise("notebook_01", position_ids, 5), *questions])
    assert check.progress().rows == () and "No check has been run" in repr(check.progress())
    check.position_ids([4, 4, 4])
    assert check.progress().rows == (("position_ids", 5, WRONG), ("quiz_static", 2, ""))
    check.position_ids([1, 2, 3])
    assert repr(check.progress()).splitlines() == [
        "1 of 2 right; about 2 minutes for the rest.",
        "✓ position_ids   5 min  right",
        "… quiz_static    2 min  not answered yet",
    ]
    assert "<td>2 min</td>" in check.progress()._repr_html_()
    assert "progress" in dir(check)


def test_an_outcome_in_words():
    wrong = Outcome("counting", WRONG, "Your answer has 4 at [2] where 3 is wanted.", ("Look again.", "Count."))
    assert repr(wrong) == (
        "counting: not yet right. Your answer has 4 at [2] where 3 is wanted. Hint: Look again. Hint: Count."
    )
    assert repr(Outcome("counting", RIGHT)) == "counting: right."
    assert repr(Outcome("counting", NOT_ANSWERED, "Answer.")) == "counting: not answered yet. Answer."


def test_an_outcome_in_html_is_escaped_and_always_the_same():
    page = Outcome("counting", WRONG, "<script>alert(1)</script> & so", ("<b>",))._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;alert(1)&lt;/script&gt; &amp; so" in page
    assert "Hint: &lt;b&gt;" in page and " id=" not in page
    first, second = (fresh().position_ids(...)._repr_html_() for _ in range(2))
    assert first == second


def test_trouble_in_the_check_itself_is_not_called_wrong():
    def position_ids(answer, exercise):
        raise OSError("model.safetensors is damaged")

    with pytest.raises(OSError, match="damaged"):
        fresh(position_ids).position_ids(1)
