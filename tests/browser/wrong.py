"""What must not be: text that runs, and what axe calls serious."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

HOSTILE = '</script><img src=x onerror="window.hacked=1"><script>window.hacked=2</script>'


def violations(page: Page, within: str = ".encoder-lab") -> list[str]:
    """List what axe finds serious or critical, each with the element it means."""
    found = Axe().run(page, within).response["violations"]
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
