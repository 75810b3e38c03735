"""The training text: read as it stands, and split so that text kept out stays unseen."""

import pytest

from recipes import corpus
from tests.recipes.stand_in import write


@pytest.fixture
def small(data, monkeypatch) -> corpus.Source:
    """A source of three lines, one of them written twice."""
    write(data, monkeypatch, "text/tatoeba.txt", "\ufeffFirst line.\nSecond   line.\n\nFirst line.\nThird.")
    return next(source for source in corpus.SOURCES if source.name == "tatoeba")


def test_lines_are_tidied_and_read_once(data, small):
    assert corpus.read_source(data, small) == ["First line.", "Second line.", "Third."]


@pytest.mark.parametrize("running, block", [(False, 1), (True, corpus.BLOCK)])
def test_one_block_in_64_is_for_choosing_and_one_for_the_figures(running, block):
    lines = [f"line {i}" for i in range(64 * block * 3)]
    training, choice, test = corpus.split_lines(lines, running)
    assert sorted([*training, *choice, *test]) == sorted(lines)
    for part, first in ((test, 16), (choice, 32)):
        assert part == [lines[(64 * k + first) * block + i] for k in range(3) for i in range(block)]


def test_no_training_line_is_too_close_to_one_kept_out(data, monkeypatch):
    parts = corpus.load_corpus(data)
    names = [source.name for source in corpus.SOURCES]
    assert [list(part) for part in parts] == [names] * 3
    training, choice, test = ([line for lines in part.values() for line in lines] for part in parts)
    assert len(choice) == len(test) and len(training) == 31 * len(test)
    assert not set(choice) & set(test)
    assert not any(corpus.too_close(training, [*choice, *test]))
    for kept_out in (choice[0], test[0]):  # of another source
        novels = [f"Hello {i}, this is a novel of one line" for i in range(3)]
        write(data, monkeypatch, "text/novels.txt", "\n".join([*novels, kept_out.upper(), f"He said: {kept_out}"]))
        assert corpus.load_corpus(data)[0]["novels"] == novels


@pytest.mark.parametrize(
    "line, close",
    [
        ("Tom likes tea.", True),  # a word differs
        ("tom likes coffee", True),  # only case and punctuation differ
        ("Tom really likes coffee.", False),  # another number of words
        ("Mary likes tea.", False),  # two words differ
        ("Yesterday one two three four five six seven eight nine came.", True),  # eight words in a row
        ("one two three four five six seven", False),
    ],
)
def test_near_repeats_of_held_out_text_are_found(line, close):
    held_out = ["Tom likes coffee.", "zero one two three four five six seven eight nine ten eleven"]
    assert corpus.too_close([line], held_out) == [close]


def test_the_old_texts_are_a_third_of_an_epoch_at_most():
    """Words in each file, from `wc -w`, weighed by how often an epoch reads it."""
    words = {
        "tatoeba": 620370, "squad_paragraphs": 634933, "wiki_split": 441269, "onestop_english": 484878,
        "wordnet_glosses": 1431945, "movie_reviews": 1286900, "sentence_polarity": 197878, "subjectivity": 212717,
        "pros_cons": 304982, "state_union": 348358, "inaugural": 138008, "novels": 1443002,
    }  # fmt: skip
    read = {s.name: words[s.name] * s.passes for s in corpus.SOURCES}
    assert read["novels"] + read["inaugural"] < sum(read.values()) / 3


def test_running_text_is_packed_and_single_lines_stay_apart():
    lines = [[1, 2], [3], [4, 5, 6], [7, 8, 9, 10, 11]]
    assert corpus.pack(lines, 4, running=False) == [[1, 2], [3], [4, 5, 6], [7, 8, 9, 10], [11]]
    assert corpus.pack(lines, 4, running=True) == [[1, 2, 3], [4, 5, 6], [7, 8, 9, 10], [11]]
