"""The project's public address stands once; all links are made from it, and none is shown while there is none."""

import re
import tomllib

import pytest

from docs.deploy import links

GIVEN = "https://github.com/owner/encoder-lab"


def test_the_pages_are_as_they_are_made():
    for name in links.PAGES:
        page = (links.ROOT / name).read_text(encoding="utf-8")
        assert len(re.findall("<!-- links: ", page)) == 1
        assert links.fill(page, links.address()) == page, "run python -m docs.deploy.links"


def test_the_address_stands_nowhere_else():
    pyproject = (links.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert links.address() == tomllib.loads(pyproject)["project"].get("urls", {}).get("Repository", "")
    for name in links.PAGES:
        assert not re.search(
            "colab.research|mybinder.org/v2|git-pull", links.fill((links.ROOT / name).read_text("utf-8"), "")
        )


def test_without_an_address_no_link_is_shown():
    page = "a\n<!-- links: badges -->\nold\n<!-- end -->\nb"
    assert links.fill(page, "") == "a\n<!-- links: badges -->\n<!-- end -->\nb"


def test_every_link_is_made_from_it_and_made_again_the_same():
    page = "<!-- links: badges -->\n<!-- end -->\n<!-- links: deploy -->\n<!-- end -->"
    made = links.fill(page, GIVEN)
    assert "colab.research.google.com/github/owner/encoder-lab/blob/colab/00_welcome.ipynb)" in made
    assert "mybinder.org/v2/gh/owner/encoder-lab/main?urlpath=lab/tree/notebooks/00_welcome.ipynb)" in made
    assert "git-pull?repo=https%3A%2F%2Fgithub.com%2Fowner%2Fencoder-lab&branch=main&urlpath=lab%2Ftree%2F" in made
    assert "* wheel: `git+https://github.com/owner/encoder-lab`" in made
    assert links.fill(made, GIVEN) == made
    assert list(links.ROOT.glob(f"notebooks/{links.FIRST}"))


@pytest.mark.parametrize("address", ["https://example.org/a/b", "github.com/a/b", "https://github.com/a"])
def test_an_address_that_colab_and_binder_do_not_know_is_refused(address):
    with pytest.raises(ValueError, match="https://github.com/owner/name"):
        links.links(address)
