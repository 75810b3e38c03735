"""The training text: refused if it is another, and split so that held-out text stays unseen."""

import hashlib
from dataclasses import replace

import pytest

from recipes import corpus


@pytest.fixture
def source(tmp_path):
    """A small source file with the hash it has."""
    (tmp_path / "text").mkdir()
    raw = "\ufeffFirst line.\nSecond   line.\n\nFirst line.\n".encode()
    (tmp_path / "text" / "small.txt").write_bytes(raw)
    digest = hashlib.sha256(raw).hexdigest()
    return tmp_path, replace(corpus.SOURCES[0], name="small", sha256=digest)


def test_lines_are_tidied_and_read_once(source):
    assert corpus.read_source(*source) == ["First line.", "Second line."]


def test_another_file_is_refused(source):
    folder, known = source
    with pytest.raises(ValueError, match="text/small.txt has SHA-256 .*; the recipe needs 0000"):
        corpus.read_source(folder, replace(known, sha256="0000"))


@pytest.mark.parametrize("running, block", [(False, 1), (True, corpus.BLOCK)])
def test_one_block_in_64_is_held_out_and_nothing_is_in_both(running, block):
    lines = [f"line {i}" for i in range(64 * corpus.BLOCK * 2)]
    training, held_out = corpus.split_lines(lines, running)
    assert len(held_out) == len(lines) // 64
    assert not set(training) & set(held_out) and len(training) + len(held_out) == len(lines)
    numbers = [int(line.split()[1]) for line in held_out]
    assert all(b == a + 1 for a, b in zip(numbers[: block - 1], numbers[1:block], strict=True))


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
