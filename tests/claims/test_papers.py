"""Papers are named by who, when and number, as one list has them; each reviewed notebook ends with some to read."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.claims.review import NOTEBOOKS, markdown_cells
from tests.claims.test_review import NOT_YET_REVIEWED, NUMBERS

PAPERS = tomllib.loads(Path(__file__).with_name("papers.toml").read_text(encoding="utf-8"))
PACKAGE = NOTEBOOKS.parent / "encoder_lab"
NUMBER = re.compile(r"arxiv(?:\.org/abs/|[:\s]*)(\d{4}\.\d{4,5})", re.IGNORECASE)


def paragraphs(number: str) -> list[str]:
    """A notebook's paragraphs and points of lists."""
    return [part for cell in markdown_cells(number).values() for part in re.split(r"\n\s*\n|\n\s*[*-] ", cell)]


@pytest.mark.parametrize("number", NUMBERS)
def test_each_paper_is_named_as_the_list_has_it(number):
    for text in paragraphs(number):
        for paper in NUMBER.findall(text):
            assert paper in PAPERS, f"{paper} is not in papers.toml: look it up and put it there"
            who, year, _ = PAPERS[paper]
            assert re.search(rf"{who.split()[0]}\b.*\b{year}\b", text, re.DOTALL), f"{paper} is {who} {year}: {text}"


def test_the_list_has_what_is_cited_and_nothing_else():
    files = [*NOTEBOOKS.glob("*.ipynb"), *PACKAGE.rglob("*.py"), *(PACKAGE / "texts").rglob("*.toml")]
    cited = {paper for file in files for paper in NUMBER.findall(file.read_text(encoding="utf-8"))}
    assert cited == set(PAPERS)
    assert list(PAPERS) == sorted(PAPERS)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_not_cited_from_before_it_was_there(paper):
    who, year, title = PAPERS[paper]
    assert who and title and 0 <= year - (2000 + int(paper[:2])) <= 2


@pytest.mark.parametrize("number", [number for number in NUMBERS if number not in NOT_YET_REVIEWED])
def test_further_reading_closes_a_notebook(number):
    [*_, last] = markdown_cells(number).values()
    reading = last.partition("## Further reading\n")[2].partition("\n## ")[0]
    assert len({*NUMBER.findall(reading)}) >= 2
