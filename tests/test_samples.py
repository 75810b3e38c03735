"""The labelled samples: their counts, that nothing stands twice, and that no checkpoint was trained on them."""

import re
from collections import Counter

import pytest

from encoder_lab import load
from encoder_lab.samples import FOLDER, comments, questions, topics
from recipes.topic_data import DOMAINS, HELD_OUT_DOMAINS, TEN_TOPICS

README = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.name)
def test_a_sample_is_small_and_the_readme_says_where_it_is_from(file):
    assert file.stat().st_size < 300_000
    row = next(line for line in README.splitlines() if line.startswith(f"| `{file.name}` |"))
    assert re.search(r"github.com|written for this course|python -m encoder_lab", row)
    assert re.search(r"CC BY|Apache-2.0", row)


def test_topics_have_as_many_texts_each_as_the_readme_says():
    sample = topics()
    assert len({one.label for one in sample}) == 8
    assert set(Counter((one.label, one.part) for one in sample).values()) == {60, 25}
    assert {part: sum(one.part == part for one in sample) for part in ("pool", "test")} == {"pool": 480, "test": 200}


def test_topics_are_of_domains_that_are_never_trained_on():
    intents = {name: intent for intent, name in TEN_TOPICS.items()}
    held_out = {intent for domain in HELD_OUT_DOMAINS for intent in DOMAINS[domain].split()}
    assert {intents[one.label] for one in topics()} <= held_out


def test_no_two_requests_of_a_topic_are_near_copies():
    words = [(one.label, set(re.findall(r"\w+", one.text))) for one in topics()]
    for number, (label, mine) in enumerate(words):
        for other, theirs in words[:number]:
            assert label != other or len(mine & theirs) < 0.7 * len(mine | theirs), (mine, theirs)
    assert len({one.text for one in topics()}) == len(topics())


def test_comments_have_the_labels_of_the_checkpoint_and_as_many_as_the_readme_says():
    sample = comments()
    assert len(sample) == len({one.text for one in sample}) == len({one.id for one in sample}) == 205
    counts = Counter(label for one in sample for label in one.labels)
    told = README.split("Comments a label: ")[1].split("\n\n")[0]
    assert counts == {name: int(count) for name, count in re.findall(r"([a-z]+) (\d+)", told)}
    assert set(counts) == set(load("text-classification", "bundled").model.config.label2id) - {"grief"}
    assert sum(len(one.labels) > 1 for one in sample) == 84
    assert all(one.labels and len(set(one.labels)) == len(one.labels) for one in sample)


def test_texts_are_as_a_reader_expects_them():
    for one in (*topics(), *comments()):
        assert one.text == one.text.strip() and one.text.isprintable() and '""' not in one.text, one


def test_questions_are_as_many_as_the_readme_says_and_none_stands_twice():
    sample = questions()
    kinds = {one.context: [] for one in sample}
    for one in sample:
        kinds[one.context].append(bool(one.answers))
    answerable = sum(map(sum, kinds.values()))
    silent = len(sample) - answerable
    told = f"{len(sample)} questions about {len(kinds)} paragraphs; {answerable} have an answer, {silent} have none"
    assert told in README and (len(sample), len(kinds), answerable) == (36, 6, 18)
    assert all(sorted(each) == [False] * 3 + [True] * 3 for each in kinds.values())  # no paragraph gives it away
    assert len({one.question.lower() for one in sample}) == 36 and len({one.title for one in sample}) == 6
    for one in sample:
        assert one.question.endswith("?") and all(text.isprintable() for text in (one.question, one.context))


def test_each_answer_is_a_stretch_of_its_paragraph_between_words():
    for one in questions():
        assert len(one.answers) == len(set(one.answers)) <= 3
        for answer in one.answers:
            assert re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", one.context), (one.question, answer)
