"""What stands on the page of the question-answering explorer, as its tests ask for it."""

from playwright.sync_api import Page

from encoder_lab.explore.answer import CONTEXT

LONG = " ".join([CONTEXT, "The lighthouse keeper wrote into his book every evening. " * 3, CONTEXT.replace("4", "9")])
WINDOWS = {"question": "When was the new bridge opened?", "context": LONG, "max_seq_len": 80, "doc_stride": 16}


def written(page: Page) -> list[str]:
    """List the words that are shown."""
    return page.locator(".qa-text .qa-word").evaluate_all("all => all.map(one => one.lastChild.textContent)")


def marked(page: Page) -> str:
    """Give the words of the best answer."""
    return " ".join(page.locator(".qa-best > span").all_inner_texts())


def verdict(page: Page) -> str:
    """Say what is answered, as it stands on the line."""
    return page.locator(".qa-margin strong").inner_text()


def readout(page: Page, number: int = 0) -> str:
    """Give the line under the text (0) or under the grid (1)."""
    return page.locator(".qa-readout").nth(number).inner_text()


def drag(page: Page, name: str, value: float) -> None:
    """Put a slider somewhere."""
    page.get_by_role("slider", name=name).evaluate(
        "(it, value) => { it.value = value; it.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )
