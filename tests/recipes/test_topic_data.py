"""Texts and what they are about: labels that fit and do not, families that stay unseen, and the pairs made of both."""

import csv
import json
import re
from collections import Counter

import pytest

from recipes import topic_data
from recipes.nli_data import LABELS
from recipes.topic_data import (
    CLASSES,
    DOMAINS,
    HELD_OUT_CLASSES,
    HELD_OUT_DOMAINS,
    TEN_TOPICS,
    UNSEEN_EMOTIONS,
    UNSEEN_INTENTS,
    Topic,
)
from recipes.topic_names import topic_names
from tests.recipes.stand_in import CHOICE, EMOTIONS, TEST, TITLES, contents, sentence, write

SISTERS = {"balance": {"pto balance", "rewards balance"}}  # intents of other domains whose names hold an unseen one's


@pytest.fixture
def topics(data):
    return topic_data.load_topics(data)


def held_out_labels() -> set[str]:
    """Every name that is never trained on."""
    intents = {intent.replace("_", " ") for domain in HELD_OUT_DOMAINS for intent in DOMAINS[domain].split()}
    names = {name for family in UNSEEN_INTENTS.values() for name in family.values()}
    titles = {title.replace("_", " ") for title in (*CHOICE, *TEST)}
    classes = {CLASSES[i] for i in HELD_OUT_CLASSES}
    return {*HELD_OUT_DOMAINS, *intents, *names, *classes, *titles, *UNSEEN_EMOTIONS}


def offered(topic: Topic) -> set[str]:
    return {*topic.fitting, *topic.related, *topic.foreign}


def test_the_domains_name_all_150_intents_once():
    named = [intent for intents in DOMAINS.values() for intent in intents.split()]
    assert len(DOMAINS) == 10 and len(named) == len(set(named)) == 150
    assert all(len(intents.split()) == 15 for intents in DOMAINS.values())


def test_what_is_held_out_exists_and_the_ten_topics_are_of_it():
    assert set(HELD_OUT_DOMAINS) <= set(DOMAINS) and set(HELD_OUT_CLASSES) <= set(CLASSES) == set(range(1, 15))
    assert set(TEN_TOPICS) <= {intent for domain in HELD_OUT_DOMAINS for intent in DOMAINS[domain].split()}
    assert len(TEN_TOPICS) == len(set(TEN_TOPICS.values())) == 10


def test_the_emotion_groups_hold_every_emotion_once():
    assert sorted(" ".join(topic_data.EMOTION_GROUPS).split()) == sorted(set(EMOTIONS) - {"neutral"})


def test_no_held_out_label_is_ever_offered(topics):
    seen = {name for topic in topics for name in offered(topic)}
    assert len(seen) > 120  # 6 domains, 90 intents, 10 classes, 5 articles, 23 emotions
    for label in held_out_labels():
        inside = re.compile(rf"\b{re.escape(label)}\b", re.IGNORECASE)
        assert {name for name in seen if inside.search(name)} == SISTERS.get(label, set())


def test_no_text_of_a_held_out_label_is_trained_on(data, topics):
    texts = {topic.text for topic in topics}
    unseen = topic_data.load_unseen(data)
    assert not texts & {text for _, rows in unseen.values() for text, _ in rows}
    clinc = json.loads(contents()["topics/clinc150.json"])
    held = {intent for domain in HELD_OUT_DOMAINS for intent in DOMAINS[domain].split()}
    assert not texts & {text for part in clinc.values() for text, intent in part if intent in held}
    assert texts.isdisjoint(text for part in ("test", "oos_val") for text, _ in clinc[part])


def test_a_label_that_fits_is_neither_foreign_nor_related(topics):
    for topic in topics:
        assert topic.fitting and topic.foreign
        names = (*topic.fitting, *topic.related, *topic.foreign)
        assert len(names) == len(set(names))


def test_each_family_is_there(topics):
    names = [set(topic.fitting) for topic in topics]
    assert sum(bool(each & set(DOMAINS)) for each in names) == 6 * 3
    assert sum(bool(each & set(CLASSES.values())) for each in names) == 10 * 2
    assert sum(bool(each & {title.replace("_", " ") for title in TITLES}) for each in names) == 5 * 2
    assert sum(bool(each & set(EMOTIONS)) for each in names) == len(topics) - 18 - 20 - 10 > 10


def test_a_request_is_about_its_intent_and_domain_and_near_its_neighbours(topics):
    (topic,) = (t for t in topics if t.text == f"say {sentence(853)}")
    assert topic.fitting == ("credit score", "credit cards")
    assert len(topic.related) == 14 and "report lost card" in topic.related
    assert {"work", "pto used", "sync device"} <= set(topic.foreign)
    assert len(topic.foreign) == 5 * 16
    assert topic.templates == topic_data.ABOUT


def test_an_entry_is_about_its_class_and_only_its_beginning_is_read(topics):
    (topic,) = (t for t in topics if f'"entry" {sentence(902)}.' in t.text)
    assert topic.fitting == ("an artist",) and topic.related == ()
    assert len(topic.foreign) == 9 and "a company" in topic.foreign
    assert len(topic.text.split()) == topic_data.WORDS


def test_a_paragraph_is_about_its_article_s_title(topics):
    trained = [title.replace("_", " ") for title in TITLES if title not in (*CHOICE, *TEST)]
    found = {t.text: t for t in topics if t.text.startswith("Hello")}
    assert len(found) == 2 * len(trained)  # none of the mixed article or of those kept out
    topic = next(t for text, t in found.items() if text.startswith("Hello 401:"))
    assert topic.fitting == ("Black cat",)
    assert sorted([*topic.fitting, *topic.foreign]) == trained


def test_a_comment_with_one_emotion_is_foreign_to_the_other_groups(topics):
    found = {t.text: t for t in topics if t.templates == topic_data.FEELS}
    assert found[sentence(200)].fitting == ("admiration",)
    others = set(" ".join(topic_data.EMOTION_GROUPS[1:]).split())
    assert set(found[sentence(200)].foreign) == others - {*UNSEEN_EMOTIONS}
    assert sentence(203) in found and sentence(201) not in found  # one in three
    assert sentence(234) not in found  # has two
    assert not any("neutral" in offered(t) for t in found.values())


def many(related: tuple[str, ...]) -> list[Topic]:
    return [Topic(f"text {i}", ("fit", "fits"), related, ("far", "away"), ("It is {}.", "{}")) for i in range(4_000)]


@pytest.mark.parametrize("related, shares", [(("near",), (0.45, 0.1, 0.45)), ((), (0.55, 0.0, 0.45))])
def test_pairs_are_made_in_their_shares_and_each_name_and_template_is_used(related, shares):
    pairs = topic_data.make_pairs(many(related), 3)
    assert [pair.premise for pair in pairs] == [f"text {i}" for i in range(4_000)]
    counts = Counter(pair.label for pair in pairs)
    assert [counts[i] / 4_000 for i in range(3)] == pytest.approx(shares, abs=0.03)
    names = {"contradiction": ("far", "away"), "neutral": related, "entailment": ("fit", "fits")}
    for i, label in enumerate(LABELS):
        written = {pair.hypothesis for pair in pairs if pair.label == i}
        assert written == {template.format(name) for name in names[label] for template in ("It is {}.", "{}")}
    assert {pair.source for pair in pairs} == {"topic"}


def test_pairs_depend_on_the_seed_alone():
    topics = many(("near",))[:50]
    assert topic_data.make_pairs(topics, 1) == topic_data.make_pairs(topics, 1)
    assert topic_data.make_pairs(topics, 1) != topic_data.make_pairs(topics, 2)


def test_unseen_requests_have_their_right_label(data):
    unseen = topic_data.load_unseen(data)
    clinc = json.loads(contents()["topics/clinc150.json"])
    requests = [(text, intent) for part in ("train", "val") for text, intent in clinc[part]]
    for family, intents in UNSEEN_INTENTS.items():
        names, texts = unseen[family]
        assert names == list(intents.values())
        assert {(text, names[i]) for text, i in texts} == {(t, intents[x]) for t, x in requests if x in intents}
        assert {i for _, i in texts} == set(range(8)) and set(intents) <= set(DOMAINS[family].split())
    names, texts = unseen["domains"]
    assert names == list(HELD_OUT_DOMAINS) == list(UNSEEN_INTENTS)
    assert dict(texts) == {t: i for i, d in enumerate(names) for t, x in requests if x in DOMAINS[d].split()}


def test_unseen_entries_paragraphs_and_comments_have_their_right_label(data):
    unseen = topic_data.load_unseen(data)
    assert list(unseen) == [*UNSEEN_INTENTS, "domains", "classes", "articles", "emotions"]  # eight families
    names, texts = unseen["classes"]
    assert names == ["a building", "an animal", "a means of transport", "a film"]
    right = {text: int(i) for i, text in csv.reader(contents()["topics/dbpedia_val.csv"].splitlines())}
    assert len(texts) == 4 * 2
    for text, i in texts:
        assert names[i] == CLASSES[next(x for whole, x in right.items() if whole.startswith(text))]
        assert len(text.split()) == topic_data.WORDS
    names, texts = unseen["articles"]
    assert names == ["Cold river", "Grey bank", "Young dog"]
    assert [(text.split(":")[0], i) for text, i in sorted(texts)] == [
        ("Hello 420", 0), ("Hello 421", 0), ("Hello 440", 1), ("Hello 441", 1), ("Hello 470", 2), ("Hello 471", 2),
    ]  # fmt: skip
    names, texts = unseen["emotions"]
    assert names == list(UNSEEN_EMOTIONS)
    numbers = {sentence(first + 2 * EMOTIONS.index(name) + k): i for i, name in enumerate(names) for k in (0, 1)
               for first in (200, 300)}  # fmt: skip
    two_labels = {sentence(first + n) for first in (200, 300) for n in range(6, 56, 7)}
    test = {sentence(n) for n in (207, 223, 239, 255)}
    assert dict(texts) == {
        text: i
        for text, i in numbers.items()
        if text not in two_labels and (int(text.split(",")[0].split()[1]) >= 300 or text in test)
    }


def test_unseen_comments_are_of_every_part_that_is_not_trained_on(data, monkeypatch):
    """Of the train part, the ninth comment is not; it says gratitude."""
    rows = [f"{sentence(n)}\t{15 if n in (607, 608) else 27}\tid{n}\n" for n in range(600, 616)]
    write(data, monkeypatch, "emotions/train.tsv", "".join(rows))
    write(data, monkeypatch, "emotions/dev.tsv", f"{sentence(620)}\t14\ta\n{sentence(621)}\t25\tb\n")
    _, texts = topic_data.load_unseen(data)["emotions"]
    assert texts == [(sentence(620), 1), (sentence(621), 3), (sentence(608), 0)]


def test_no_topic_that_plain_text_is_paired_with_is_a_held_out_label():
    for label in held_out_labels():
        inside = re.compile(rf"\b{re.escape(label)}\b", re.IGNORECASE)
        assert [name for name in topic_names() if inside.search(name)] == []
    assert len(topic_names()) == len(set(topic_names())) > 200
