"""Texts and what they are about: labels that fit and do not, families that stay unseen, and the pairs made of both."""

import csv
import json
import re
from collections import Counter

import pytest

from recipes import topic_data
from recipes.nli_data import LABELS
from recipes.topic_data import CLASSES, DOMAINS, HELD_OUT_CLASSES, HELD_OUT_DOMAINS, TEN_TOPICS, Topic
from tests.recipes.stand_in import EMOTIONS, HELD_OUT, TITLES, TUNING, contents, sentence


@pytest.fixture
def topics(data):
    return topic_data.load_topics(data)


def held_out_labels() -> set[str]:
    """Every name that is never trained on."""
    intents = {intent.replace("_", " ") for domain in HELD_OUT_DOMAINS for intent in DOMAINS[domain].split()}
    return {*HELD_OUT_DOMAINS, *intents, *TEN_TOPICS.values(), *(CLASSES[i] for i in HELD_OUT_CLASSES)}


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
    assert len(seen) > 150  # 8 domains, 120 intents, 10 classes, 6 articles, 27 emotions
    for label in held_out_labels():
        inside = re.compile(rf"\b{re.escape(label)}\b", re.IGNORECASE)
        assert [name for name in seen if inside.search(name)] == []


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
    assert sum(bool(each & set(DOMAINS)) for each in names) == 8 * 3
    assert sum(bool(each & set(CLASSES.values())) for each in names) == 10 * 2
    assert sum(bool(each & {title.replace("_", " ") for title in TITLES}) for each in names) == 6 * 2
    assert sum(bool(each & set(EMOTIONS)) for each in names) == len(topics) - 24 - 20 - 12 > 10


def test_a_request_is_about_its_intent_and_domain_and_near_its_neighbours(topics):
    (topic,) = (t for t in topics if t.text == f"say {sentence(850)}")
    assert topic.fitting == ("transfer", "banking")
    assert len(topic.related) == 14 and "freeze account" in topic.related
    assert {"credit cards", "credit score", "sync device"} <= set(topic.foreign)
    assert len(topic.foreign) == 7 * 16
    assert topic.templates == topic_data.ABOUT


def test_an_entry_is_about_its_class_and_only_its_beginning_is_read(topics):
    (topic,) = (t for t in topics if f'"entry" {sentence(902)}.' in t.text)
    assert topic.fitting == ("an artist",) and topic.related == ()
    assert len(topic.foreign) == 9 and "a company" in topic.foreign
    assert len(topic.text.split()) == topic_data.WORDS


def test_a_paragraph_is_about_its_article_s_title(topics):
    trained = [title.replace("_", " ") for title in TITLES if title not in (TUNING, HELD_OUT)]
    found = {t.text: t for t in topics if t.text.startswith("Hello")}
    assert len(found) == 2 * len(trained)  # none of the mixed article or of those kept out
    topic = next(t for text, t in found.items() if text.startswith("Hello 401:"))
    assert topic.fitting == ("Black cat",)
    assert sorted([*topic.fitting, *topic.foreign]) == trained


def test_a_comment_with_one_emotion_is_foreign_to_the_other_groups(topics):
    found = {t.text: t for t in topics if t.templates == topic_data.FEELS}
    assert found[sentence(200)].fitting == ("admiration",)
    assert set(found[sentence(200)].foreign) == set(" ".join(topic_data.EMOTION_GROUPS[1:]).split())
    assert sentence(203) in found and sentence(201) not in found  # one in three
    assert sentence(227) not in found  # has two
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


def test_unseen_texts_have_their_right_label(data):
    unseen = topic_data.load_unseen(data)
    assert set(unseen) == {"four classes", "ten topics"}
    names, texts = unseen["four classes"]
    assert names == ["a building", "an animal", "a means of transport", "a film"]
    right = {text: int(i) for i, text in csv.reader(contents()["topics/dbpedia_val.csv"].splitlines())}
    assert len(texts) == 4 * 2
    for text, i in texts:
        assert names[i] == CLASSES[next(x for whole, x in right.items() if whole.startswith(text))]
        assert len(text.split()) == topic_data.WORDS
    names, texts = unseen["ten topics"]
    assert names == list(TEN_TOPICS.values())
    clinc = json.loads(contents()["topics/clinc150.json"])
    right = {text: intent for part in ("train", "val") for text, intent in clinc[part] if intent in TEN_TOPICS}
    assert {text: names[i] for text, i in texts} == {text: TEN_TOPICS[intent] for text, intent in right.items()}
    assert {i for _, i in texts} == set(range(10))
