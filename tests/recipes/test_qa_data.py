"""Questions: split by whole articles, answers where they are said to be, sentences put together, no answer made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipes.qa_data import MIXED, Question, _join, load_qamr, load_squad, unanswerable
from tests.recipes.stand_in import HELD_OUT, TITLES, TUNING, paragraph


def asked(question: str, context: str, *answers: str, article: str = "one") -> Question:
    return Question(question, context, answers, context.index(answers[0]), article)


def test_whole_articles_are_kept_out_one_in_five(data):
    training, tuning, held_out = ({q.article for q in part} for part in load_squad(data))
    assert tuning == {TUNING}
    assert held_out == {HELD_OUT}
    assert training == {*TITLES, MIXED} - {TUNING, HELD_OUT}


def test_no_training_context_stands_in_an_article_kept_out(data):
    training, tuning, held_out = ({q.context for q in part} for part in load_squad(data))
    assert not training & (tuning | held_out) and not tuning & held_out
    contexts = {q.context for q in load_squad(data)[0] if q.article == MIXED}
    assert contexts == {paragraph(n)["context"] for n in (500, 501)}  # two more stand in articles kept out
    assert len(training) == 2 * 6 + 2 and len(tuning) == len(held_out) == 2


def test_every_question_is_read_and_its_answer_stands_where_it_says(data):
    training, *kept_out = load_squad(data)
    assert [len(part) for part in (training, *kept_out)] == [6 * 2 * 3 + 2 * 2, 6, 6]
    for question in (q for part in (training, *kept_out) for q in part):
        assert question.question == question.question.strip()
        if question.answers:
            assert question.context[question.start :].startswith(question.answers[0])
            assert all(answer in question.context for answer in question.answers)
        else:
            assert question.start == -1
    for part in kept_out:
        assert [len(q.answers) for q in part] == [2, 1, 0] * 2
    assert kept_out[0][0] == Question(
        "where sat the cat 420?", paragraph(420)["context"], ("river 420", "the river 420"), 31, TUNING
    )


@pytest.mark.parametrize(
    "tokens, text",
    [
        ("The cat sat .", "The cat sat."),
        ("Hello , cat ; dog : bank ? !", "Hello, cat; dog: bank?!"),
        ("a cat -LRB- or dog -RRB- sat", "a cat (or dog) sat"),
        ("a cat -LSB- or dog -RSB- sat", "a cat [or dog] sat"),
        ("a cat ( or [ dog ] ) sat", "a cat (or [dog]) sat"),
        ("say `` hello '' again", 'say "hello" again'),
        ("`` -LRB- hello -RRB- , '' said it", '"(hello)," said it'),
        ("it did n't sit", "it didn't sit"),
        ("the dog 's cat and dogs ' bank , they 've sat", "the dog's cat and dogs' bank, they've sat"),
        ("it cost $ 5,000 or 9 %", "it cost $5,000 or 9%"),
        ("a - b -- c", "a - b -- c"),
        (", the", ", the"),
    ],
)
def test_tokens_are_put_together_as_they_were(tokens, text):
    joined, spans = _join(tokens.split())
    assert joined == text
    written = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"'}
    assert [joined[start:end] for start, end in spans] == [written.get(x, x) for x in tokens.split()]


@given(st.lists(st.sampled_from("cat n't 's $ % , . ( ) [ ] ' -- 5".split()), min_size=1))
def test_each_span_is_its_token_and_only_single_spaces_lie_between(tokens):
    text, spans = _join(tokens)
    assert [text[start:end] for start, end in spans] == tokens
    assert "".join(tokens) == text.replace(" ", "")
    assert text == text.strip() and "  " not in text


def test_qamr_s_answers_are_the_named_tokens_of_the_sentence(data):
    first, second, third, *_ = load_qamr(data)
    text = "\"The cat didn't sit,\" say 9% of the dogs (and the bank's)."
    assert first == Question("What did the cat do?", text, ("didn't sit",), 9, "qamr")
    assert (second.context, second.answers, second.start) == (text, ("and the bank's",), 42)
    assert (third.answers, third.start) == (("the river 600",), 26)
    assert len(load_qamr(data)) == 7
    assert all(q.context[q.start :].startswith(q.answers[0]) for q in load_qamr(data))


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("xy")), min_size=1, max_size=30), st.integers(0, 9))
def test_a_question_made_unanswerable_has_no_answer_in_its_context(places, seed):
    questions = [
        asked(f"{i}?", f"The Cat {letter}, cat {letter * 2}", f"Cat {letter}", f"cat {letter * 2}", article=article)
        for i, (letter, article) in enumerate(places)
    ]
    by_question = {q.question: q for q in questions}
    made = unanswerable(questions, 1.0, seed)
    for question in made:
        old = by_question[question.question]
        assert question.article == old.article
        assert question.context in {q.context for q in questions if q.article == old.article}
        assert question.context != old.context
        assert not any(answer.lower() in question.context.lower() for answer in old.answers)
        assert (question.answers, question.start) == ((), -1)
    assert len({q.question for q in made}) == len(made)


def test_another_case_and_another_right_answer_count_as_answers_too():
    one, two = asked("who?", "a Cat and a dog", "Cat"), asked("which?", "the CAT or the bank", "bank", "the cat")
    three = asked("where?", "THE CAT AND THE BANK", "THE BANK")
    made = [q for seed in range(30) for q in unanswerable([one, two, three], 1.0, seed)]
    assert {(q.question, q.context) for q in made} == {("which?", one.context), ("where?", one.context)}


def test_what_is_made_depends_on_the_seed_alone_and_no_more_than_the_share_is():
    questions = [asked(f"{i}?", f"hello cat{i} hello", f"cat{i} ") for i in range(100)]
    made = unanswerable(questions, 0.3, 1)
    assert made == unanswerable(questions, 0.3, 1)
    assert made != unanswerable(questions, 0.3, 2)
    assert 25 <= len(made) <= 30  # a draw may fall on the question's own context
    assert unanswerable(questions, 0.0, 1) == []
