"""The zero-shot explorer on a page, and what its tests read there."""

from playwright.sync_api import Page

from encoder_lab import explore
from encoder_lab.checkpoints import Checkpoint
from tests.browser.stand_in import StandIn

TEXT = "We danced in the kitchen and then we cooked."
LABELS = ["cooking", "dancing", "travel"]
FIRST, SECOND = "This example is {}.", "This example is about {}."


def put(page: Page, checkpoint: Checkpoint, theme: str = "light", **given) -> StandIn:
    """Put the explorer on a page, with the text and the labels above if no others are given."""
    return StandIn(page, explore.zero_shot(checkpoint, **{"text": TEXT, "labels": LABELS, **given}), theme)


def cells(page: Page, table: str) -> list[list[str]]:
    """Read every row of a table's body, bars left out."""
    return page.locator(f"{table} tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].filter(x => x.className !== 'el-bar').map(x => x.textContent))"
    )


def chips(page: Page) -> list[str]:
    """Read the labels on the chips."""
    return page.locator(".zs-chips li > span").all_inner_texts()


def add(on: StandIn, label: str) -> None:
    """Type a label into the box, press Enter, and wait for the answer."""
    on.page.get_by_label("add a label").fill(label)
    on.page.keyboard.press("Enter")
    on.settled()
