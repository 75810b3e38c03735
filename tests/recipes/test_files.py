"""The data files: refused and named when their hash is another, whichever loader reads them; none is listed in vain."""

import re

import pytest

from recipes import files
from recipes.byte_pairs import read_roberta
from recipes.corpus import load_corpus
from recipes.emotion_data import label_names, load_comments
from recipes.nli_data import load_conjunctions, load_nli
from recipes.qa_data import load_qamr, load_squad
from recipes.topic_data import load_topics, load_unseen

LOADERS = (
    read_roberta, load_corpus, label_names, load_comments, load_nli, load_conjunctions, load_qamr, load_squad,
    load_topics, load_unseen,
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(files.FILES))
def test_each_file_is_read_by_a_loader_which_refuses_another(data, name):
    with (data / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ValueError, match=f"^{re.escape(name)} has SHA-256 [0-9a-f]{{64}}; the recipe needs [0-9a-f]"):
        for loader in LOADERS:
            loader(data)


def test_the_message_tells_both_hashes():
    """The first hash is that of `printf abc | sha256sum`."""
    found = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with pytest.raises(ValueError) as error:
        files.check(b"abc", "0" * 64, "some.txt")
    assert str(error.value) == f"some.txt has SHA-256 {found}; the recipe needs {'0' * 64}"
    files.check(b"abc", found, "some.txt")


def test_all_files_that_are_not_there_are_named(data):
    for name in ("qa/qamr.jsonl", "text/inaugural.txt"):
        (data / name).unlink()
    message = f"{data} lacks qa/qamr.jsonl, text/inaugural.txt; recipes/DATA.md says how each file is had"
    with pytest.raises(FileNotFoundError) as error:
        load_qamr(data)
    assert str(error.value) == message


def test_each_file_has_a_hash_of_its_own_an_origin_and_a_licence():
    hashes = [file.sha256 for file in files.FILES.values()]
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in hashes)
    assert len(set(hashes)) == len(hashes)
    assert all(file.origin and file.licence for file in files.FILES.values())
