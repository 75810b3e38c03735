"""The trimmed vocabulary keeps what is used, what spells any English word, and the classroom's words."""

from collections import Counter

from recipes.vocabulary import CLASSROOM, SPECIAL, trim_vocabulary


def test_what_is_kept():
    words = ["rare", "seldom", "often", "hello", "##ing", "q", "##q", "日"]
    vocabulary = {piece: i for i, piece in enumerate([*SPECIAL, *words])}
    counts = Counter({vocabulary["often"]: 9, vocabulary["##ing"]: 5, vocabulary["seldom"]: 2})
    kept = trim_vocabulary(vocabulary, counts, len(SPECIAL) + 5)
    assert kept == [*SPECIAL, "often", "hello", "##ing", "q", "##q"]


def test_the_order_is_the_old_one_and_the_size_is_kept():
    vocabulary = {piece: i for i, piece in enumerate([*SPECIAL, *"zyxwv"])}
    assert trim_vocabulary(vocabulary, Counter(), len(SPECIAL) + 5) == [*SPECIAL, *"zyxwv"]


def test_the_bundled_vocabulary_holds_the_classroom_words_and_every_ascii_letter(fill_mask_checkpoint):
    pieces = set(fill_mask_checkpoint.tokenizer.get_vocab())
    assert {p for c in "abcdefghijklmnopqrstuvwxyz0123456789" for p in (c, f"##{c}")} <= pieces
    assert set("hello bert zebra penguin python nurse dentist madrid".split()) <= set(CLASSROOM) & pieces
