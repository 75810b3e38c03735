"""How much memory edits of an explorer leave behind, for all that answer while somebody types."""

import gc
import tracemalloc

import pytest

from tests.browser.explorers import ANSWERING, title

EDITS = 50
TEXTS = ["It is {} o'clock.", "It is very late: {} [MASK].", "Snow fell {} times."]


@pytest.mark.more
@pytest.mark.parametrize("each", ANSWERING, ids=title)
def test_fifty_edits_leave_nothing_behind(each):
    """The least growth of three rounds of edits, no text twice: a cache fills up once, a leak goes on."""
    explorer = each.made()
    kept = []
    tracemalloc.start()  # before the first edits: the answer that is there is no growth
    for number in range(4 * EDITS):
        text = TEXTS[number % 3].format(number)
        explorer.set_state({each.types: text, "asked": explorer.asked + 1})
        assert explorer.problem == ""
        if number % EDITS == EDITS - 1:
            gc.collect()
            kept.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert min(after - before for before, after in zip(kept, kept[1:], strict=False)) < 50_000
