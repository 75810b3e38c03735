"""Questions, contexts and options for the question-answering oracle: the same list wherever it is made.

Plain Python and one seed, so that an environment without `encoder_lab` makes the same cases as the tests.

`make_cases` leaves out only where the pipeline fails or is plainly wrong: a question with a typed `<s>`, windows whose
token count squared is the number of spans asked for (`WRONG` has one of each), a `doc_stride` that leaves no room,
and blank texts.
"""

import hashlib
import json
import random
from dataclasses import astuple, dataclass, field

SEED = 20


@dataclass(frozen=True)
class Case:
    """One call: which model reads what, with which options; an option left out has the signature's default."""

    model: str  # "bundled" or "tiny"
    question: str
    context: str
    options: dict = field(default_factory=dict)


# Each with questions that it answers and, last, one that it does not.
PASSAGES = (
    ("Marie Curie was born in Warsaw on 7 November 1867. She moved to Paris in 1891 and studied physics at the "
     "Sorbonne. In 1903 she shared the Nobel Prize in Physics with Pierre Curie and Henri Becquerel.",
     ("Where was Marie Curie born?", "When did she move to Paris?", "With whom did she share the Nobel Prize?",
      "Which instrument did she play?")),
    ("The Danube rises in the Black Forest and flows for 2,850 km through ten countries. It ends in the Black Sea. "
     "Vienna, Bratislava, Budapest and Belgrade lie on the Danube; no other river passes four capitals.",
     ("Where does the Danube end?", "How long is the Danube?", "Which capitals lie on the river?",
      "Who built the first bridge?")),
    ("A lighthouse was built on the rock in 1811. Its lamp burned whale oil, then paraffin, and was electrified in "
     "1959. The last keeper, Thomas O'Neill, left on 4 March 1988, when the light was made automatic.",
     ("When was the lighthouse built?", "Who was the last keeper?", "What did the lamp burn?",
      "What does a ticket cost?")),
    ("Honeybees tell each other where food is by dancing. The waggle dance, decoded by Karl von Frisch, points to "
     "flowers far away; the round dance only says that food is near the hive.",
     ("How do honeybees tell each other where food is?", "Who decoded the waggle dance?",
      "What does the round dance say?", "How many wings has a wasp?")),
    ("The library opens at 9 a.m. on weekdays and at 10 a.m. on Saturdays; it is closed on Sundays. A reader may "
     "borrow six books for three weeks. Lost books cost twenty euros each.",
     ("When does the library open on Saturdays?", "How many books may a reader borrow?",
      "What do lost books cost?", "Who designed the building?")),
)  # fmt: skip
FILLER = (
    "The river rose for nine days, and the people of the town carried what they could to the hill.",
    "Nobody remembered a winter as long as that one.",
    "It was not until the ice had melted that the ferry crossed again.",
    "In the market they sold apples, candles, rope, salt and a great deal of gossip.",
    "The Mayor said Paris was far; the mayor's wife said Warsaw was farther.",
)
# Repeated words in different letter case, and long ones that a window's edge cuts.
PLAIN = ("the The THE cat Cat CAT dog river River bank Straße STRASSE İstanbul istanbul sat by 1867 C++ don't "
         "unbelievably Antidisestablishmentarianism naïve counter-revolutionary x,y;z a b").split()  # fmt: skip
ODD = ["😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "日本語のテキスト", "猫が好き", "안녕하세요", "مرحبا", "שלום", "e\u0301te\u0301",
       "x\u0323\u0301y", "\u202eabc\u202c", "\u200b", "𝔸𝔹", "ﬁn", "½", "<b>bold</b>", "&amp;", "<s>", "</s>", "<mask>",
       "\ufeff", "\0", "a\0b"]  # fmt: skip
GAPS = (" ", " ", " ", " ", "  ", "\n", "\n\n", "\r\n", "\r\n\r\n \r\n", "\t", " \t ", "\xa0", "\u3000", "")
ASKED = ("Where does the cat sit?", "Who?", "What is it that was by the river, and why?", "猫はどこ 😀?",
         "Was\tit\r\nthe dog?", "Wo liegt \0 die Straße?", "what is </s> the <b>river</b>?")  # fmt: skip
QUESTION_TOKENS = 20  # the longest of these, and the added tokens
LONG_QUESTION = "Of all the cats and dogs that ever sat by a river, " * 6 + "which one did the old keeper like best?"


EDGES = (
    "a", "cat", "The cat sat", "cat cat CAT Cat cAt", "😀", "👩‍👩‍👧‍👦 😀 🏳️‍🌈", "猫", "\0", "a\0b\0 c",
    "cat\r\ndog\r\n\r\ncat\r\n", "\n\n\ncat\n\n\n", "\tcat\t\tdog", "   cat   ", "</s>", "<s> cat <s>",
    "<script>alert(1)</script> &lt;b&gt;", "e\u0301", "مرحبا cat שלום", "Antidisestablishmentarianism", "...",
    "\u200b", "\ufeffcat",
)  # fmt: skip

# Where the pipeline is plainly wrong, so that its answers are shown and not followed.
WRONG = {
    "fills up with spans of probability 0": Case(
        "tiny", "Where does it sit?", "The cat sat", {"top_k": 20, "max_answer_len": 1}
    ),
    "takes characters of the question for the context's": Case(
        "bundled", "Where is <s> it?", "The cat sat by the river.", {"top_k": 4, "align_to_words": False}
    ),
    "fails for want of a 37th span among 36": Case("tiny", "Who", "a", {"top_k": 13}),
}


def soup(draw: random.Random, count: int, odd: float) -> str:
    """Words in any order with any white space between them, a share of them odd; never blank."""
    words = [draw.choice(ODD if draw.random() < odd else PLAIN) for _ in range(count)]
    return "".join(word + draw.choice(GAPS) for word in words) + draw.choice(("cat", "The river.", "cat \n"))


def prose(draw: random.Random, sentences: int) -> tuple[str, str]:
    """Make a question and a context of that many sentences with what the question asks about somewhere in it."""
    passage, questions = draw.choice(PASSAGES)
    parts = [draw.choice(FILLER) for _ in range(sentences)]
    for _ in range(1 + sentences // 12):  # in a long context it stands several times, so that windows share an answer
        parts.insert(draw.randrange(len(parts) + 1), passage)
    return draw.choice(questions), draw.choice((" ", " ", "\n\n", "\r\n")).join(parts)


def ranking(draw: random.Random) -> dict:
    """Draw the options that decide which spans are ranked and how, each present in about half of the cases."""
    drawn = {
        "top_k": draw.choice((1, 2, 3, 4, 5, 7, 10, 15, 20)),
        "max_answer_len": draw.choice((1, 2, 3, 5, 8, 15, 30, 100)),
        "max_question_len": draw.choice((1, 4, 16, 64)),
        "handle_impossible_answer": draw.random() < 0.7,
        "align_to_words": draw.random() < 0.3,
    }
    return {name: value for name, value in drawn.items() if draw.random() < 0.5}


def lengths(draw: random.Random, kind: str) -> tuple[dict, int]:
    """Draw window lengths, and how many tokens (about) a context must have to take 2 to 20 such windows."""
    longest, shared = 384, 128
    given = {}
    if kind == "both":
        shared = draw.choice((0, 0, 1, 2, 5, 9, 16))
        longest = QUESTION_TOKENS + shared + draw.choice((8, 10, 13, 20, 30))
        given = {"max_seq_len": longest, "doc_stride": shared}
    elif kind == "max_seq_len":
        longest = draw.choice((56, 64, 75, 100, 128, 250, 384, 512))
        shared = min(longest // 2, 128)
        given = {"max_seq_len": longest}
    elif kind == "doc_stride":
        shared = draw.choice((0, 1, 17, 64, 128, 192, 250, 300, 340))
        given = {"doc_stride": shared}
    return given, shared + draw.randint(2, 19) * (longest - QUESTION_TOKENS - shared)


def short_cases(draw: random.Random) -> list[Case]:
    """Make contexts that fit into one window."""
    cases = []
    for passage, questions in PASSAGES:
        for question in questions:
            cases.append(Case("bundled", question, passage))
            cases.append(Case("bundled", question, passage, {"handle_impossible_answer": True}))
            cases += [Case("bundled", question, passage, ranking(draw)) for _ in range(2)]
    for context in EDGES:
        cases += [Case(model, draw.choice(ASKED), context, ranking(draw)) for model in ("bundled", "tiny", "tiny")]
    for _ in range(30):
        cases.append(Case("bundled", draw.choice(ASKED), soup(draw, draw.randint(1, 20), 0.4), ranking(draw)))
    for _ in range(110):
        cases.append(Case("tiny", draw.choice(ASKED), soup(draw, draw.randint(0, 50), 0.3), ranking(draw)))
    return cases


def long_cases(draw: random.Random) -> list[Case]:
    """Make contexts that take many windows, with one of the two lengths given, with both, and with none."""
    cases = []
    for kind, count, most in (("both", 36, 240), ("max_seq_len", 14, 260), ("doc_stride", 3, 700), ("none", 2, 700)):
        for _ in range(count):
            given, tokens = lengths(draw, kind)
            question, context = prose(draw, max(1, (min(tokens, most) - 60) // 24))
            cases.append(Case("bundled", question, context, ranking(draw) | given))
    for kind, count in (("both", 190), ("max_seq_len", 60), ("doc_stride", 30), ("none", 8)):
        for _ in range(count):
            given, tokens = lengths(draw, kind)
            odd = draw.choice((0, 0.1, 0.3))
            context = soup(draw, int(tokens / (4 + 5 * odd)), odd)
            cases.append(Case("tiny", draw.choice(ASKED), context, ranking(draw) | given))
    for _ in range(8):
        cases.append(Case("tiny", LONG_QUESTION, soup(draw, draw.randint(20, 300), 0.1), ranking(draw)))
    return cases


def make_cases() -> list[Case]:
    """Make every case, in the order of the stored answers."""
    draw = random.Random(SEED)
    return short_cases(draw) + long_cases(draw)


def hash_of_inputs() -> str:
    """Give the SHA-256 of every case."""
    cases = [*make_cases(), *WRONG.values()]
    return hashlib.sha256(json.dumps([astuple(case) for case in cases]).encode()).hexdigest()
