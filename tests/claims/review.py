"""Which Markdown cells were read by somebody who wanted to refute them, in which wording, and what tests them.

python -m tests.claims.review 03                        which cells of notebook 03 are still to be read
python -m tests.claims.review 03-14                     a cell's text, and the tests whose docstring quotes its id
python -m tests.claims.review 03-14 --read              it was read: these tests would fail if it were false
python -m tests.claims.review 03-14 --none "a reason"   it was read: it says nothing that a test could refute

`reviewed.json` keeps this: a cell's id -> the fingerprint of what was read, and its tests or the reason for none.
"""

import argparse
import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.fingerprints import fingerprint

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TESTS, REVIEWED = Path(__file__).parent, Path(__file__).with_name("reviewed.json")
ID = re.compile(r"\b\d\d-(?:\d\d\w*|explorer)\b")  # of a cell
Stamp = dict[str, str | list[str]]  # "from": a fingerprint; "tests": names, or "none": the reason


def markdown_cells(number: str) -> dict[str, str]:
    """Read a notebook's Markdown cells: id -> source."""
    [file] = NOTEBOOKS.glob(f"{number}_*.ipynb")
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"}


def claim_tests(source: str) -> dict[str, list[str]]:
    """Find the tests in a file's Python: name -> the ids of cells that its docstring quotes."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    tests = [function for function in functions if function.name.startswith("test_")]
    return {test.name: ID.findall(ast.get_docstring(test) or "") for test in tests}


def claims_of(number: str) -> dict[str, list[str]]:
    """Find the claim tests of a notebook, as `claim_tests` does; none where there is no file yet."""
    file = TESTS / f"test_notebook_{number}.py"
    return claim_tests(file.read_text(encoding="utf-8")) if file.exists() else {}


def stamps() -> dict[str, dict[str, Stamp]]:
    """Read what is reviewed: notebook -> cell's id -> stamp."""
    return json.loads(REVIEWED.read_text(encoding="utf-8"))


def unread(cells: Mapping[str, str], stamped: Mapping[str, Stamp]) -> Iterator[str]:
    """Say in a sentence each which cells are still to be read, or to be read again."""
    for cell, source in cells.items():
        if cell not in stamped:
            yield f"cell {cell} was never reviewed: python -m tests.claims.review {cell} says how"
        elif stamped[cell]["from"] != fingerprint(source):
            yield f"cell {cell} has changed since it was reviewed: python -m tests.claims.review {cell} says how"


def wrong(cells: Mapping[str, str], stamped: Mapping[str, Stamp], tests: Mapping[str, list[str]]) -> Iterator[str]:
    """Say in a sentence each what does not fit together: ids, names of tests, docstrings, reasons."""
    for cell, stamp in stamped.items():
        quoting = [name for name, quoted in tests.items() if cell in quoted]
        if cell not in cells:
            yield f"reviewed.json has {cell}, and no Markdown cell has this id: take its line out"
        for name in stamp.get("tests", []):
            if name not in tests:
                yield f"cell {cell} names {name}, which is no test: python -m tests.claims.review {cell} says how"
            elif name not in quoting:
                yield f"{name} is a test of cell {cell}, and its docstring does not quote {cell}"
        if missing := [name for name in quoting if name not in stamp.get("tests", [])]:
            yield f"{missing[0]} quotes cell {cell}, whose stamp lacks it: python -m tests.claims.review {cell} --read"
        reason = stamp.get("none", "")
        if bool(stamp.get("tests")) == bool(reason.strip()) or "\n" in reason or len(reason) > 120:
            yield f"cell {cell} needs tests, or a reason for none in a line of at most 120 characters"
    for name, quoted in tests.items():
        if not quoted:
            yield f"the docstring of {name} quotes no cell's id, as in '10-48: the claim'"
        for cell in quoted:
            if cell not in cells:
                yield f"{name} quotes {cell}, and no Markdown cell has this id"


def stamp(cell: str, reason: str | None) -> str:
    """Write that a cell was read as it is now; its tests are those that quote it.

    Args:
        cell: its id, "03-14".
        reason: why it has no test; `None` if it has.

    Returns:
        The stamp's line.

    Raises:
        ValueError: there is no such cell, or tests and reason do not fit each other.
    """
    number = cell.partition("-")[0]
    cells, tests, kept = markdown_cells(number), claims_of(number), stamps()
    new: Stamp = {"from": fingerprint(cells.get(cell, ""))}
    if reason is None:
        new["tests"] = [name for name, quoted in tests.items() if cell in quoted]
    else:
        new["none"] = reason
    if found := [*wrong(cells, {cell: new}, {name: quoted for name, quoted in tests.items() if cell in quoted})]:
        raise ValueError(found[0])
    kept[number] = kept.get(number, {}) | {cell: new}
    stamped = kept.get(number, {}) | {cell: new}
    kept[number] = {each: stamped[each] for each in [*cells, *(stamped.keys() - cells.keys())] if each in stamped}
    write(kept)
    return f"{cell}: {json.dumps(new)}"


def write(kept: Mapping[str, Mapping[str, Stamp]]) -> None:
    """Write all stamps, a line each."""
    notebooks = []
    for number in sorted(kept):
        stamped = (f"{json.dumps(c)}: {json.dumps(each, ensure_ascii=False)}" for c, each in kept[number].items())
        notebooks.append(f"{json.dumps(number)}: {{\n  " + ",\n  ".join(stamped) + "\n}")
    REVIEWED.write_text("{" + ",\n".join(notebooks) + "}\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.claims.review", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", metavar="NB[-CELL]", help="a notebook's number, or a cell's id")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--read", action="store_true", help="stamp the cell, with the tests that quote it")
    how.add_argument("--none", metavar="REASON", help="stamp the cell, which needs no test, with the reason")
    given = parser.parse_args(arguments)
    number, cell = given.what[:2], given.what[2:] and given.what
    if not [*NOTEBOOKS.glob(f"{number}_*.ipynb")] or (cell and cell not in markdown_cells(number)):
        parser.error(f"there is no notebook, and no Markdown cell, {given.what}")
    if not cell:
        print("\n".join(unread(markdown_cells(number), stamps().get(number, {}))) or "all cells are reviewed")
    elif given.read or given.none is not None:
        try:
            print(stamp(cell, given.none))
        except ValueError as error:
            parser.error(str(error))
    else:
        quoting = [name for name, quoted in claims_of(number).items() if cell in quoted]
        print(markdown_cells(number)[cell], "", "Tests that quote it:", *(quoting or ["none"]), sep="\n")
        print(f"\nWhen it is read: python -m tests.claims.review {cell} {'--read' if quoting else '--none REASON'}")


if __name__ == "__main__":
    main()
