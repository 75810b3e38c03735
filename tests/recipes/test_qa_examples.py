"""A question's example: its context cut around the answer, and each token's place in the other vocabulary."""

import pytest
import torch

from recipes import qa_examples
from recipes.qa_data import Question
from recipes.rows import Rows

CONTEXT = "aa bb cc dd ee ff gg"


def asked(answer: str, context: str = CONTEXT, question: str = "which?") -> Question:
    """Make a question whose answer is `answer`; an empty one has none."""
    answers = (answer,) if answer else ()
    return Question(question, context, answers, context.index(answer) if answer else -1, "an article")


class Draw:
    """Draws what it is told to, and remembers between which bounds."""

    def __init__(self, number: int) -> None:
        self.number = number

    def randint(self, low: int, high: int) -> int:
        self.bounds = (low, high)
        return self.number


@pytest.mark.parametrize(
    "answer, drawn, bounds, kept, begin",
    [
        ("dd", 4, (3, 9), "bb cc dd", 3),  # from within a word: from its first letter
        ("dd", 9, (3, 9), "dd ee ff", 9),
        ("", 0, (0, 12), "aa bb cc", 0),
        ("", 12, (0, 12), "ee ff gg", 12),  # to the end
        ("gg", 12, (12, 12), "ee ff gg", 12),
    ],
)
def test_a_long_context_is_cut_between_words_around_its_answer(monkeypatch, answer, drawn, bounds, kept, begin):
    monkeypatch.setattr(qa_examples, "CHARACTERS", 8)
    draw = Draw(drawn)
    assert qa_examples.cut(asked(answer), draw) == (kept, begin)
    assert draw.bounds == bounds


def test_a_short_context_stays_whole():
    assert qa_examples.cut(asked("dd"), None) == (CONTEXT, 0)


def numbered(*questions: Question) -> list[dict[str, list[int]]]:
    """Give each example as lists."""
    rows = qa_examples.number_tokens(list(questions), qa_examples.load_word_pieces(), qa_examples.load_tokenizer())
    assert len({len(each) for each in rows.values()}) == 1
    return [{name: each.batch([i], 0)[0].tolist()[0] for name, each in rows.items()} for i in range(len(rows["ours"]))]


def test_each_of_the_teacher_s_tokens_knows_the_student_s():
    """The teacher reads penguin ##s overs ##le ##pt, the student Ġp eng u ins Ġover s le pt."""
    context = "the penguins overslept, twice"
    one, other = numbered(asked("penguins", context, "who sat?"), asked("", context, "who sat?"))
    theirs, ours = qa_examples.load_word_pieces(), qa_examples.load_tokenizer()
    assert theirs.convert_ids_to_tokens(one["theirs"]) == (
        "[CLS] who sat ? [SEP] the penguin ##s overs ##le ##pt , twice [SEP]".split()
    )
    assert ours.convert_ids_to_tokens(one["ours"]) == (
        "<s> who Ġsat ? </s> </s> the Ġp eng u ins Ġover s le pt , Ġtwice </s>".split()
    )
    assert one["to_start"] == [0, -1, -1, -1, -1, 6, 7, 10, 11, 13, 14, 15, 16, -1]
    assert one["to_end"] == [0, -1, -1, -1, -1, 6, 10, 10, 12, 13, 14, 15, 16, -1]
    assert one["places"] == [6, 7, 7, 10]
    assert other == {**one, "places": [0, 0, 0, 0]}


def test_a_place_moves_with_the_cut(monkeypatch):
    monkeypatch.setattr(qa_examples, "CHARACTERS", 20)
    context = "the cat sat by the river " * 3 + "zebra " + "the dog sat by the bank " * 3
    (example,) = numbered(asked("zebra", context))
    tokens = qa_examples.load_tokenizer()
    start, end = example["places"][2:]
    assert tokens.decode(example["ours"][start : end + 1]).strip() == "zebra"
    assert len(tokens.decode(example["ours"])) < 60


def test_a_question_whose_answer_does_not_fit_is_left_out(monkeypatch):
    """The student reads "aa" as two tokens."""
    monkeypatch.setattr(qa_examples, "LONGEST", 10)
    assert [example["places"] for example in numbered(asked("gg"), asked("aa"), asked(""))] == [[4, 4, 5, 6], [0] * 4]


def test_every_kind_is_prepared_and_read_back(prepared):
    kinds = qa_examples.load_kinds(prepared, torch.device("cpu"))
    assert list(kinds) == list(qa_examples.KINDS)
    sizes = {kind: len(rows["ours"]) for kind, rows in kinds.items()}
    assert sizes == {"qamr": 7, "squad": 5 * 2 * 3 + 2 * 2, "misses": 5 * 2 * 2 + 2 * 2, "passages": 4}
    for kind, rows in kinds.items():
        assert torch.equal(rows["theirs"].lengths, rows["to_start"].lengths)
        answered = (rows["places"].flat.view(-1, 4) > 0).all(1)
        assert answered.all() if kind in ("qamr", "passages") else answered.any() == (kind == "squad")


def test_kinds_are_laid_behind_one_another():
    one, other = ({"ours": Rows.of(rows), "places": Rows.of([[9]] * len(rows))} for rows in ([[1], [2, 3]], [[4, 5]]))
    both = qa_examples.joined_rows(one, other)
    assert list(both) == ["ours", "places"]
    assert both["ours"].batch([2, 0, 1], 0)[0].tolist() == [[4, 5], [1, 0], [2, 3]]
