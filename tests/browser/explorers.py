"""The explorers, each described in one line: what every promise about them is tested on."""

from dataclasses import dataclass
from functools import cache

from playwright.sync_api import Locator, Page

from encoder_lab import explore, load, trace
from encoder_lab.widgets.explorer import Explorer
from tests.browser.stand_in import StandIn
from tests.browser.wrong import HOSTILE

LOADED = {"explore": explore, "trace": trace, "load": cache(load)}


@dataclass(frozen=True, slots=True)
class Described:
    """One explorer; a new one needs a line in `EXPLORERS`, and keeps every promise of `test_promises.py`."""

    title: str  # as its frame says it
    call: str  # what a notebook's cell says to open it
    box: str = ""  # the label of the box it answers while somebody types; "" if it has none
    types: str = ""  # the trait that box sets
    words: str = "A penguin lives on [MASK]."  # what a reader might type into it
    look: str = ""  # the label of a control that the page answers by itself, also when saved; "" if it has none

    def made(self, **state: object) -> Explorer:
        """Open it as in a notebook, and set traits, text among them."""
        explorer = eval(self.call, LOADED)
        for name, value in state.items():
            setattr(explorer, name, value)
        return explorer

    def hostile(self) -> Explorer:
        """Open it with markup as its title and wherever it is typed."""
        return self.made(title=HOSTILE, **({self.types: f"{HOSTILE} [MASK]"} if self.types else {}))

    def put(self, page: Page, theme: str = "light", **state: object) -> StandIn:
        """Open it on a page, and wait until it has all it shows."""
        on = StandIn(page, self.made(**state), theme)
        on.settled()
        return on

    def typed(self, where: Page | Locator) -> Locator:
        """The box that somebody types into."""
        return where.get_by_label(self.box, exact=True).first


EXPLORERS = [
    Described("Attention explorer", """explore.attention(trace(load("zero-shot-classification"),
    "The bat flew.", "This is an animal."))""", look="hide special tokens"),
    Described("Fill-mask explorer", """explore.fill_mask(load("fill-mask"),
    text="The capital of France is [MASK].")""", "sentence", "text"),
    Described("Question-answering explorer", """explore.answer(load("question-answering"), question="Where did she go?",
    context="In spring Maria went to Lisbon. Her brother stayed in Rome. " * 3, max_seq_len=48, doc_stride=8)""",
        "question", "question", "Who stayed with the penguin?", look="threshold for no answer"),
    Described("Classification explorer", """explore.classify(load("text-classification"),
    text="Thank you for this day.")""", "sentence", "text", "This is the worst penguin ever.", look="softmax"),
    Described("Zero-shot explorer", """explore.zero_shot(load("zero-shot-classification"),
    text="Our train to the coast leaves at noon.", labels=["travel", "cooking"])""",
        "text", "text", "A penguin soup needs much salt.", look="many"),
]  # fmt: skip
ANSWERING = [each for each in EXPLORERS if each.box]


def title(described: Described) -> str:
    """Name a test's parameter."""
    return described.title.split()[0].lower()
