"""The table of sentences that zero-shot training reads: each once, every pair, pool and topic by its number."""

import random

import pytest
import torch

from recipes import nli_sentences
from recipes.nli_data import load_conjunctions, load_nli, recombine
from recipes.topic_data import ABOUT, load_topics, make_pairs
from recipes.topic_names import topic_names


@pytest.fixture
def sentences(prepared) -> nli_sentences.Sentences:
    return nli_sentences.load_sentences(prepared, torch.device("cpu"))


def written(sentences, numbers: torch.Tensor) -> list[str]:
    """Spell sentences out from the student's ids."""
    tokenizer = nli_sentences.load_tokenizer()
    rows = (sentences.ours.batch([i], 1) for i in numbers.tolist())
    return [tokenizer.decode(ids[mask == 1]) for ids, mask in rows]


def test_every_pair_stands_in_the_table_with_its_label_and_source(sentences, data):
    training, _, _ = load_nli(data)
    pairs = [*training, *load_conjunctions(data), *recombine([p for p in training if p.source == "mnli"])]
    pairs += [pair for seed in (27, 28) for pair in make_pairs(load_topics(data), seed)]
    premises, hypotheses = (written(sentences, sentences.pairs[:, column]) for column in (0, 1))
    labels = [None if label < 0 else label for label in sentences.pairs[:, 2].tolist()]
    sources = [nli_sentences.SOURCES[i] for i in sentences.pairs[:, 3].tolist()]
    assert list(zip(premises, hypotheses, labels, sources, strict=True)) == [
        (p.premise, p.hypothesis, p.label, p.source) for p in pairs
    ]


def test_both_readings_are_of_the_same_sentences_each_written_once(sentences):
    assert len(sentences.theirs) == len(sentences.ours)
    texts = written(sentences, torch.arange(len(sentences.ours)))
    assert len(set(texts)) == len(texts)
    tokenizer = nli_sentences.load_word_pieces()
    for i in range(0, len(texts), 50):
        ids = tokenizer(texts[i], add_special_tokens=False)["input_ids"]
        assert sentences.theirs.batch([i], 0)[0].tolist() == [ids]


def test_pools_hold_training_text_alone(sentences, data):
    training, *kept_out = load_nli(data)
    premises, hypotheses = set(written(sentences, sentences.premises)), set(written(sentences, sentences.hypotheses))
    assert {pair.premise for pair in training if pair.source == "mnli"} < premises
    assert {pair.hypothesis for pair in training} < hypotheses
    assert not {pair.premise for part in kept_out for pair in part} & (premises | hypotheses)
    plain, _, _ = nli_sentences.corpus.load_corpus(data)
    lines = {line for name in ("tatoeba", "wiki_split") for line in plain[name]}
    assert len(premises & lines) == 40 and len(hypotheses & lines) == 20


def test_each_topic_stands_alone_and_in_every_template(sentences):
    names = topic_names()
    assert written(sentences, sentences.names) == names
    for i in (0, 17, len(names) - 1):
        assert written(sentences, sentences.about[i]) == [template.format(names[i]) for template in ABOUT]


def test_sentences_of_fitting_length_are_drawn():
    lines = ["One two. Three four five! “Six seven eight nine? No", "a b c", "a b c", " d e f "]
    draw = random.Random(1)
    assert sorted(nli_sentences._draw(lines, 9, range(3, 5), draw)) == [
        "Three four five!",
        "a b c",
        "d e f",
        "“Six seven eight nine?",
    ]
    assert len(nli_sentences._draw(lines, 2, range(3, 5), draw)) == 2
