"""An explorer's JavaScript and style sheet: files that import one another, joined into what an anywidget wants."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

FOLDER = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
PAGE = "one_form"  # the sheet that speaks of the whole page; all others speak of one kind of explorer


def joined(name: str) -> tuple[str, str]:
    """Join a file of JavaScript and all it imports into one ES module that imports nothing, and their style sheets.

    Args:
        name: of the file, without its ending.

    Returns:
        The files' text, each once and after what it imports, without the lines that import; and the text of the style
        sheets of the same names, where there are any. They are nested in the explorer's own class, so that no rule
        reaches an explorer of another kind, whichever sheet a page reads last.
    """
    names = _in_order(name)
    module = "\n".join(IMPORT.sub("", _read(each)) for each in names)
    sheets = [sheet.read_text(encoding="utf-8") for each in names if (sheet := FOLDER / f"{each}.css").exists()]
    page = (FOLDER / f"{PAGE}.css").read_text(encoding="utf-8")
    return module, "\n".join([f".encoder-lab.el-{name} {{", *sheets, "}", page])


def _in_order(name: str) -> list[str]:
    """Name a file and all it imports, each after what it imports."""
    imports, waiting = {}, [name]
    while waiting:
        each = waiting.pop()
        if each not in imports:
            imports[each] = IMPORT.findall(_read(each))
            waiting += imports[each]
    return list(TopologicalSorter(imports).static_order())


def _read(name: str) -> str:
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")
