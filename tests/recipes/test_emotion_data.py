"""Comments with emotions: every label and text as in the file, and no training text among those for measuring."""

from recipes.emotion_data import Comment, label_names, load_comments
from tests.recipes.stand_in import EMOTIONS, sentence, write


def letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def test_the_28_names_are_in_the_order_of_their_ids(data):
    assert label_names(data) == EMOTIONS
    assert len(set(EMOTIONS)) == 28


def test_comments_are_read_with_all_their_labels(data):
    training, tuning, choice, test = load_comments(data)
    assert training[0] == Comment(sentence(200), (0,), "id200")
    assert training[6] == Comment(sentence(206), (3, 12), "id206")
    for part in (training, tuning, choice):
        assert {label for c in part for label in c.labels} == set(range(28))
    assert [c.id for c in test] == ["id207", "id223", "id239", "id255"]  # of the train part, from the ninth, every 16th


def test_no_training_text_stands_in_another_part_whatever_its_case_and_punctuation(data):
    training, *kept_out = load_comments(data)
    assert not {letters(c.text) for c in training} & {letters(c.text) for part in kept_out for c in part}
    left = [n for n in range(200, 256) if n not in (207, 223, 239, 255)]
    assert [c.text for c in training] == [sentence(n) for n in left]  # the rest of the train part is there


def test_the_dev_part_falls_in_two_halves_comment_by_comment(data):
    _, tuning, choice, _ = load_comments(data)
    assert [c.id for c in tuning] == [f"id{n}" for n in range(300, 356, 2)]
    assert [c.id for c in choice] == [f"id{n}" for n in range(301, 356, 2)]


def test_a_text_may_hold_any_sign_but_the_tab(data, monkeypatch):
    text = '"Hello", she said\u2028 \u0085 \U0001f642'
    write(data, monkeypatch, "emotions/train.tsv", f"{text}\t1,2\tx\nbank\t0\ty")
    assert load_comments(data)[0] == [Comment(text, (1, 2), "x"), Comment("bank", (0,), "y")]
