"""Links that need the project's public address, made from where it stands: `[project.urls]` in pyproject.toml.

python -m docs.deploy.links     writes them between the marks in README.md and docs/deploy/README.md

`Repository` is the address on GitHub; while there is none, no link is shown. The branch `colab` holds the notebooks
that `python -m encoder_lab.exercises colab` makes; they are never committed beside the course.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/deploy/README.md")
FIRST = "00_welcome.ipynb"
_MARKED = re.compile(r"(<!-- links: (\w+) -->\n).*?(<!-- end -->)", re.S)
_BADGES = {
    "Colab": "https://colab.research.google.com/assets/colab-badge.svg",
    "Binder": "https://mybinder.org/badge_logo.svg",
}


def address() -> str:
    """Give the project's public address, "" while there is none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository", "").rstrip("/")


def links(repository: str) -> dict[str, str]:
    """Make all links from an address on GitHub: name -> address.

    Raises:
        ValueError: it is no address of a repository on GitHub.
    """
    found = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", repository)
    if not found:
        raise ValueError(
            f"Repository is {repository!r}; Colab and Binder need one on GitHub: https://github.com/owner/name"
        )
    owner, name = found.groups()
    pull = {"repo": repository, "branch": "main", "urlpath": f"lab/tree/{name}/notebooks/{FIRST}"}
    return {
        "Colab": f"https://colab.research.google.com/github/{owner}/{name}/blob/colab/{FIRST}",
        "Binder": f"https://mybinder.org/v2/gh/{owner}/{name}/main?urlpath={quote(f'lab/tree/notebooks/{FIRST}')}",
        "nbgitpuller": f"https://YOUR-HUB/hub/user-redirect/git-pull?{urlencode(pull)}",
        "wheel": f"git+{repository}",
    }


def fill(text: str, repository: str) -> str:
    """Write the links between a page's marks; without an address, nothing."""

    def between(found: re.Match) -> str:
        if not repository:
            return found[1] + found[3]
        made = links(repository)
        if found[2] == "badges":
            lines = [f"[![Open in {name}]({picture})]({made[name]})" for name, picture in _BADGES.items()]
        else:
            lines = ["", *(f"* {name}: `{made[name]}`" for name in made), ""]
        return found[1] + "\n".join(lines) + "\n" + found[3]

    return _MARKED.sub(between, text)


def main() -> None:
    """Write the links into the pages."""
    for name in PAGES:
        page = ROOT / name
        page.write_text(fill(page.read_text(encoding="utf-8"), address()), encoding="utf-8")


if __name__ == "__main__":
    main()
