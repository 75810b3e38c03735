"""What must not be: text that runs, and what axe finds against WCAG 2.2 AA."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HOSTILE = '</script><img src=x onerror="window.hacked=1"><script>window.hacked=2</script>'


def violations(page: Page, within: str = ".encoder-lab") -> list[str]:
    """List what axe finds against WCAG 2.2, A and AA, each with the element it means."""
    found = Axe().run(page, within, {"runOnly": WCAG}).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]
