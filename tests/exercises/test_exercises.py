"""What holds for every exercise and every quiz question."""

import pytest

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import NOT_ANSWERED, RIGHT, WRONG
from tests.exercises.answers import EXERCISES, NOTEBOOK_OF, QUIZZES, reference

TRAINED = ("own_sentence", "halved")  # a tiny random model is sure of nothing; see test_notebook_00 and _10


@pytest.mark.parametrize("name", [name for name in EXERCISES if name not in TRAINED])
def test_reference_answer_is_right(name, tiny_checkpoint):
    tiny_checkpoint(EXERCISES[name].checkpoint)
    assert EXERCISES[name].judge(reference(name))[0] == RIGHT


@pytest.mark.parametrize("name", EXERCISES)
def test_reference_answer_is_right_on_the_bundled_checkpoint(name, monkeypatch):
    monkeypatch.delenv("ENCODER_LAB_SOURCE", raising=False)
    status, message = EXERCISES[name].judge(reference(name))
    assert status == RIGHT, message


@pytest.mark.parametrize("name", [*EXERCISES, *QUIZZES])
def test_dots_are_not_answered_yet(name):
    outcome = getattr(check, name)(...)
    assert outcome.status == NOT_ANSWERED
    assert repr(outcome).startswith(f"{name}: not answered yet. Replace the ...")


@pytest.mark.parametrize("name", EXERCISES)
def test_untouched_cell_is_not_answered_yet(name):
    names = EXERCISES[name].run_given()
    exec(EXERCISES[name].cell, names)
    assert getattr(check, name)(names[EXERCISES[name].answer]).status == NOT_ANSWERED


ODD = [None, object(), "what?", {}, [], b"", float("nan"), 10**400, 1j, [[1], [2, 3]], int]


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("answer", ODD)
def test_odd_answers_are_wrong_in_one_sentence(name, answer, tiny_checkpoint):
    tiny_checkpoint(EXERCISES[name].checkpoint)
    status, message = EXERCISES[name].judge(answer)
    assert status == WRONG
    assert message.endswith(".") and "\n" not in message


@pytest.mark.parametrize("name", EXERCISES)
def test_each_exercise_is_whole(name):
    exercise = EXERCISES[name]
    assert len(exercise.hints) == 2 and all(hint.endswith(".") for hint in exercise.hints)
    assert "..." in exercise.cell and exercise.answer in exercise.cell
    assert exercise.check == f"check.{name}({exercise.answer})"
    assert len(exercise.given.splitlines()) <= 12 and len(exercise.cell.splitlines()) <= 12
    assert "!" not in exercise.task + "".join(exercise.hints)


@pytest.mark.parametrize("name", QUIZZES)
def test_one_option_of_a_quiz_is_right_and_each_other_is_explained(name):
    quiz = QUIZZES[name]
    verdicts = {letter: quiz.judge(letter) for letter in quiz.options}
    assert [letter for letter, verdict in verdicts.items() if verdict[0] == RIGHT] == [quiz.right]
    assert len({message for _, message in verdicts.values()}) == len(quiz.options)
    assert all(f"- {letter}) {option}" in quiz.task for letter, option in quiz.options.items())


@pytest.mark.parametrize("answer", ["e", "ab", "", 2, None, ["b"]])
def test_no_option_of_a_quiz(answer):
    status, message = QUIZZES["quiz_scale"].judge(answer)
    assert status == WRONG and "a, b, c, d" in message


@pytest.mark.parametrize("answer", ["C", "c)", " (c). "])
def test_a_letter_may_be_written_in_several_ways(answer):
    assert QUIZZES["quiz_scale"].judge(answer)[0] == RIGHT


def test_each_notebook_has_three_to_five_exercises_and_two_quiz_questions():
    for number in set(NOTEBOOK_OF.values()):
        names = [name for name, notebook in NOTEBOOK_OF.items() if notebook == number]
        assert 3 <= sum(name in EXERCISES for name in names) <= 5
        assert sum(name in QUIZZES for name in names) == 2
