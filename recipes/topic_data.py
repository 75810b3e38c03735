"""Texts with the names of what they are about, made into premise and hypothesis; some label families stay unseen.

CLINC150 (Larson et al. 2019, arXiv:1909.02027), DBpedia-14 (Zhang et al. 2015, arXiv:1509.01626), titles of SQuAD's
training articles, GoEmotions' labels.
"""

import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path

from recipes.emotion_data import label_names, load_comments
from recipes.files import read
from recipes.nli_data import LABELS, Pair
from recipes.qa_data import MIXED, load_squad

CONTRADICTION, NEUTRAL, ENTAILMENT = range(len(LABELS))

# CLINC150's domains; an intent's own name is a label too. The held-out ones are never trained on.
DOMAINS = {
    "banking": """transfer transactions balance freeze_account pay_bill bill_balance bill_due interest_rate routing
        min_payment order_checks pin_change report_fraud account_blocked spending_history""",
    "credit cards": """credit_score report_lost_card credit_limit rewards_balance new_card application_status
        card_declined international_fees apr redeem_rewards credit_limit_change damaged_card
        replacement_card_duration improve_credit_score expiration_date""",
    "the household": """shopping_list shopping_list_update next_song play_music update_playlist todo_list
        todo_list_update calendar calendar_update what_song order order_status reminder reminder_update smart_home""",
    "cars": """traffic directions gas gas_type distance current_location mpg oil_change_when oil_change_how jump_start
        uber schedule_maintenance last_maintenance tire_pressure tire_change""",
    "everyday tools": """weather alarm date find_phone share_location timer make_call calculator definition
        measurement_conversion flip_coin spelling time roll_dice text""",
    "work": """pto_request pto_request_status pto_balance pto_used next_holiday direct_deposit payday taxes insurance
        insurance_change schedule_meeting meeting_schedule income w2 rollover_401k""",
    "small talk": """greeting goodbye tell_joke where_are_you_from how_old_are_you what_is_your_name who_made_you
        thank_you what_can_i_ask_you what_are_your_hobbies do_you_have_pets are_you_a_bot meaning_of_life
        who_do_you_work_for fun_fact""",
    "device settings": """change_ai_name change_user_name cancel user_name reset_settings whisper_mode repeat no yes
        maybe change_language change_accent change_volume change_speed sync_device""",
    "travel": """translate international_visa timezone exchange_rate travel_suggestion travel_notification vaccines
        travel_alert lost_luggage book_flight book_hotel carry_on flight_status car_rental plug_type""",
    "cooking": """recipe restaurant_reviews calories nutrition_info restaurant_suggestion ingredients_list
        ingredient_substitution cook_time food_last meal_suggestion restaurant_reservation confirm_reservation
        how_busy cancel_reservation accept_reservations""",
}
HELD_OUT_DOMAINS = ("travel", "cooking", "banking", "cars")

# DBpedia's class id -> label
CLASSES = {
    1: "an artist", 2: "a company", 3: "a politician", 4: "a building", 5: "a village", 6: "a plant", 7: "a school",
    8: "an animal", 9: "a music album", 10: "a book", 11: "a river or mountain", 12: "a means of transport",
    13: "an athlete", 14: "a film",
}  # fmt: skip
HELD_OUT_CLASSES = (4, 8, 12, 14)

# Unseen intents, family by family, and what each is called
UNSEEN_INTENTS = {
    "travel": {
        "book_flight": "booking a flight", "book_hotel": "a hotel", "car_rental": "renting a car",
        "vaccines": "vaccines", "exchange_rate": "exchange rates", "translate": "translation",
        "lost_luggage": "lost luggage", "international_visa": "a visa",
    },
    "cooking": {
        "recipe": "a recipe", "calories": "calories", "restaurant_reservation": "a restaurant reservation",
        "cook_time": "cooking time", "ingredients_list": "ingredients", "restaurant_reviews": "restaurant reviews",
        "ingredient_substitution": "replacing an ingredient", "food_last": "how long food keeps",
    },
    "banking": {
        "transfer": "transferring money", "pay_bill": "paying a bill", "interest_rate": "interest rates",
        "order_checks": "ordering checks", "pin_change": "changing a PIN", "report_fraud": "fraud",
        "account_blocked": "a blocked account", "balance": "an account balance",
    },
    "cars": {
        "traffic": "traffic", "directions": "directions", "gas": "gas", "oil_change_how": "an oil change",
        "jump_start": "jump starting a car", "uber": "calling a taxi", "tire_pressure": "tire pressure",
        "distance": "distance",
    },
}  # fmt: skip
# The eight topics of the course's own sample, and two more
TEN = """book_flight book_hotel car_rental vaccines exchange_rate translate lost_luggage
    recipe calories restaurant_reservation"""
TEN_TOPICS = {
    intent: name for names in UNSEEN_INTENTS.values() for intent, name in names.items() if intent in TEN.split()
}
UNSEEN_EMOTIONS = ("gratitude", "fear", "curiosity", "sadness")

EMOTION_GROUPS = (
    "admiration amusement approval caring desire excitement gratitude joy love optimism pride relief",
    "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness",
    "confusion curiosity realization surprise",
)  # positive, negative, ambiguous: Demszky et al. 2020, figure 2

ABOUT = ("This example is about {}.", "This example is {}.", "This text is about {}.", "The topic is {}.",
         "This is about {}.", "The subject of this text is {}.", "Someone is talking about {}.", "It is about {}.",
         "{}")  # fmt: skip
FEELS = ("This example is {}.", "This text expresses {}.", "The writer feels {}.", "This example is about {}.")
EMOTIONS_ONE_IN = 3  # comments, so that requests and encyclopaedia are not drowned
WORDS = 60  # of a longer text only the first are read


@dataclass(frozen=True)
class Topic:
    """A text and the labels that do and do not fit it."""

    text: str
    fitting: tuple[str, ...]
    related: tuple[str, ...]  # of the same family: may or may not fit
    foreign: tuple[str, ...]  # do not fit
    templates: tuple[str, ...]


def load_topics(folder: Path) -> list[Topic]:
    """Read every text whose label may be trained on."""
    return [*_clinc(folder), *_dbpedia(folder), *_articles(folder), *_emotions(folder)]


def load_unseen(folder: Path) -> dict[str, tuple[list[str], list[tuple[str, int]]]]:
    """Read texts of the eight label families that are never trained on.

    Returns:
        name of the family -> (its labels, its texts with the number of the right label).
    """
    intents = _intents(folder)
    unseen = {}
    for family, names in UNSEEN_INTENTS.items():
        order = list(names)
        unseen[family] = (list(names.values()), [(text, order.index(x)) for text, x in intents if x in names])
    of = {intent: i for i, domain in enumerate(HELD_OUT_DOMAINS) for intent in DOMAINS[domain].split()}
    unseen["domains"] = (list(HELD_OUT_DOMAINS), [(text, of[x]) for text, x in intents if x in of])
    classes = [(_begin(text), HELD_OUT_CLASSES.index(i)) for i, text in _rows(folder) if i in HELD_OUT_CLASSES]
    unseen["classes"] = ([CLASSES[i] for i in HELD_OUT_CLASSES], classes)
    _, choice, test = load_squad(folder)
    titles = sorted({q.article for q in (*choice, *test)})
    paragraphs = {q.context: q.article for q in (*choice, *test)}
    names = [title.replace("_", " ") for title in titles]
    unseen["articles"] = (names, [(_begin(text), titles.index(title)) for text, title in paragraphs.items()])
    emotions = label_names(folder)
    numbers = [emotions.index(name) for name in UNSEEN_EMOTIONS]
    _, tuning, choice, test = load_comments(folder)
    comments = [c for c in (*tuning, *choice, *test) if len(c.labels) == 1 and c.labels[0] in numbers]
    unseen["emotions"] = (list(UNSEEN_EMOTIONS), [(c.text, numbers.index(c.labels[0])) for c in comments])
    return unseen


def make_pairs(topics: list[Topic], seed: int) -> list[Pair]:
    """Make one pair for each text: 45 % with a fitting label, 45 % with a foreign one, 10 % with a related one.

    Where nothing is related, a foreign label takes its place.
    """
    draw = random.Random(seed)
    pairs = []
    for topic in topics:
        chance = draw.random()
        label = ENTAILMENT if chance < 0.45 else CONTRADICTION if chance < 0.9 or not topic.related else NEUTRAL
        names = {ENTAILMENT: topic.fitting, CONTRADICTION: topic.foreign, NEUTRAL: topic.related}[label]
        hypothesis = draw.choice(topic.templates).format(draw.choice(names))
        pairs.append(Pair(topic.text, hypothesis, label, "topic"))
    return pairs


def _clinc(folder: Path) -> list[Topic]:
    """Requests to an assistant: the intent's name and its domain fit; its neighbours are related."""
    domain_of = {intent: domain for domain, intents in DOMAINS.items() for intent in intents.split()}
    trained = {domain: intents.split() for domain, intents in DOMAINS.items() if domain not in HELD_OUT_DOMAINS}
    topics = []
    for text, intent in _intents(folder):
        domain = domain_of[intent]
        if domain not in trained:
            continue
        near = tuple(x.replace("_", " ") for x in trained[domain] if x != intent)
        far = [(d, *(x.replace("_", " ") for x in xs)) for d, xs in trained.items() if d != domain]
        foreign = tuple(name for names in far for name in names)
        topics.append(Topic(text, (intent.replace("_", " "), domain), near, foreign, ABOUT))
    return topics


def _dbpedia(folder: Path) -> list[Topic]:
    """Encyclopaedia entries: the class fits, every other class does not."""
    trained = {i: name for i, name in CLASSES.items() if i not in HELD_OUT_CLASSES}
    return [
        Topic(_begin(text), (trained[i],), (), tuple(name for x, name in trained.items() if x != i), ABOUT)
        for i, text in _rows(folder) if i in trained
    ]  # fmt: skip


def _articles(folder: Path) -> list[Topic]:
    """Paragraphs of SQuAD's training articles: the article's title fits, every other title does not."""
    titles = {q.context: q.article.replace("_", " ") for q in load_squad(folder)[0] if q.article != MIXED}
    names = sorted(set(titles.values()))
    return [
        Topic(_begin(text), (title,), (), tuple(x for x in names if x != title), ABOUT)
        for text, title in titles.items()
    ]


def _emotions(folder: Path) -> list[Topic]:
    """Comments with one emotion: it fits, those of the other groups do not."""
    names = label_names(folder)
    groups = [[x for x in group.split() if x not in UNSEEN_EMOTIONS] for group in EMOTION_GROUPS]
    topics = []
    for comment in load_comments(folder)[0][::EMOTIONS_ONE_IN]:
        name = names[comment.labels[0]]
        if len(comment.labels) > 1 or name in ("neutral", *UNSEEN_EMOTIONS):
            continue
        foreign = tuple(x for group in groups if name not in group for x in group)
        topics.append(Topic(comment.text, (name,), (), foreign, FEELS))
    return topics


def _intents(folder: Path) -> list[tuple[str, str]]:
    parts = json.loads(read(folder, "topics/clinc150.json"))
    return [(text, intent) for part in ("train", "val") for text, intent in parts[part]]


def _rows(folder: Path) -> list[tuple[int, str]]:
    return [(int(i), text) for i, text in csv.reader(read(folder, "topics/dbpedia_val.csv").splitlines())]


def _begin(text: str) -> str:
    """Keep the first `WORDS` words."""
    return " ".join(text.split()[:WORDS])
